package guide

import (
	"sync"
	"time"

	"excursobot/geo"
)

// neighbourhood is a cell in one language.
type neighbourhood struct {
	cell     geo.Cell
	language string
}

// served remembers for which neighbourhoods something was done in the present period.
type served struct {
	level  int           // of the cells
	period time.Duration // in UTC
	most   int           // neighbourhoods in a period

	mu    sync.Mutex
	began time.Time
	done  map[neighbourhood]struct{}
}

// warmedNeighbourhoods are warmed up once a day.
func warmedNeighbourhoods() *served {
	return &served{level: geo.LevelTile, period: 24 * time.Hour, most: 1000}
}

// describedNeighbourhoods are described once an hour. Their cells, of 70 m, are small beside describeReach. Where there is no room for one,
// everything is read again for each request.
func describedNeighbourhoods() *served {
	return &served{level: geo.LevelTile + 4, period: time.Hour, most: 4000}
}

// mark marks the neighbourhood of p as served. It returns false if it was marked before in this period, or if there is no room.
func (s *served) mark(p geo.Point, language string) bool {
	n := neighbourhood{geo.CellAt(p, s.level), language}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turnLocked()
	if _, done := s.done[n]; done || len(s.done) >= s.most {
		return false
	}
	s.done[n] = struct{}{}
	return true
}

// has reports whether the neighbourhood of p is marked.
func (s *served) has(p geo.Point, language string) bool {
	n := neighbourhood{geo.CellAt(p, s.level), language}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turnLocked()
	_, done := s.done[n]
	return done
}

// turnLocked forgets the marks of an earlier period.
func (s *served) turnLocked() {
	if began := time.Now().Truncate(s.period); !s.began.Equal(began) {
		s.began, s.done = began, make(map[neighbourhood]struct{})
	}
}
