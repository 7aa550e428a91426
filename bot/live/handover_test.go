package live

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// other is a second process on the same store, with the hooks of the first.
func (w *world) other() (*Live, func()) {
	w.Helper()
	cfg := w.cfg
	cfg.Store, cfg.Shared = w.store, true
	l, err := New(cfg, w.live.loop.hooks)
	w.check(err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	synctest.Wait()
	return l, func() { stop(); w.check(<-ended) }
}

func TestAWalkContinuesInAnotherProcess(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		w.begin(sh)
		chosen := time.Now()
		_, err := w.live.Choose(w.Context(), 1, 5*minute, chosen)
		w.check(err)
		w.stay(sh, 6*minute)

		there, stop := w.other()
		defer stop()
		open, err := w.store.OpenWalks(w.Context())
		w.check(err)
		w.live.Release(1)
		there.TakeOver(open)
		there.TakeOver(open) // again: nothing changes
		if _, here := w.live.Walk(1); here || w.live.Holds(1) || w.live.Stats().Sessions != 0 {
			w.Errorf("got %+v, want no walk here", w.live.Stats())
		}
		if st := there.Stats(); st.Sessions != 1 || !there.Holds(1) {
			w.Errorf("got %+v, want the walk there", st)
		}
		sh.Edited = time.Now()
		_, err = there.Edit(w.Context(), sh)
		w.check(err)
		time.Sleep(9*minute + time.Second)
		got := w.stories()
		if len(got) != 4 { // the first, at 5, 10 and 15 minutes
			w.Fatalf("got %d stories, want 4", len(got))
		}
		for i, s := range got {
			if s.Number != i+1 {
				w.Errorf("story %d is numbered %d", i+1, s.Number)
			}
			if due := s.Due.Sub(chosen); i > 0 && due != time.Duration(i)*5*minute {
				w.Errorf("story %d was due after %v", i+1, due)
			}
		}
	})
}

func TestAReleasedDeliveryChangesNothing(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		var answer func(Outcome)
		var cut context.Context
		w.plan(func(ctx context.Context, _ Tick, done func(Outcome)) { cut, answer = ctx, done })
		sh := share(1, 10)
		w.begin(sh)
		time.Sleep(time.Second)
		before := w.stored(sh)
		w.live.Release(1)
		if cut.Err() == nil {
			w.Error("the delivery goes on")
		}
		w.live.TakeOver([]store.Walk{before}) // it came back, while that delivery has not ended
		time.Sleep(minute)
		if n := len(w.stories()); n != 1 {
			w.Errorf("got %d deliveries at once, want the old one alone", n)
		}
		answer(Unreachable)
		time.Sleep(time.Second)
		if st := w.live.Stats(); st.Sessions != 1 || st.Ended != 0 {
			w.Errorf("got %+v, want the walk that came back to go on", st)
		}
		if n := len(w.stories()); n != 2 {
			w.Errorf("got %d deliveries, want the first story after the old one ended", n)
		}
		answer(Delivered)
	})
}

func TestAnAimContinuesInAnotherProcess(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		sh.Aim = geo.Offset(sh.Point, 0, 500)
		w.begin(sh)
		there, stop := w.other()
		defer stop()
		open, err := w.store.OpenWalks(w.Context())
		w.check(err)
		w.live.Release(1)
		there.TakeOver(open)
		time.Sleep(12 * minute)
		if n := len(w.stories()); n > 0 {
			t.Errorf("%d stories on the way", n)
		}
		sh.Point, sh.Edited = sh.Aim, time.Now()
		if !there.Move(sh) {
			t.Error("the walk is unknown")
		}
		time.Sleep(5 * time.Second)
		if got := w.stories(); len(got) != 1 || !got[0].Arrived || got[0].Aim != sh.Aim {
			t.Errorf("on arrival: %+v", got)
		}
	})
}
