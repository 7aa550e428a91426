package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"excursobot/store"
)

const (
	saveAgain    = time.Second // after a failed write, doubled up to saveAgainMax
	saveAgainMax = 30 * time.Second
	lastSave     = 5 * time.Second // for the write at the end of Run
)

// changeLocked notes that the session is to be stored.
func (l *Live) changeLocked(s *session) {
	s.walk.Revision++
	if !s.changed && !s.dropped {
		s.changed = true
		l.changed = append(l.changed, s)
	}
	signal(l.dirty)
}

// save stores all that changed before the call, in one transaction. Calls that wait for one under way share the next.
func (l *Live) save(ctx context.Context) error {
	l.saving.Lock()
	defer l.saving.Unlock()
	l.mu.Lock()
	batch := l.changed
	l.changed = nil
	walks := make([]store.Walk, len(batch))
	for i, s := range batch {
		s.changed = false
		walks[i] = s.snapshot()
	}
	l.mu.Unlock()
	if len(batch) == 0 {
		return nil
	}
	err := l.cfg.Store.SaveWalks(ctx, walks)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		if ctx.Err() == nil {
			l.stats.SaveErrors++
		}
		for _, s := range batch {
			if !s.changed && !s.dropped {
				s.changed = true
				l.changed = append(l.changed, s)
			}
		}
		signal(l.dirty)
		return fmt.Errorf("save walks: %w", err)
	}
	for i, s := range batch {
		if walks[i].Closed && l.walks[s.key()] == s { // from now on the store remembers it
			delete(l.walks, s.key())
		}
	}
	return nil
}

// saver stores what changed until ctx ends. A store that is slow or full delays no story.
func (l *Live) saver(ctx context.Context) {
	wait := saveAgain
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.dirty:
		}
		err := l.save(ctx)
		if err == nil || ctx.Err() != nil {
			wait = saveAgain
			continue
		}
		if errors.Is(err, store.ErrClosed) {
			l.log.Error("walks are no longer stored", "error", err)
			return
		}
		l.log.Error("walks", "error", err, "again_in", wait)
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		wait = min(2*wait, saveAgainMax)
	}
}
