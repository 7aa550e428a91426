package speech

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"excursobot/limiter"
)

// Stats is a Speech at one moment. The counters only grow.
type Stats struct {
	Outcomes   map[string]uint64 // of Say and Prepare: known, made, ahead, busy, budget, down, none, unsent
	Characters uint64            // that the server was given and spoke
	Mean       time.Duration     // of a synthesis, exponentially weighted
	Down       bool              // the breaker is open
	Languages  []string          // that have a voice which works
	Kept       int               // bytes of recordings in memory
	Gate       limiter.GateStats
}

type counts struct {
	characters atomic.Uint64
	mean       atomic.Int64

	mu       sync.Mutex
	outcomes map[string]uint64
}

func (c *counts) note(outcome string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.outcomes == nil {
		c.outcomes = map[string]uint64{}
	}
	c.outcomes[outcome]++
}

// took notes how long a synthesis took. Two at once may lose one of them.
func (c *counts) took(d time.Duration) {
	if before := c.mean.Load(); before != 0 {
		d = (time.Duration(before)*7 + d) / 8
	}
	c.mean.Store(int64(d))
}

// Stats returns the numbers. Those of a nil Speech are zero.
func (s *Speech) Stats() Stats {
	if s == nil {
		return Stats{}
	}
	s.counts.mu.Lock()
	outcomes := maps.Clone(s.counts.outcomes)
	s.counts.mu.Unlock()
	s.mu.Lock()
	kept := s.kept.bytes
	s.mu.Unlock()
	return Stats{
		Outcomes: outcomes, Characters: s.counts.characters.Load(), Mean: time.Duration(s.counts.mean.Load()), Down: !s.server.ready(),
		Languages: s.Languages(), Kept: kept, Gate: s.gate.Stats(),
	}
}
