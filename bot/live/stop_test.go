package live

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestACancelledStoryIsStillDueAfterARestart(t *testing.T) {
	inWorld(t, Config{Drain: 5 * time.Second}, func(w *world) {
		began := time.Now()
		sh := share(1, 10)
		w.begin(sh)
		w.stay(sh, 9*minute)
		w.plan(func(ctx context.Context, tick Tick, done func(Outcome)) {
			go func() {
				if w.tell(ctx, tick, time.Hour) {
					done(Delivered)
				} else {
					done(Failed)
				}
			}()
		})
		w.stay(sh, 2*minute)
		stopped := time.Now()
		w.end()
		if got := time.Since(stopped); got != 5*time.Second {
			w.Errorf("stopped after %v, want the drain's 5 s", got)
		}
		w.plan(nil)
		w.start()
		time.Sleep(2 * time.Second)
		due, _ := offsets(began, w.stories())
		if want := []time.Duration{0, 10 * minute, 10 * minute}; !slices.Equal(due, want) {
			w.Errorf("got %v, want %v", due, want)
		}
		if got := w.stored(sh).Number; got != 2 {
			w.Errorf("got %d stories, want 2", got)
		}
	})
}

func TestStopWaitsForAStory(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		w.plan(func(ctx context.Context, tick Tick, done func(Outcome)) {
			go func() {
				if w.tell(ctx, tick, 10*time.Second) {
					done(Delivered)
				}
			}()
		})
		w.begin(sh)
		synctest.Wait()
		w.restart()
		if got := w.stored(sh); got.Number != 1 || got.First {
			w.Errorf("got %+v, want the first story told", got)
		}
	})
}
