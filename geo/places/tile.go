package places

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

const (
	searchLimit = 500                 // pages of one search, the most that Wikipedia returns
	full        = searchLimit - 20    // from this number of usable pages on a search may have left some out
	tileLife    = 14 * 24 * time.Hour // for which a search is stored
	emptyLife   = 24 * time.Hour      // for which a search without pages is stored: articles are written every day
	levelMid    = 12                  // 2.2 km: the areas of wide searches
	levelAround = 14                  // 550 m: the cell of a wide search around a point, if the one of its area found nothing
	fillReach   = 3000                // metres around the middle of a wide search within which it fills whole tiles
	coverRounds = 4                   // searches of other callers that one may wait for before its own
	finestLevel = geo.LevelTile + 4   // 70 m: a full search is not split further
)

// fetch searches the cells of the keys concurrently, and each only once for all callers. It returns the pages of the searches that succeeded,
// and the first error.
func (f *Finder) fetch(ctx context.Context, keys []store.TileKey) (map[store.TileKey][]store.Page, error) {
	found := make(map[store.TileKey][]store.Page, len(keys))
	flying := make([]*flight[[]store.Page], len(keys))
	for i, key := range keys { // each starts before the first is waited for
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

// fetchTile searches the cell of the key and stores the result.
func (f *Finder) fetchTile(ctx context.Context, key store.TileKey) ([]store.Page, error) {
	tile, err := f.store.Tile(ctx, key, time.Now())
	if err == nil { // stored since the caller looked
		return tile.Pages, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("read tile: %w", err)
	}
	pages, err := f.searchAll(ctx, key.Cell, key.Language)
	if err != nil {
		return nil, err
	}
	if err := f.putTile(ctx, key, pages); err != nil { // the pages are good nevertheless
		f.log.Error("tile_unsaved", "language", key.Language, "error", err)
	}
	return pages, nil
}

// putTile stores the pages of a search.
func (f *Finder) putTile(ctx context.Context, key store.TileKey, pages []store.Page) error {
	life := tileLife
	if len(pages) == 0 {
		life = emptyLife
	}
	return f.store.PutTile(ctx, store.Tile{TileKey: key, Pages: pages, Expires: time.Now().Add(life)})
}

// searchAll returns all pages inside the cell. If a search is full, it searches the children of the cell.
func (f *Finder) searchAll(ctx context.Context, cell geo.Cell, language string) ([]store.Page, error) {
	pages, err := f.search(ctx, cell, language)
	if err != nil {
		return nil, err
	}
	if len(pages) < full || cell.Level() >= finestLevel {
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

// searchWide searches the widest circle around the cell of the key. It stores the result, again for the area, and the tiles that it covers
// completely, all together, because a store groups concurrent writes.
func (f *Finder) searchWide(ctx context.Context, around, area store.TileKey) error {
	if _, ok, err := f.stored(ctx, around); err != nil || ok { // since the caller looked
		return err
	}
	center, _ := around.Cell.Bounds()
	pages, err := f.searchCircle(ctx, center, wideRadius, around.Language)
	if err != nil {
		return err
	}
	put := map[store.TileKey][]store.Page{around: pages, area: slices.Clone(pages)} // a store may touch what it is given
	reach := min(reachOf(center, pages), fillReach)
	for _, tile := range geo.CellsWithin(nil, center, reach, geo.LevelTile) {
		middle, radius := tile.Bounds()
		if geo.Distance(center, middle)+radius <= reach {
			put[store.TileKey{Cell: tile, Language: around.Language}] = inside(tile, pages)
		}
	}
	var wg sync.WaitGroup
	errs := make(chan error, len(put))
	for key, in := range put {
		wg.Go(func() {
			if err := f.putTile(ctx, key, in); err != nil {
				errs <- err
			}
		})
	}
	wg.Wait()
	close(errs)
	if err := <-errs; err != nil {
		return fmt.Errorf("store tile: %w", err)
	}
	return nil
}

// search returns the pages of a circle that contains the cell.
func (f *Finder) search(ctx context.Context, cell geo.Cell, language string) ([]store.Page, error) {
	center, radius := cell.Bounds()
	return f.searchCircle(ctx, center, radius, language)
}

// searchCircle returns the 500 nearest pages within radius metres of center.
func (f *Finder) searchCircle(ctx context.Context, center geo.Point, radius float64, language string) ([]store.Page, error) {
	r, err := f.client.get(ctx, KindSearch, language, url.Values{
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

// degrees formats a coordinate to within a metre.
func degrees(d float64) string { return strconv.FormatFloat(d, 'f', 5, 64) }
