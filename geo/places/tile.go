package places

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

const (
	searchLimit = 500                 // pages of one search; there is no more to be had
	full        = searchLimit - 20    // pages of a search that may have left some out: a few hits may be unusable
	tileLife    = 14 * 24 * time.Hour // of a search
	emptyLife   = 24 * time.Hour      // of one that found nothing: somebody may write the article
	levelMid    = 12                  // 2.2 km: the cell of a search in a crowded area
	levelAround = 14                  // 550 m: the cell of a wide search where the usual one found nothing
	fillReach   = 3000                // metres round the middle of a search in which whole tiles are taken from it
	finest      = geo.LevelTile + 4   // 70 m: a full search is not split further
)

// ask searches the keys' cells side by side, each once however many callers ask, and returns the pages of those that could be
// had, with the first error.
func (f *Finder) ask(ctx context.Context, keys []store.TileKey) (map[store.TileKey][]store.Page, error) {
	found := make(map[store.TileKey][]store.Page, len(keys))
	flying := make([]*flight[[]store.Page], len(keys))
	for i, key := range keys { // one flight each
		var err error
		flying[i], _, err = f.tiles.join(ctx, key, func(ctx context.Context) ([]store.Page, error) { return f.fetchTile(ctx, key) })
		if err != nil {
			return nil, err
		}
	}
	var first error
	for i, fl := range flying {
		pages, err := fl.wait(ctx)
		if err == nil {
			found[keys[i]] = pages
		}
		first = cmp.Or(first, err)
	}
	return found, first
}

// fetchTile is the flight of one key.
func (f *Finder) fetchTile(ctx context.Context, key store.TileKey) ([]store.Page, error) {
	tile, err := f.store.Tile(ctx, key, time.Now())
	if err == nil { // another flight landed since the caller looked
		return tile.Pages, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("read tile: %w", err)
	}
	search := f.searchAll
	switch key.Cell.Level() {
	case geo.LevelFar:
		search = f.searchFar
	case levelMid:
		search = f.searchMid
	case levelAround:
		search = f.searchAround
	}
	pages, err := search(ctx, key.Cell, key.Language)
	if err != nil {
		return nil, err
	}
	tile = store.Tile{TileKey: key, Pages: pages, Expires: time.Now().Add(tileLife)}
	if len(pages) == 0 && key.Cell.Level() != levelMid {
		tile.Expires = time.Now().Add(emptyLife)
	}
	if err := f.store.PutTile(ctx, tile); err != nil { // the answer is good all the same
		f.log.Error("store tile", "language", key.Language, "err", err)
	}
	return pages, nil
}

// searchAll returns the pages inside the cell, all of them: a full search is split into the cell's children.
func (f *Finder) searchAll(ctx context.Context, cell geo.Cell, language string) ([]store.Page, error) {
	pages, err := f.search(ctx, cell, language)
	if err != nil {
		return nil, err
	}
	if len(pages) < full || cell.Level() >= finest {
		return inside(cell, pages), nil
	}
	var all []store.Page
	for _, child := range cell.Children() {
		pages, err := f.searchAll(ctx, child, language)
		if err != nil {
			return nil, err
		}
		all = append(all, pages...)
	}
	return all, nil
}

// searchMid asks for the pages nearest to the middle of the cell and stores the tiles that they fill. It returns no pages: that it
// was asked is what its own tile remembers.
func (f *Finder) searchMid(ctx context.Context, cell geo.Cell, language string) ([]store.Page, error) {
	center, _ := cell.Bounds()
	pages, err := f.searchCircle(ctx, center, wideRadius, language)
	if err != nil {
		return nil, err
	}
	return nil, f.storeFilled(ctx, center, pages, language)
}

// searchFar asks for the pages in the widest circle there is. If that is full, it stores the tiles near its middle, since they came with it.
func (f *Finder) searchFar(ctx context.Context, cell geo.Cell, language string) ([]store.Page, error) {
	center, _ := cell.Bounds()
	pages, err := f.searchCircle(ctx, center, wideRadius, language)
	if err == nil && len(pages) >= full {
		err = f.storeFilled(ctx, center, pages, language)
	}
	return pages, err
}

// searchAround asks for the pages in the widest circle there is, wherever they lie.
func (f *Finder) searchAround(ctx context.Context, cell geo.Cell, language string) ([]store.Page, error) {
	center, _ := cell.Bounds()
	return f.searchCircle(ctx, center, wideRadius, language)
}

// storeFilled stores the tiles that a search round center brought whole: those that lie nearer than the farthest of its pages.
func (f *Finder) storeFilled(ctx context.Context, center geo.Point, pages []store.Page, language string) error {
	reach := 0.0
	for _, page := range pages {
		reach = max(reach, geo.Distance(center, page.Point))
	}
	if len(pages) < full || reach > fillReach {
		reach = fillReach
	}
	for _, tile := range geo.CellsWithin(nil, center, reach, geo.LevelTile) {
		middle, radius := tile.Bounds()
		if geo.Distance(center, middle)+radius > reach {
			continue
		}
		in := inside(tile, pages)
		life := tileLife
		if len(in) == 0 {
			life = emptyLife
		}
		key := store.TileKey{Cell: tile, Language: language}
		if err := f.store.PutTile(ctx, store.Tile{TileKey: key, Pages: in, Expires: time.Now().Add(life)}); err != nil {
			return fmt.Errorf("store tile: %w", err)
		}
	}
	return nil
}

// search asks for the pages in a circle that holds the cell.
func (f *Finder) search(ctx context.Context, cell geo.Cell, language string) ([]store.Page, error) {
	center, radius := cell.Bounds()
	return f.searchCircle(ctx, center, radius, language)
}

// searchCircle asks for the pages within radius metres of the point, the nearest 500.
func (f *Finder) searchCircle(ctx context.Context, center geo.Point, radius float64, language string) ([]store.Page, error) {
	r, err := f.client.get(ctx, language, url.Values{
		"list":     {"geosearch"},
		"gscoord":  {degrees(center.Lat) + "|" + degrees(center.Lon)},
		"gsradius": {strconv.Itoa(int(min(max(math.Ceil(radius), 10), wideRadius)))},
		"gslimit":  {strconv.Itoa(searchLimit)},
		"gsprop":   {"type|dim|country"},
	})
	if err != nil {
		return nil, err
	}
	pages := make([]store.Page, 0, len(r.found()))
	for _, hit := range r.found() {
		page := store.Page{
			ID: hit.PageID, Title: clean(hit.Title, 300), Point: geo.Point{Lat: hit.Lat, Lon: hit.Lon},
			Kind: clean(hit.Type, 60), Dim: hit.Dim.metres(),
		}
		if page.ID > 0 && page.Title != "" && page.Point.Valid() {
			pages = append(pages, page)
		}
	}
	return pages, nil
}

// inside returns the pages whose point is in the cell.
func inside(cell geo.Cell, pages []store.Page) []store.Page {
	leaves := cell.Range()
	var in []store.Page
	for _, page := range pages {
		if leaves.Contains(geo.Leaf(page.Point)) {
			in = append(in, page)
		}
	}
	return in
}

// degrees writes a coordinate to within a metre.
func degrees(d float64) string { return strconv.FormatFloat(d, 'f', 5, 64) }
