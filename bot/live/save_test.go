package live

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/boltstore"
)

// broken is a store that cannot write for a while.
type broken struct {
	*boltstore.Store
	full atomic.Bool
}

func (b *broken) SaveWalks(ctx context.Context, walks []store.Walk) error {
	if b.full.Load() {
		return store.ErrFull
	}
	return b.Store.SaveWalks(ctx, walks)
}

// mad is a store whose next write panics.
type mad struct {
	*boltstore.Store
	armed atomic.Bool
}

func (m *mad) SaveWalks(ctx context.Context, walks []store.Walk) error {
	if m.armed.Swap(false) {
		panic("boom")
	}
	return m.Store.SaveWalks(ctx, walks)
}

func TestAPanicOfTheSaverEndsRun(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		w.begin(sh)
		w.stay(sh, minute)
		m := &mad{Store: w.store}
		w.live.loop.saver.writing.Lock()
		w.live.loop.saver.store = m
		w.live.loop.saver.writing.Unlock()
		m.armed.Store(true)
		w.walk(sh, home, 90, 1.4, minute)
		err := <-w.ended
		if err == nil || !strings.Contains(err.Error(), "boom") {
			w.Errorf("Run ended with %v, want the panic", err)
		}
		w.ended <- nil
	})
}

func TestStoreThatCannotWrite(t *testing.T) {
	inWorld(t, Config{MaxSessions: 1}, func(w *world) {
		sh := share(1, 10)
		w.begin(sh)
		w.stay(sh, minute)
		b := &broken{Store: w.store}
		b.full.Store(true)
		w.live.loop.saver.writing.Lock()
		w.live.loop.saver.store = b
		w.live.loop.saver.writing.Unlock()

		if _, err := w.live.Start(w.Context(), share(1, 11)); !errors.Is(err, store.ErrFull) {
			w.Errorf("got %v, want the store's error", err)
		}
		if st := w.live.Stats(); st.Sessions != 0 {
			w.Errorf("got %+v, want no session that was not stored", st)
		}
		b.full.Store(false)
		next := share(2, 20)
		w.begin(next)
		b.full.Store(true)
		w.walk(next, home, 90, 1.4, 11*minute)
		stories := w.stories()
		if last := stories[len(stories)-1]; last.Number != 2 || last.Walk != "2:20" {
			w.Errorf("got %+v, want a walk that goes on", last)
		}
		b.full.Store(false)
		time.Sleep(maxSaveRetry + time.Second)
		if got := w.stored(next); geo.Distance(got.Point, home) < 800 {
			w.Errorf("got %v stored, want the newest position", got.Point)
		}
		if st := w.live.Stats(); st.SaveErrors < 3 || st.SaveErrors > 40 {
			w.Errorf("got %d tries, want some with longer and longer pauses", st.SaveErrors)
		}
	})
}
