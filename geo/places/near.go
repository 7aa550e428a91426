package places

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

const (
	closeRadius = 1200   // metres; tiles cover circles up to this radius
	wideRadius  = 10_000 // metres; the widest search of Wikipedia and of Near
	maxKnown    = 500    // places that Known reads
)

// Near returns the places within radius metres of p (at most 10 000) in the language, nearest first, without junk. Up to 1200 m it reads tiles
// of level 13. Beyond that it adds the wide search of the level 10 cell of p, those of neighbouring cells that are stored already and, if none
// of them holds a place worth a visit, a wide search around p itself. If part of the area is unavailable, it returns the known places together
// with ErrUnavailable. A point that is not Valid has no places near it.
func (f *Finder) Near(ctx context.Context, p geo.Point, radius float64, language string) ([]Candidate, error) {
	radius = min(radius, wideRadius)
	pages, err := f.pagesNear(ctx, p, radius, language)
	if err == nil && radius > closeRadius && len(candidates(pages, p, radius, language)) == 0 {
		pages, err = f.pagesAround(ctx, p, language) // "nothing near" needs a search of the whole circle
	}
	if err != nil && !errors.Is(err, ErrUnavailable) {
		return nil, err
	}
	if err != nil && ctx.Err() == nil {
		known, storeErr := f.knownPages(ctx, p, radius, language)
		if storeErr != nil {
			return nil, storeErr
		}
		pages = append(pages, known...)
	}
	return candidates(pages, p, radius, language), err
}

// candidates returns the pages within radius metres of p that are not junk, each once, nearest first.
func candidates(pages []store.Page, p geo.Point, radius float64, language string) []Candidate {
	var found []Candidate
	seen := make(map[int64]bool, len(pages))
	for _, page := range pages {
		d := geo.Distance(p, page.Point)
		if d > radius || seen[page.ID] || junkKind(page.Kind, page.Dim) || junkTitle(language, page.Title) {
			continue
		}
		seen[page.ID] = true
		found = append(found, Candidate{Page: page, Language: language, Distance: d})
	}
	slices.SortFunc(found, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.ID, b.ID))
	})
	return found
}

// pagesAround returns the pages of a wide search that is centred within half a kilometre of p, and not on its level 10 cell.
func (f *Finder) pagesAround(ctx context.Context, p geo.Point, language string) ([]store.Page, error) {
	cell := geo.CellAt(p, levelAround)
	if cell == 0 {
		return nil, nil
	}
	key := store.TileKey{Cell: cell, Language: language}
	pages, ok, err := f.stored(ctx, key)
	if err != nil || ok {
		return pages, err
	}
	fetched, err := f.fetch(ctx, []store.TileKey{key})
	return fetched[key], err
}

func (f *Finder) pagesNear(ctx context.Context, p geo.Point, radius float64, language string) ([]store.Page, error) {
	tiles := tileKeys(geo.CellsWithin(nil, p, min(radius, closeRadius), geo.LevelTile), language)
	pages, err := f.inTiles(ctx, tiles)
	if err != nil || radius <= closeRadius || len(tiles) == 0 {
		return pages, err
	}
	home := geo.CellAt(p, geo.LevelFar)
	for _, key := range tileKeys(geo.CellsWithin(nil, p, radius, geo.LevelFar), language) {
		wide, ok, err := f.stored(ctx, key)
		if err == nil && !ok && key.Cell == home {
			var fetched map[store.TileKey][]store.Page
			fetched, err = f.fetch(ctx, []store.TileKey{key})
			wide = fetched[key]
		}
		pages = append(pages, wide...)
		if err != nil {
			return pages, err
		}
	}
	return pages, nil
}

// inTiles returns the pages of the tiles. The wide search of the cell around them comes first: if it is not full, it holds all pages of its cell
// and no tile needs a request, which is so in most of the world.
func (f *Finder) inTiles(ctx context.Context, tiles []store.TileKey) ([]store.Page, error) {
	found, unknown, err := f.storedAll(ctx, tiles)
	if err != nil || len(unknown) == 0 {
		return join(found), err
	}
	wide, notWide, err := f.storedAll(ctx, parents(unknown, geo.LevelFar))
	if err != nil {
		return join(found), err
	}
	fetched, wideErr := f.fetch(ctx, notWide)
	maps.Copy(wide, fetched)
	dense := fromWide(found, unknown, wide)
	denseErr := f.fetchDense(ctx, dense, found)
	return join(found), cmp.Or(wideErr, denseErr)
}

