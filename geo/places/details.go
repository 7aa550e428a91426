package places

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

const (
	detailLimit   = 20   // pages of one question: extracts are given for no more
	extractSize   = 1200 // characters
	neighbourhood = 800  // metres in which a question is filled up
	rounds        = 25   // of a continued reply; one extract a round is the worst that a slow server does
	far           = 1000 // metres that an article's coordinates may be from where the search found it, to be believed
)

// pageKey names an article.
type pageKey struct {
	language string
	page     int64
}

// Details returns the candidates' places, at most the first 20, in the order given; those that turned out to be missing, disambiguations or
// junk are left out. Known ones come from the store. Source unavailable: the known ones, with ErrUnavailable joined.
//
// One question about an area is under way at a time, and it is filled up with unknown neighbours: who comes while it is waits for it, since
// it will bring most of what they need. So a crowd that arrives at once costs as many questions as there are places, by twenties.
func (f *Finder) Details(ctx context.Context, found []Candidate) ([]Place, error) {
	found = found[:min(len(found), detailLimit)]
	for range rounds {
		known, err := f.known(ctx, found)
		if err != nil {
			return nil, err
		}
		area, unknown := firstUnknown(found, known)
		if len(unknown) == 0 {
			return pick(found, known), nil
		}
		fl, own, err := f.details.join(ctx, area, func(ctx context.Context) (map[pageKey]Place, error) {
			return f.fetchArea(ctx, area.Language, unknown)
		})
		if err != nil {
			return pick(found, known), err
		}
		fetched, err := fl.wait(ctx)
		maps.Copy(known, fetched)
		if err != nil {
			return pick(found, known), err
		}
		if _, left := firstUnknown(found, known); own && len(left) == 0 {
			return pick(found, known), nil // also if they could not be stored
		}
	}
	return nil, fmt.Errorf("%w: details of %d places do not come", ErrUnavailable, len(found))
}

// firstUnknown returns the unknown candidates of the language of the first unknown one, and the tile in which that stands.
func firstUnknown(found []Candidate, known map[pageKey]Place) (area store.TileKey, unknown map[pageKey]Candidate) {
	for _, c := range found {
		key := pageKey{c.Language, c.ID}
		if _, ok := known[key]; ok {
			continue
		}
		if unknown == nil {
			area = store.TileKey{Cell: geo.CellAt(c.Point, geo.LevelTile), Language: c.Language}
			unknown = map[pageKey]Candidate{}
		}
		if c.Language == area.Language {
			unknown[key] = c
		}
	}
	return area, unknown
}

// fetchArea is the flight of an area.
func (f *Finder) fetchArea(ctx context.Context, language string, unknown map[pageKey]Candidate) (map[pageKey]Place, error) {
	if err := f.addNeighbours(ctx, language, unknown); err != nil {
		return nil, err
	}
	return f.fetchPlaces(ctx, language, slices.Collect(maps.Keys(unknown)), unknown)
}

// addNeighbours fills a question up with the unknown pages nearest to those it asks about, as far as stored tiles name them: the
// next person's question, or the next step's, then costs none.
func (f *Finder) addNeighbours(ctx context.Context, language string, unknown map[pageKey]Candidate) error {
	if len(unknown) >= detailLimit {
		return nil
	}
	middle := slices.MinFunc(slices.Collect(maps.Values(unknown)), func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.ID, b.ID))
	}).Point
	tiles, err := f.rememberedTiles(ctx, tileKeys(geo.CellsWithin(nil, middle, neighbourhood, geo.LevelTile), language))
	if err != nil {
		return err
	}
	var near []Candidate
	for _, page := range join(tiles) {
		if !dull(page.Kind, page.Dim) && !dullTitle(language, page.Title) {
			near = append(near, Candidate{Page: page, Language: language, Distance: geo.Distance(middle, page.Point)})
		}
	}
	slices.SortFunc(near, func(a, b Candidate) int { return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.ID, b.ID)) })
	near = near[:min(len(near), 5*detailLimit)] // most of the nearest may be known
	known, err := f.known(ctx, near)
	if err != nil {
		return err
	}
	for _, c := range near {
		key := pageKey{language, c.ID}
		if _, asked := unknown[key]; asked || len(unknown) >= detailLimit {
			continue
		}
		if _, ok := known[key]; !ok {
			c.rank = neighbour
			unknown[key] = c
		}
	}
	return nil
}

// known returns what the store has of the candidates, junk too.
func (f *Finder) known(ctx context.Context, found []Candidate) (map[pageKey]Place, error) {
	pages := map[string][]int64{}
	for _, c := range found {
		pages[c.Language] = append(pages[c.Language], c.ID)
	}
	known := make(map[pageKey]Place, len(found))
	for language, ids := range pages {
		places, err := f.store.PlacesByPage(ctx, language, ids)
		if err != nil {
			return nil, fmt.Errorf("read places: %w", err)
		}
		for _, p := range places {
			known[pageKey{language, p.PageID}] = p
		}
	}
	return known, nil
}

// pick returns the places in the candidates' order, each once, without junk.
func pick(found []Candidate, known map[pageKey]Place) []Place {
	var places []Place
	seen := map[string]bool{}
	for _, c := range found {
		p, ok := known[pageKey{c.Language, c.ID}]
		if ok && !seen[p.ID] && worthwhile(p) {
			seen[p.ID] = true
			places = append(places, p)
		}
	}
	return places
}

