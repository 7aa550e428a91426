package guide

import (
	"maps"
	"sync"
	"sync/atomic"

	"excursobot/store"
)

// counters collects the numbers of Stats.
type counters struct {
	library, generated, extract, pack, none                atomic.Uint64
	cards, joined, refused                                 atomic.Uint64
	batches, written, dropped, failed                      atomic.Uint64
	waited                                                 atomic.Int64 // nanoseconds of all batches
	rewritten, spared                                      atomic.Uint64
	prepared, warmed, panics                               atomic.Uint64
	judgePassed, judgeObjected, judgeRefused, judgeSkipped atomic.Uint64

	questions, questionTokens, questionCalls atomic.Uint64

	likes, dislikes, wrong, reported atomic.Uint64

	mu        sync.Mutex
	droppedBy map[string]uint64 // by rule
}

// drop counts a story that failed a rule. Rules are few: model and facts name them.
func (c *counters) drop(rule string) {
	c.dropped.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.droppedBy == nil {
		c.droppedBy = make(map[string]uint64)
	}
	c.droppedBy[rule]++
}

func (c *counters) drops() map[string]uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.droppedBy)
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
