package places

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"excursobot/geo"
	"excursobot/geo/editions"
	"excursobot/store"
)

// Editions returns the Wikipedias to ask about p for people who read the language, their own first. In the small mode it is one: their own.
func (f *Finder) Editions(p geo.Point, language string) []string {
	own := base(language)
	if f.client.small() {
		return []string{own}
	}
	list := f.atlas.For(p, own)
	for _, edition := range f.more {
		if editions.Usable(edition) && !slices.Contains(list, edition) {
			list = append(list, edition)
		}
	}
	return list
}

// Local returns the Wikipedia to ask about p if the one in the language has nothing there and there is only one more request to spend.
func (f *Finder) Local(p geo.Point, language string) string {
	for _, edition := range f.atlas.For(p, base(language)) {
		if edition != base(language) {
			return edition
		}
	}
	return ""
}

// Small reports whether so few requests are allowed (below 60 a minute) that one edition is asked, and nothing is read ahead.
func (f *Finder) Small() bool { return f.client.small() }

// Merge returns the places of several editions, each once. A place is described in the person's language if it has an article there, else in English,
// else in the edition that comes first. Its point is the most precise one. Names, articles and lengths of all editions come together.
func Merge(list []Place, language string) []Place {
	at := map[string]int{}
	var merged []Place
	for _, p := range list {
		i, ok := at[p.ID]
		if !ok {
			at[p.ID] = len(merged)
			merged = append(merged, withOwnLink(p))
			continue
		}
		merged[i] = mergeTwo(merged[i], withOwnLink(p), language)
	}
	return merged
}

// preference orders languages of descriptions for people who read the given one.
func preference(described, language string) int {
	switch described {
	case base(language):
		return 0
	case editions.English:
		return 1
	}
	return 2
}

func mergeTwo(a, b Place, language string) Place {
	if preference(b.Language, language) < preference(a.Language, language) {
		a, b = b, a
	}
	if precision(b.Point) < precision(a.Point) && geo.Distance(a.Point, b.Point) <= maxMoved {
		a.Point = b.Point
	}
	a.About = cmp.Or(a.About, b.About)
	if a.Picture == "" || !Credited(a.Credit) && Credited(b.Credit) {
		a.Picture, a.Credit = b.Picture, b.Credit
	}
	names := maps.Clone(b.Names)
	if names == nil {
		names = map[string]string{}
	}
	maps.Copy(names, a.Names)
	a.Names = names
	if len(b.Abouts) > 0 {
		abouts := maps.Clone(b.Abouts)
		maps.Copy(abouts, a.Abouts)
		a.Abouts = abouts
	}
	links := slices.Clone(a.Sitelinks)
	for _, l := range b.Sitelinks {
		i := slices.IndexFunc(links, func(k store.Sitelink) bool { return k.Edition == l.Edition })
		switch {
		case i < 0:
			links = append(links, l)
		case links[i].Length == 0:
			links[i] = l
		}
	}
	a.Sitelinks = links
	return a
}

// withOwnLink returns the place with the article that it is described by among its articles.
func withOwnLink(p Place) Place {
	if p.PageID == 0 {
		return p
	}
	own := store.Sitelink{Edition: p.Language, Title: p.Title, Page: p.PageID, Length: p.Length}
	links := slices.Clone(p.Sitelinks)
	if i := slices.IndexFunc(links, func(l store.Sitelink) bool { return l.Edition == p.Language }); i >= 0 {
		links[i] = own
	} else {
		links = append(links, own)
	}
	p.Sitelinks = links
	return p
}

// precision returns the size in metres of the grid that a point was rounded to: some editions give whole minutes or seconds of arc, or few decimals.
func precision(p geo.Point) float64 {
	const metresPerDegree = 111_195
	for _, g := range grids {
		if whole(p.Lat*g.parts, g.slack) && whole(p.Lon*g.parts, g.slack) {
			return metresPerDegree / g.parts
		}
	}
	return 1
}

// grids are the usual roundings, coarse ones first: parts of a degree, and how far a point that was written with five decimals may be off.
var grids = []struct{ parts, slack float64 }{
	{1, 1e-6}, {10, 1e-6}, {60, 5e-4}, {100, 1e-6}, {600, 4e-3}, {1000, 1e-6}, {3600, 2e-2}, {10_000, 1e-4}, {100_000, 1e-3},
}

func whole(x, slack float64) bool { return math.Abs(x-math.Round(x)) <= slack }