// fetchPlaces asks for the pages and stores them, junk and missing ones too, so that nobody asks again. Those beyond
// the first wanted ones are neighbours: what the first reply does not say of them is not waited for.
func (f *Finder) fetchPlaces(ctx context.Context, language string, keys []pageKey, candidates map[pageKey]Candidate) (map[pageKey]Place, error) {
	found, keys, err := f.storedSince(ctx, language, keys)
	if err != nil || len(keys) == 0 {
		return found, err
	}
	slices.SortFunc(keys, func(a, b pageKey) int { // the wanted ones first
		return cmp.Or(cmp.Compare(candidates[a].rank, candidates[b].rank), cmp.Compare(a.page, b.page))
	})
	pages, whole, err := f.fetchPages(ctx, language, keys, candidates)
	fetched := make([]Place, 0, len(pages))
	for _, key := range keys {
		page := pages[key.page]
		if page == nil || !whole && page.Extract == nil && !page.Missing {
			continue // it may have an extract in a reply that did not come
		}
		p := describe(page, candidates[key], language)
		found[key] = p
		fetched = append(fetched, p)
	}
	if len(fetched) > 0 {
		if err := f.store.PutPlaces(ctx, fetched); err != nil { // the answer is good all the same
			f.log.Error("store places", "language", language, "err", err)
		}
	}
	return found, err
}

// storedSince returns the pages that another flight stored since the caller looked, and the keys of the others.
func (f *Finder) storedSince(ctx context.Context, language string, keys []pageKey) (map[pageKey]Place, []pageKey, error) {
	candidates := make([]Candidate, len(keys))
	for i, key := range keys {
		candidates[i] = Candidate{Page: store.Page{ID: key.page}, Language: language}
	}
	found, err := f.known(ctx, candidates)
	rest := slices.DeleteFunc(slices.Clone(keys), func(key pageKey) bool { _, ok := found[key]; return ok })
	return found, rest, err
}

// fetchPages asks until the reply says all of the wanted pages; whole means of the others too. An error comes with what was said before it.
func (f *Finder) fetchPages(ctx context.Context, language string, keys []pageKey, candidates map[pageKey]Candidate) (_ map[int64]*page, whole bool, _ error) {
	ids := make([]string, len(keys))
	for i, key := range keys {
		ids[i] = strconv.FormatInt(key.page, 10)
	}
	params := url.Values{
		"pageids": {strings.Join(ids, "|")},
		"prop":    {"extracts|pageprops|pageimages|description|info|coordinates"},
		"exintro": {"1"}, "explaintext": {"1"}, "exchars": {strconv.Itoa(extractSize)}, "exlimit": {"max"},
		"ppprop": {"wikibase_item|disambiguation"},
		"piprop": {"thumbnail|name"}, "pithumbsize": {"1280"}, "pilimit": {"50"}, "pilicense": {"free"},
		"inprop":  {"url"},
		"colimit": {"max"}, "coprop": {"type|dim"},
	}
	pages := make(map[int64]*page, len(keys))
	for range rounds {
		r, err := f.client.get(ctx, language, params)
		if err != nil {
			return pages, false, err
		}
		r.mergePages(pages)
		if len(r.Continue) == 0 {
			return pages, true, nil
		}
		if !slices.ContainsFunc(keys, func(k pageKey) bool {
			p := pages[k.page]
			return candidates[k].rank == wanted && (p == nil || !p.Missing && p.Extract == nil)
		}) {
			return pages, false, nil
		}
		for name, value := range r.Continue {
			params.Set(name, string(value))
		}
	}
	return pages, false, fmt.Errorf("%w: a reply that never ends", ErrUnavailable)
}

// describe makes a place of a page that the search found as c.
func describe(p *page, c Candidate, language string) Place {
	place := Place{
		ID:       "wp:" + language + ":" + strconv.FormatInt(c.ID, 10),
		Language: language, PageID: c.ID, Title: c.Title, Point: c.Point, Kind: c.Kind, Dim: c.Dim,
		Source: "wikipedia", Fetched: time.Now().UTC(),
	}
	if p.Missing {
		place.Kind = kindMissing
		return place
	}
	place.Title = cmp.Or(clean(p.Title, 300), c.Title)
	place.Length = max(p.Length, 0)
	place.Description = clean(p.Description, 200)
	if p.Extract != nil {
		place.Extract = clean(*p.Extract, extractSize+3) // they cut it with "..."
	}
	place.URL = webAddress(p.URL)
	if p.Thumbnail != nil {
		place.Picture = webAddress(p.Thumbnail.Source)
	}
	elsewhere := false
	if len(p.Coordinates) > 0 {
		at := p.Coordinates[0]
		elsewhere = at.Globe != "" && at.Globe != "earth"
		place.Kind = cmp.Or(clean(at.Type, 60), c.Kind)
		place.Dim = cmp.Or(at.Dim.metres(), c.Dim)
		place.Point = settle(c.Point, geo.Point{Lat: at.Lat, Lon: at.Lon})
	}
	if elsewhere {
		place.Kind = kindElsewhere
	}
	if p.Props != nil {
		if isQID(p.Props.QID) {
			place.ID = p.Props.QID
		}
		if p.Props.Disambiguation != nil {
			place.Kind = kindDisambiguation
		}
	}
	return place
}

// settle returns where a place stands: as its article says, unless that is far from where the search found it.
func settle(found, said geo.Point) geo.Point {
	if said.Valid() && geo.Distance(found, said) <= far {
		return said
	}
	return found
}

func isQID(id string) bool {
	n, err := strconv.ParseUint(strings.TrimPrefix(id, "Q"), 10, 63)
	return err == nil && id == "Q"+strconv.FormatUint(n, 10)
}

// webAddress returns address if people can be sent there, else "".
func webAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || len(address) > 2000 || strings.ContainsAny(address, " \"<>\n") {
		return ""
	}
	return address
}
