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
	closeRadius = 1200   // metres; up to here tiles are read
	wideRadius  = 10_000 // metres; the most that Wikipedia searches, and Near
	fallback    = 500    // places read from the store when the source is down
)

// Near returns the places within radius metres of p (at most 10 000), nearest first, junk left out, from the tiles of the language.
// Up to 1200 m it reads level 13 tiles; beyond, the wide searches of p's level 10 cell and of those of its neighbours that are
// known already and, if those hold nothing worth a visit, one round p itself. Part of the area unavailable: what is known, with
// ErrUnavailable joined.
// A point that is not Valid has nothing near it.
func (f *Finder) Near(ctx context.Context, p geo.Point, radius float64, language string) ([]Candidate, error) {
	radius = min(radius, wideRadius)
	pages, err := f.pagesNear(ctx, p, radius, language)
	if err == nil && radius > closeRadius && len(candidates(pages, p, radius, language)) == 0 {
		pages, err = f.pagesAround(ctx, p, language) // people are told that there is nothing: not before all of the circle was looked at
	}
	if err != nil && !errors.Is(err, ErrUnavailable) {
		return nil, err
	}
	if err != nil && ctx.Err() == nil {
		known, storeErr := f.remembered(ctx, p, radius, language)
		if storeErr != nil {
			return nil, storeErr
		}
		pages = append(pages, known...)
	}
	return candidates(pages, p, radius, language), err
}

// candidates returns the pages within radius metres of p that may be worth a visit, each once, nearest first.
func candidates(pages []store.Page, p geo.Point, radius float64, language string) []Candidate {
	var found []Candidate
	seen := make(map[int64]bool, len(pages))
	for _, page := range pages {
		d := geo.Distance(p, page.Point)
		if d > radius || seen[page.ID] || dull(page.Kind, page.Dim) || dullTitle(language, page.Title) {
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

// pagesAround returns what one wide search finds that is centred within half a kilometre of p, not on its level 10 cell.
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
	asked, err := f.ask(ctx, []store.TileKey{key})
	return asked[key], err
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
			var asked map[store.TileKey][]store.Page
			asked, err = f.ask(ctx, []store.TileKey{key})
			wide = asked[key]
		}
		pages = append(pages, wide...)
		if err != nil {
			return pages, err
		}
	}
	return pages, nil
}

// inTiles returns the pages of the tiles. A wide search that came back not full holds all there is in its cell, which in most
// of the world spares the tiles inside; so it is asked first.
func (f *Finder) inTiles(ctx context.Context, tiles []store.TileKey) ([]store.Page, error) {
	found, unknown, err := f.storedAll(ctx, tiles)
	if err != nil || len(unknown) == 0 {
		return join(found), err
	}
	wide, notWide, err := f.storedAll(ctx, parents(unknown, geo.LevelFar))
	if err != nil {
		return join(found), err
	}
	asked, wideErr := f.ask(ctx, notWide)
	maps.Copy(wide, asked)
	dense := fromWide(found, unknown, wide)
	denseErr := f.askDense(ctx, dense, found)
	return join(found), cmp.Or(wideErr, denseErr)
}

// fromWide adds to found the unknown tiles that a wide search holds whole, and returns those for which it was full. A tile whose wide
// search is not there is left out: it is not to be had.
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

// rememberedTiles returns the tiles that can be had without asking.
func (f *Finder) rememberedTiles(ctx context.Context, tiles []store.TileKey) (map[store.TileKey][]store.Page, error) {
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

// askDense adds the tiles of a crowded area to found. One search round the middle of four tiles mostly brings those and some
// of their neighbours; what it leaves out is searched tile by tile.
func (f *Finder) askDense(ctx context.Context, dense []store.TileKey, found map[store.TileKey][]store.Page) error {
	_, unasked, err := f.storedAll(ctx, parents(dense, levelMid))
	if err != nil {
		return err
	}
	_, midErr := f.ask(ctx, unasked)
	known, unknown, err := f.storedAll(ctx, dense)
	if err != nil {
		return err
	}
	maps.Copy(found, known)
	if midErr != nil {
		return midErr
	}
	asked, err := f.ask(ctx, unknown)
	maps.Copy(found, asked)
	return err
}

// storedAll returns the searches that the store remembers, and the keys of the others.
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

// stored returns a search that the store remembers, and whether it does.
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

// Known returns the places that the store has details of within radius metres of p, nearest first, without asking anybody: at most 500
// of them. It is for when the source is slow or down.
func (f *Finder) Known(ctx context.Context, p geo.Point, radius float64, language string) ([]Place, error) {
	all, err := f.store.PlacesIn(ctx, language, geo.RangesWithin(p, radius), fallback)
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

// remembered returns what the store knows of the area as pages.
func (f *Finder) remembered(ctx context.Context, p geo.Point, radius float64, language string) ([]store.Page, error) {
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

// parent returns the key of the search of the level that covers the tile.
func parent(tile store.TileKey, level int) store.TileKey {
	return store.TileKey{Cell: tile.Cell.Parent(level), Language: tile.Language}
}

// parents returns the searches of the level that cover the tiles, each once.
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
