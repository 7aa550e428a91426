package guide

import (
	"sync/atomic"
	"time"

	"excursobot/geo"
	"excursobot/limiter"
	"excursobot/store"
)

// counters are what Stats reads.
type counters struct {
	library, generated, extract, pack, none atomic.Uint64
	cards, joined, refused                  atomic.Uint64
	flights, written, dropped, failed       atomic.Uint64
	waited                                  atomic.Int64 // nanoseconds of all flights
	prepared, warmed, panics                atomic.Uint64
	likes, dislikes, wrong                  atomic.Uint64
}

func (c *counters) answer(s Source) {
	switch s {
	case FromLibrary:
		c.library.Add(1)
	case FromModel:
		c.generated.Add(1)
	case FromExtract:
		c.extract.Add(1)
	case FromPack:
		c.pack.Add(1)
	case FromNone:
		c.none.Add(1)
	}
}

func (c *counters) vote(m store.Mark) {
	switch m {
	case store.Like:
		c.likes.Add(1)
	case store.Dislike:
		c.dislikes.Add(1)
	case store.Wrong:
		c.wrong.Add(1)
	}
}

// Stats is the guide's work since the start, and what is under way now.
type Stats struct {
	Library, Generated, Extract, Pack, None uint64        // answers by source
	Cards                                   uint64        // shown before the story
	Joined                                  uint64        // waited for a call that ran already
	Refused                                 uint64        // calls that the gate did not admit
	Flights                                 uint64        // calls started
	Waited                                  time.Duration // of all flights together, before they started
	Written, Dropped                        uint64        // stories kept, stories that failed the checks
	Failed                                  uint64        // calls that failed
	Prepared                                uint64        // calls asked for ahead of a person
	Warmed                                  uint64        // calls asked for ahead of everybody
	Panics                                  uint64        // calls and read-ahead that ended so
	Likes, Dislikes, Wrong                  uint64
	Claims, Seats, Preparing                int // now
	Cache                                   geo.CacheStats
	Gate                                    limiter.GateStats // zero without a model
}

// Stats returns the numbers.
func (g *Guide) Stats() Stats {
	c := &g.counts
	s := Stats{
		Library: c.library.Load(), Generated: c.generated.Load(), Extract: c.extract.Load(), Pack: c.pack.Load(), None: c.none.Load(),
		Cards: c.cards.Load(), Joined: c.joined.Load(), Refused: c.refused.Load(),
		Flights: c.flights.Load(), Waited: time.Duration(c.waited.Load()), Written: c.written.Load(), Dropped: c.dropped.Load(), Failed: c.failed.Load(),
		Prepared: c.prepared.Load(), Warmed: c.warmed.Load(), Panics: c.panics.Load(),
		Likes: c.likes.Load(), Dislikes: c.dislikes.Load(), Wrong: c.wrong.Load(),
		Cache: g.cfg.Cache.Stats(),
	}
	if g.cfg.Gate != nil {
		s.Gate = g.cfg.Gate.Stats()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	s.Claims, s.Seats, s.Preparing = len(g.claims), len(g.seats), len(g.preparing)
	return s
}
