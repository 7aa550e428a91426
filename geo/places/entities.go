package places

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"excursobot/geo"
	"excursobot/store"
)

const (
	entityLimit = 50   // items in one request to Wikidata
	nameReach   = 1000 // metres; a request is filled up with places within this distance
	namesRead   = 200  // places of an edition that are read to fill a request
)

// entity is an item of wbgetentities.
type entity struct {
	Missing      *string             `json:"missing"`
	Labels       dict[entityText]    `json:"labels"`
	Descriptions dict[entityText]    `json:"descriptions"`
	Sitelinks    dict[entityArticle] `json:"sitelinks"`
}

type entityText struct {
	Language string `json:"language"` // of the value: another one than asked for if it is a fallback
	Value    string `json:"value"`
}

type entityArticle struct {
	Title string `json:"title"`
}

// placeKey identifies a record: a place as one edition describes it.
type placeKey struct{ id, language string }

func keyOf(p Place) placeKey { return placeKey{p.ID, p.Language} }

// named reports whether Wikidata was asked about the place for people who read the language, or cannot be asked.
func named(p Place, language string) bool { return !isQID(p.ID) || p.Names[language] != "" }

// Name returns the name of the place for people who read the language: its title if the place is described in it, else the name that Wikidata
// gives, else the title.
func Name(p Place, language string) string {
	if p.Language == language {
		return p.Title
	}
	return cmp.Or(p.Names[language], p.Title)
}

// Names returns the places with their names in the language, their descriptions in English and their articles in the editions, as far as
// Wikidata knows them, and stores them. Places that have all that come back as they are. A request holds up to 50 places: those near the first
// one that need it fill it up. If Wikidata does not answer, the error is ErrUnavailable and the places come back as far as they are known.
func (f *Finder) Names(ctx context.Context, list []Place, language string, editions []string) ([]Place, error) {
	list = slices.Clone(list)
	for range rounds {
		first := slices.IndexFunc(list, func(p Place) bool { return !named(p, language) })
		if first < 0 {
			return list, nil
		}
		area := store.TileKey{Cell: geo.CellAt(list[first].Point, geo.LevelTile), Language: language}
		unknown := list[first:]
		fl, _, err := f.entities.join(ctx, area, func(ctx context.Context) (map[placeKey]Place, error) {
			return f.fetchNames(ctx, unknown, language, editions)
		})
		if err != nil {
			return list, err
		}
		fetched, err := fl.wait(ctx)
		for i, p := range list {
			if known, ok := fetched[keyOf(p)]; ok {
				list[i] = known
			}
		}
		if err != nil {
			return list, err
		}
		if !named(list[first], language) { // another caller's request did not hold it, but stored it or something else
			stored, err := f.store.Place(ctx, list[first].ID, list[first].Language)
			if err == nil {
				list[first] = stored
			}
		}
	}
	return list, fmt.Errorf("%w: no names of %d places", ErrUnavailable, len(list))
}

// fetchNames asks Wikidata about the places and their neighbours.
func (f *Finder) fetchNames(ctx context.Context, unknown []Place, language string, editions []string) (map[placeKey]Place, error) {
	asked := map[placeKey]Place{}
	var ids []string
	add := func(p Place) {
		known := slices.Contains(ids, p.ID)
		if named(p, language) || !known && len(ids) == entityLimit {
			return
		}
		asked[keyOf(p)] = p
		if !known {
			ids = append(ids, p.ID)
		}
	}
	for _, p := range unknown {
		add(p)
	}
	if len(ids) == 0 {
		return asked, nil
	}
	ranges := geo.RangesWithin(unknown[0].Point, nameReach)
	for _, edition := range editions {
		around, err := f.store.PlacesIn(ctx, edition, ranges, namesRead)
		if err != nil {
			return nil, fmt.Errorf("read places: %w", err)
		}
		for _, p := range around {
			if worthwhile(p) {
				add(p)
			}
		}
	}
	items, err := f.askEntities(ctx, ids, language, editions)
	if err != nil {
		return nil, err
	}
	for key, p := range asked {
		asked[key] = withEntity(p, items[p.ID], language)
	}
	if err := f.putPlaces(ctx, slices.Collect(maps.Values(asked))); err != nil { // the names are good nevertheless
		f.log.Error("places_unsaved", "language", language, "error", err)
	}
	return asked, nil
}

