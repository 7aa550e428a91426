package guide

import (
	"excursobot/geo"
	"excursobot/store"
	"sync"
	"time"
)

// maxWarmed is how many neighbourhoods are warmed up in a day.
const maxWarmed = 1000

// neighbourhood is a tile in one language.
type neighbourhood struct {
	cell     geo.Cell
	language string
}

// warmed remembers which neighbourhoods were warmed up on the current UTC day.
type warmed struct {
	mu   sync.Mutex
	day  store.Day
	done map[neighbourhood]struct{} // at most maxWarmed
}

// mark marks the neighbourhood of p as warmed up today. It returns false if it was marked before, or if today's limit is reached.
func (w *warmed) mark(p geo.Point, language string) bool {
	n := neighbourhood{geo.CellAt(p, geo.LevelTile), language}
	today := store.DayOf(time.Now())
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.day != today {
		w.day, w.done = today, make(map[neighbourhood]struct{})
	}
	if _, done := w.done[n]; done || len(w.done) >= maxWarmed {
		return false
	}
	w.done[n] = struct{}{}
	return true
}
