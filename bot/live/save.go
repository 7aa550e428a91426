package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"excursobot/limiter"
	"excursobot/store"
)

const (
	saveRetry    = time.Second // after a failed write; doubles up to maxSaveRetry
	maxSaveRetry = 30 * time.Second
	lastSave     = 5 * time.Second // for the write at the end of Run
)

// saver stores the walks that changed, in batches.
type saver struct {
	store store.Walks
	log   *slog.Logger
	dirty chan struct{} // holds a token when there is something to store

	writing chan struct{} // holds a token during a write, so that no write overtakes another

	mu       *sync.Mutex // of the loop; guards the rest
	sessions *sessions
	changed  []*session
	failures uint64 // failed writes
}

// changeLocked records that the walk is to be stored.
func (sv *saver) changeLocked(s *session) {
	s.walk.Revision++
	sv.addLocked(s)
	signal(sv.dirty)
}

func (sv *saver) addLocked(s *session) {
	if !s.changed && !s.released {
		s.changed = true
		sv.changed = append(sv.changed, s)
	}
}

// forgetLocked leaves a walk out of the next write.
func (sv *saver) forgetLocked(s *session) {
	sv.changed = slices.DeleteFunc(sv.changed, func(c *session) bool { return c == s })
}

// save stores all changes made before the call, in one transaction. Calls that wait for a write in progress share the next one.
func (sv *saver) save(ctx context.Context) error {
	select {
	case sv.writing <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("save walks: wait for the write in progress: %w", ctx.Err()) // run stores the changes
	}
	defer func() { <-sv.writing }()
	sv.mu.Lock()
	batch := sv.changed
	sv.changed = nil
	walks := make([]store.Walk, len(batch))
	for i, s := range batch {
		s.changed = false
		walks[i] = s.snapshot()
	}
	sv.mu.Unlock()
	if len(batch) == 0 {
		return nil
	}
	err := sv.store.SaveWalks(ctx, walks)
	sv.mu.Lock()
	defer sv.mu.Unlock()
	if err != nil {
		if ctx.Err() == nil {
			sv.failures++
		}
		for _, s := range batch {
			sv.addLocked(s)
		}
		signal(sv.dirty)
		return fmt.Errorf("save walks: %w", err)
	}
	for i, s := range batch {
		if walks[i].Closed && sv.sessions.walks[s.key()] == s { // the store remembers it from now on
			delete(sv.sessions.walks, s.key())
		}
	}
	return nil
}

// run stores changes until ctx ends. A store that is slow or full delays no story.
func (sv *saver) run(ctx context.Context) {
	wait := saveRetry
	for {
		select {
		case <-ctx.Done():
			return
		case <-sv.dirty:
		}
		err := sv.save(ctx)
		if err == nil || ctx.Err() != nil {
			wait = saveRetry
			continue
		}
		if errors.Is(err, store.ErrClosed) {
			sv.log.Error("walk_saving_stopped", "error", err)
			return
		}
		sv.log.Error("walks_unsaved", "error", err, "again_in", wait)
		if limiter.Sleep(ctx, wait) != nil {
			return
		}
		wait = min(2*wait, maxSaveRetry)
	}
}
