package intake

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"excursobot/limiter"
	"excursobot/store"
)

// survivorsEvery is the least time between two writes about survivors, each of which is for all of them.
const survivorsEvery = 100 * time.Millisecond

// survivors tells the store which updates did not end the process within suspectFor of their beginning: if it ends later, it was not over them.
type survivors struct {
	store store.Inbox
	log   *slog.Logger
	guard *Guard
	wake  chan struct{} // holds a token when young is no longer empty

	mu    sync.Mutex
	young []*youngUpdate // in the order of their beginning; bounded by the updates that begin within suspectFor and the time of a write
}

// youngUpdate is an update that began, and is in the inbox.
type youngUpdate struct {
	id    int64
	began time.Time
	ended bool
}

func newSurvivors(cfg *Config) *survivors {
	return &survivors{store: cfg.Store, log: cfg.Log, guard: cfg.Guard, wake: make(chan struct{}, 1)}
}

// begin notes that an update begins. The result must be called when it ends.
func (s *survivors) begin(update int64) (end func()) {
	y := &youngUpdate{id: update, began: time.Now()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.young = append(s.young, y)
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		y.ended = true
	}
}

// run writes survivors to the store until ctx ends.
func (s *survivors) run(ctx context.Context) {
	for {
		select {
		case <-s.wake:
		case <-ctx.Done():
			return
		}
		for {
			oldest, ok := s.oldest()
			if !ok {
				break
			}
			if limiter.Sleep(ctx, max(time.Until(oldest.Add(suspectFor)), survivorsEvery)) != nil {
				return
			}
			s.guard.Run(func() { s.write(ctx) })
		}
	}
}

// oldest returns when the update began that is the oldest of the young.
func (s *survivors) oldest() (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.young) == 0 {
		return time.Time{}, false
	}
	return s.young[0].began, true
}

// write writes those that are not young any more.
func (s *survivors) write(ctx context.Context) {
	ids := s.take(time.Now().Add(-suspectFor))
	if len(ids) == 0 {
		return
	}
	if err := s.store.Survived(ctx, ids...); err != nil && ctx.Err() == nil {
		s.log.Warn("inbox_unsaved", "updates", len(ids), "error", fmt.Errorf("reset the tries: %w", err))
	}
}

// take removes the updates that began at the time or before it, and returns those that have not ended.
func (s *survivors) take(began time.Time) (ids []int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for ; n < len(s.young) && !s.young[n].began.After(began); n++ {
		if !s.young[n].ended {
			ids = append(ids, s.young[n].id)
		}
	}
	rest := copy(s.young, s.young[n:])
	clear(s.young[rest:])
	s.young = s.young[:rest]
	return ids
}
