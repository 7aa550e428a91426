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
// of level 13. Beyond that it adds a wide search of the area of p and, if that holds no place worth a visit, one around p itself. If part of the
// area is unavailable, it returns the known places together with ErrUnavailable. A point that is not Valid has no places near it.
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

// pagesAround returns the pages of a wide search around p itself, and not elsewhere in its area.
func (f *Finder) pagesAround(ctx context.Context, p geo.Point, language string) ([]store.Page, error) {
	key := aroundOf(p, language)
	for range coverRounds {
		pages, ok, err := f.stored(ctx, key)
		if err != nil || ok {
			return pages, err
		}
		if _, err := f.searchArea(ctx, key); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%w: no search of the area", ErrUnavailable)
}

func (f *Finder) pagesNear(ctx context.Context, p geo.Point, radius float64, language string) ([]store.Page, error) {
	tiles := tileKeys(geo.CellsWithin(nil, p, min(radius, closeRadius), geo.LevelTile), language)
	pages, err := f.inTiles(ctx, p, min(radius, closeRadius), tiles)
	if err != nil || radius <= closeRadius || len(tiles) == 0 {
		return pages, err
	}
	area := store.TileKey{Cell: geo.CellAt(p, levelMid), Language: language}
	wide, ok, err := f.stored(ctx, area)
	if err == nil && !ok {
		wide, err = f.pagesAround(ctx, p, language)
	}
	return append(pages, wide...), err
}

// aroundOf returns the key of the wide search around p.
func aroundOf(p geo.Point, language string) store.TileKey {
	return store.TileKey{Cell: geo.CellAt(p, levelAround), Language: language}
}

// inTiles returns the pages of the tiles, which hold the circle around p. A wide search around the person comes first: it fills the tiles that it
// covers, and in a crowded place it covers at least the circle. Tiles that are left are searched one by one.
func (f *Finder) inTiles(ctx context.Context, p geo.Point, radius float64, tiles []store.TileKey) ([]store.Page, error) {
	for range coverRounds {
		found, unknown, err := f.storedAll(ctx, tiles)
		if err != nil || len(unknown) == 0 {
			return join(found), err
		}
		around := aroundOf(p, unknown[0].Language)
		pages, ok, err := f.stored(ctx, around)
		if err != nil {
			return join(found), err
		}
		if ok && covers(around.Cell, pages, p, radius) {
			return pages, nil
		}
		if ok {
			break
		}
		if _, err := f.searchArea(ctx, around); err != nil {
			return join(found), err
		}
	}
	found, unknown, err := f.storedAll(ctx, tiles)
	if err != nil {
		return join(found), err
	}
	fetched, err := f.fetch(ctx, unknown)
	maps.Copy(found, fetched)
	return join(found), err
}

// covers reports whether the result of a wide search around the cell holds every page within radius metres of p.
func covers(cell geo.Cell, pages []store.Page, p geo.Point, radius float64) bool {
	center, _ := cell.Bounds()
	return geo.Distance(center, p)+radius <= reachOf(center, pages)
}

// reachOf returns the radius in metres of the circle around center that a wide search covered.
func reachOf(center geo.Point, pages []store.Page) float64 {
	if len(pages) < full {
		return wideRadius
	}
	reach := 0.0
	for _, page := range pages {
		reach = max(reach, geo.Distance(center, page.Point))
	}
	return reach
}

// areaKey returns the key of the area of a wide search. Searches of an area take turns.
func areaKey(around store.TileKey) store.TileKey {
	return store.TileKey{Cell: around.Cell.Parent(levelMid), Language: around.Language}
}

// searchArea makes a wide search, or waits for one of the same area that is in progress, which may cover what the caller needs.
func (f *Finder) searchArea(ctx context.Context, around store.TileKey) (own bool, _ error) {
	area := areaKey(around)
	fl, own, err := f.tiles.join(ctx, area, func(ctx context.Context) ([]store.Page, error) {
		return nil, f.searchWide(ctx, around, area)
	})
	if err != nil {
		return own, err
	}
	_, err = fl.wait(ctx)
	return own, err
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

func join(tiles map[store.TileKey][]store.Page) []store.Page {
	var pages []store.Page
	for _, tile := range tiles {
		pages = append(pages, tile...)
	}
	return pages
}
