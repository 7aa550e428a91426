package live

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/store"
)

// stuckStore does not end a write before it is released.
type stuckStore struct {
	discard
	release chan struct{}
}

func (s stuckStore) SaveWalks(ctx context.Context, _ []store.Walk) error {
	select {
	case <-s.release:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestASaveWaitsForAnotherOnlyAsLongAsItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		lp := newLoop(Config{Store: stuckStore{release: release}}, Hooks{})
		first := make(chan error, 1)
		change := func(id string) {
			lp.mu.Lock()
			defer lp.mu.Unlock()
			lp.saver.changeLocked(&session{walk: store.Walk{ID: id}})
		}
		change("1:1")
		go func() { first <- lp.saver.save(t.Context()) }()
		synctest.Wait()
		change("1:2")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := lp.saver.save(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("a save behind another ended after %v: %v, want its deadline after 1s", time.Since(began), err)
		}
		close(release)
		if err := <-first; err != nil {
			t.Error(err)
		}
		if len(lp.saver.changed) != 1 {
			t.Errorf("%d walks wait to be stored, want the one whose save gave up", len(lp.saver.changed))
		}
	})
}
