package guide

import (
	"runtime"
	"testing"
	"time"

	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/storetest"
)

// The bound of the cache is a bound of memory only if the cells are counted as large as they are.
func TestCachedCellsAreCountedAsLargeAsTheyAre(t *testing.T) {
	const towns = 40
	w := newWorld(t, setting{noModel: true, noWiki: true})
	generator := storetest.NewTowns()
	for n := range towns {
		_, stories := generator.Pairs(n, time.Now())
		must(t, w.store.PutStories(t.Context(), stories))
	}
	heap := func() int64 {
		for range 4 { // what is in pools survives the first ones
			runtime.GC()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc) //nolint:gosec // less than memory
	}
	var kept [][]store.Story
	var counted int64
	before := heap()
	for n := range towns {
		for _, cell := range geo.CellsWithin(nil, generator.Center(n), cachedRadius, geo.LevelCache) {
			stories, err := w.store.StoriesIn(t.Context(), generator.Language(n), []geo.CellRange{cell.Range()}, scanLimit, time.Now())
			must(t, err)
			kept = append(kept, stories)
			counted += int64(sizeOf(stories))
		}
	}
	held := heap() - before
	if float64(held) > 1.2*float64(counted) || float64(held) < 0.5*float64(counted) {
		t.Errorf("%d cells hold %d bytes, counted as %d", len(kept), held, counted)
	}
	runtime.KeepAlive(kept)
	runtime.KeepAlive(generator)
}