// askEntities returns the items with the ids, without those that are missing.
func (f *Finder) askEntities(ctx context.Context, ids []string, language string, editions []string) (map[string]entity, error) {
	languages := []string{language, "en"}
	var sites []string
	for _, edition := range editions {
		sites = append(sites, siteOf(edition))
		if !slices.Contains(languages, edition) {
			languages = append(languages, edition)
		}
	}
	r, err := f.client.ask(ctx, question{kind: KindEntities, site: f.client.wikidata, lang: language, params: url.Values{
		"action": {"wbgetentities"}, "ids": {strings.Join(ids, "|")}, "props": {"labels|descriptions|sitelinks"},
		"languages": {strings.Join(slices.Compact(languages), "|")}, "languagefallback": {"1"}, "sitefilter": {strings.Join(sites, "|")},
	}})
	if err != nil {
		return nil, err
	}
	return r.Entities, nil
}

// siteOf returns Wikidata's name of an edition: "ruwiki".
func siteOf(edition string) string {
	edition = base(edition)
	if edition == "nb" {
		edition = "no"
	}
	return edition + "wiki"
}

// withEntity adds what the item says. A place that Wikidata does not name in the language keeps its title as the name, so that it is not asked
// about again.
func withEntity(p Place, item entity, language string) Place {
	p.Names = maps.Clone(p.Names)
	if p.Names == nil {
		p.Names = map[string]string{}
	}
	for code, label := range item.Labels {
		if name := clean(label.Value, 200); harmlessName(name) { // anybody may change it, and few people watch it
			p.Names[code] = name
		}
	}
	p.Names[language] = cmp.Or(p.Names[language], p.Title)
	if about := harmless(item.Descriptions["en"].Value, 200); about != "" {
		p.About = about
	}
	abouts := maps.Clone(p.Abouts)
	for code, d := range item.Descriptions {
		about := harmless(d.Value, 200)
		if code == "en" || d.Language != code || about == "" { // a fallback is in a language that the reader did not ask for
			continue
		}
		if abouts == nil {
			abouts = map[string]string{}
		}
		abouts[code] = about
	}
	p.Abouts = abouts
	links := slices.Clone(p.Sitelinks)
	for _, site := range slices.Sorted(maps.Keys(item.Sitelinks)) {
		edition, ok := strings.CutSuffix(site, "wiki")
		title := clean(item.Sitelinks[site].Title, 300)
		if !ok || title == "" || slices.ContainsFunc(links, func(l store.Sitelink) bool { return l.Edition == edition }) {
			continue
		}
		link := store.Sitelink{Edition: edition, Title: title}
		if edition == p.Language {
			link.Page, link.Length = p.PageID, p.Length
		}
		links = append(links, link)
	}
	p.Sitelinks = links
	p.Fit()
	return p
}

// ForPerson returns the place as it is shown to people who read the language: with the name that they can read as its title. The title of the
// article stays among the articles.
func ForPerson(p Place, language string) Place {
	p = withOwnLink(p)
	p.Title = Name(p, base(language))
	return p
}

// AboutFor returns what kind of thing the place is, in words of the language; "" if that is not known.
func AboutFor(p Place, language string) string {
	language = base(language)
	switch {
	case p.Language == language:
		return cmp.Or(p.Description, p.Abouts[language])
	case language == "en":
		return p.About
	}
	return p.Abouts[language]
}

// putPlaces stores places under the titles of their articles, whatever ForPerson made of them.
func (f *Finder) putPlaces(ctx context.Context, list []Place) error {
	list = slices.Clone(list)
	for i, p := range list {
		// Callers share these, and a store may touch what it is given.
		list[i].Names, list[i].Abouts, list[i].Sitelinks = maps.Clone(p.Names), maps.Clone(p.Abouts), slices.Clone(p.Sitelinks)
		for _, l := range p.Sitelinks {
			if l.Edition == p.Language && l.Page == p.PageID {
				list[i].Title = l.Title
			}
		}
	}
	return f.store.PutPlaces(ctx, list)
}