// fromWide adds to found the unknown tiles that a complete wide search covers, and returns the tiles whose wide search was full. It leaves out
// tiles without a wide search: they are unavailable.
func fromWide(found map[store.TileKey][]store.Page, unknown []store.TileKey, wide map[store.TileKey][]store.Page) (dense []store.TileKey) {
	for _, key := range unknown {
		around, ok := wide[parent(key, geo.LevelFar)]
		switch {
		case !ok:
		case len(around) >= full:
			dense = append(dense, key)
		default:
			found[key] = inside(key.Cell, around)
		}
	}
	return dense
}

// storedTiles returns the pages of the tiles that need no request.
func (f *Finder) storedTiles(ctx context.Context, tiles []store.TileKey) (map[store.TileKey][]store.Page, error) {
	found, unknown, err := f.storedAll(ctx, tiles)
	if err != nil {
		return nil, err
	}
	wide, _, err := f.storedAll(ctx, parents(unknown, geo.LevelFar))
	if err != nil {
		return nil, err
	}
	fromWide(found, unknown, wide)
	return found, nil
}

// fetchDense adds the tiles of a crowded area to found. A search around the middle of four tiles mostly covers these and some of their
// neighbours. The remaining tiles are searched one by one.
func (f *Finder) fetchDense(ctx context.Context, dense []store.TileKey, found map[store.TileKey][]store.Page) error {
	_, missing, err := f.storedAll(ctx, parents(dense, levelMid))
	if err != nil {
		return err
	}
	_, midErr := f.fetch(ctx, missing)
	known, unknown, err := f.storedAll(ctx, dense)
	if err != nil {
		return err
	}
	maps.Copy(found, known)
	if midErr != nil {
		return midErr
	}
	fetched, err := f.fetch(ctx, unknown)
	maps.Copy(found, fetched)
	return err
}

// storedAll returns the pages of the stored searches, and the keys of the others.
func (f *Finder) storedAll(ctx context.Context, keys []store.TileKey) (map[store.TileKey][]store.Page, []store.TileKey, error) {
	found := make(map[store.TileKey][]store.Page, len(keys))
	var unknown []store.TileKey
	for _, key := range keys {
		pages, ok, err := f.stored(ctx, key)
		if err != nil {
			return found, nil, err
		}
		if ok {
			found[key] = pages
		} else {
			unknown = append(unknown, key)
		}
	}
	return found, unknown, nil
}

// stored returns the pages of a search, and whether it is stored.
func (f *Finder) stored(ctx context.Context, key store.TileKey) ([]store.Page, bool, error) {
	tile, err := f.store.Tile(ctx, key, time.Now())
	if errors.Is(err, store.ErrNotFound) {
		f.misses.Add(1)
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read tile: %w", err)
	}
	f.hits.Add(1)
	return tile.Pages, true, nil
}

// Known returns at most 500 places within radius metres of p whose details are stored, nearest first. It sends no request: it is for the time
// when the source is slow or down.
func (f *Finder) Known(ctx context.Context, p geo.Point, radius float64, language string) ([]Place, error) {
	all, err := f.store.PlacesIn(ctx, language, geo.RangesWithin(p, radius), maxKnown)
	if err != nil {
		return nil, fmt.Errorf("read known places: %w", err)
	}
	var known []Place
	for _, k := range all {
		if worthwhile(k) && geo.Distance(p, k.Point) <= radius {
			known = append(known, k)
		}
	}
	slices.SortFunc(known, func(a, b Place) int {
		return cmp.Or(cmp.Compare(geo.Distance(p, a.Point), geo.Distance(p, b.Point)), cmp.Compare(a.ID, b.ID))
	})
	return known, nil
}

// knownPages returns the pages of the known places.
func (f *Finder) knownPages(ctx context.Context, p geo.Point, radius float64, language string) ([]store.Page, error) {
	known, err := f.Known(ctx, p, radius, language)
	var pages []store.Page
	for _, k := range known {
		if k.PageID != 0 {
			pages = append(pages, store.Page{ID: k.PageID, Title: k.Title, Point: k.Point, Kind: k.Kind, Dim: k.Dim})
		}
	}
	return pages, err
}

func tileKeys(cells []geo.Cell, language string) []store.TileKey {
	keys := make([]store.TileKey, len(cells))
	for i, cell := range cells {
		keys[i] = store.TileKey{Cell: cell, Language: language}
	}
	return keys
}

// parent returns the key of the search at the level that covers the tile.
func parent(tile store.TileKey, level int) store.TileKey {
	return store.TileKey{Cell: tile.Cell.Parent(level), Language: tile.Language}
}

// parents returns the keys of the searches at the level that cover the tiles, each once.
func parents(tiles []store.TileKey, level int) []store.TileKey {
	var keys []store.TileKey
	for _, tile := range tiles {
		if key := parent(tile, level); !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

func join(tiles map[store.TileKey][]store.Page) []store.Page {
	var pages []store.Page
	for _, tile := range tiles {
		pages = append(pages, tile...)
	}
	return pages
}
