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

	"excursobot/geo"
	"excursobot/store"
)

const (
	detailLimit   = 20   // pages in one request: extracts come for no more
	extractSize   = 1200 // characters
	neighbourhood = 800  // metres; a request is filled up with pages within this distance
	rounds        = 25   // requests for one continued reply; a slow server may send one extract at a time
	maxMoved      = 1000 // metres that the coordinates of an article may lie from those of the search
)

// pageKey identifies an article.
type pageKey struct {
	language string
	page     int64
}

// Details returns the places of the first 20 candidates in the given order. It leaves out missing pages, disambiguations and junk. Places with
// stored details come from the store. If the source is unavailable, it returns those together with ErrUnavailable.
//
// One request for an area is in progress at a time, filled up with unknown neighbours. Later callers wait for it, because it brings most of
// what they need. So a crowd that arrives at once costs one request for each 20 places of the area.
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
			return pick(found, known), nil // even if they could not be stored
		}
	}
	return nil, fmt.Errorf("%w: no details of %d places", ErrUnavailable, len(found))
}

// firstUnknown returns the tile of the first unknown candidate, and all unknown candidates of its language.
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

// fetchArea fetches the unknown candidates of an area, and neighbours of them.
func (f *Finder) fetchArea(ctx context.Context, language string, unknown map[pageKey]Candidate) (map[pageKey]Place, error) {
	if err := f.addNeighbours(ctx, language, unknown); err != nil {
		return nil, err
	}
	return f.fetchPlaces(ctx, language, slices.Collect(maps.Keys(unknown)), unknown)
}

// addNeighbours fills a request up with the nearest unknown pages of stored tiles, so that the next person, or the next step of a walk, needs
// no request.
func (f *Finder) addNeighbours(ctx context.Context, language string, unknown map[pageKey]Candidate) error {
	if len(unknown) >= detailLimit {
		return nil
	}
	middle := slices.MinFunc(slices.Collect(maps.Values(unknown)), func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.ID, b.ID))
	}).Point
	tiles, _, err := f.storedAll(ctx, tileKeys(geo.CellsWithin(nil, middle, neighbourhood, geo.LevelTile), language))
	if err != nil {
		return err
	}
	var near []Candidate
	for _, page := range join(tiles) {
		if !junkKind(page.Kind, page.Dim) && !junkTitle(language, page.Title) {
			near = append(near, Candidate{Page: page, Language: language, Distance: geo.Distance(middle, page.Point)})
		}
	}
	slices.SortFunc(near, func(a, b Candidate) int { return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.ID, b.ID)) })
	near = near[:min(len(near), 5*detailLimit)] // most of the nearest may be known already
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

// known returns the stored places of the candidates, junk included.
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

// pick returns the places in the order of the candidates, each once, without junk.
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

// fetchPlaces fetches the pages and stores them, junk and missing ones too, so that they are not fetched again. It waits for the wanted pages
// to be complete, but not for their neighbours.
func (f *Finder) fetchPlaces(ctx context.Context, language string, keys []pageKey, candidates map[pageKey]Candidate) (map[pageKey]Place, error) {
	found, keys, err := f.storedSince(ctx, language, keys)
	if err != nil || len(keys) == 0 {
		return found, err
	}
	slices.SortFunc(keys, func(a, b pageKey) int { // wanted pages first
		return cmp.Or(cmp.Compare(candidates[a].rank, candidates[b].rank), cmp.Compare(a.page, b.page))
	})
	pages, whole, err := f.fetchPages(ctx, language, keys, candidates)
	fetched := make([]Place, 0, len(pages))
	for _, key := range keys {
		page := pages[key.page]
		if page == nil || !whole && page.Extract == nil && !page.Missing {
			continue // its extract may be in a reply that was not fetched
		}
		p := describe(page, candidates[key], language)
		found[key] = p
		fetched = append(fetched, p)
	}
	if len(fetched) > 0 {
		if err := f.store.PutPlaces(ctx, fetched); err != nil { // the places are good nevertheless
			f.log.Error("places_unsaved", "language", language, "error", err)
		}
	}
	return found, err
}

// storedSince returns the pages that another request stored since the caller looked, and the keys of the rest.
func (f *Finder) storedSince(ctx context.Context, language string, keys []pageKey) (map[pageKey]Place, []pageKey, error) {
	candidates := make([]Candidate, len(keys))
	for i, key := range keys {
		candidates[i] = Candidate{Page: store.Page{ID: key.page}, Language: language}
	}
	found, err := f.known(ctx, candidates)
	rest := slices.DeleteFunc(slices.Clone(keys), func(key pageKey) bool { _, ok := found[key]; return ok })
	return found, rest, err
}

// fetchPages sends requests until the wanted pages are complete. whole reports that all pages are. An error comes with the pages fetched
// before it.
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
		r, err := f.client.get(ctx, KindDetails, language, params)
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
	return pages, false, fmt.Errorf("%w: endless continuation of a reply", ErrUnavailable)
}
