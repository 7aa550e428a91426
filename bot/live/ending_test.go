package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

func TestEndsOfAWalk(t *testing.T) {
	for _, test := range []struct {
		name   string
		period time.Duration
		end    func(w *world, sh Share)
		reason string
		after  time.Duration // from the share to the Ended hook
	}{
		{"the period is over between two stories", 29 * minute, func(*world, Share) { time.Sleep(4 * minute) }, Expired, 29 * minute},
		{"sharing is stopped on the phone", time.Hour, func(w *world, sh Share) {
			sh.Period = 0
			_, err := w.live.Edit(w.Context(), sh)
			w.check(err)
		}, Unshared, 25 * minute},
		{"the person says so", Forever, func(w *world, _ Share) {
			_, err := w.live.Stop(w.Context(), 1, Stopped)
			w.check(err)
		}, Stopped, 25 * minute},
		{"the bot was blocked", time.Hour, func(w *world, sh Share) {
			w.answers(Unreachable)
			time.Sleep(5 * minute)
		}, Blocked, 30 * minute},
		{"a new share", time.Hour, func(w *world, _ Share) {
			started := w.begin(share(1, 11))
			if started.Replaced == nil || started.Replaced.ID != "1:10" {
				w.Errorf("got %+v, want 1:10 replaced", started.Replaced)
			}
		}, Replaced, 25 * minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			inWorld(t, Config{MaxSessions: 1}, func(w *world) {
				began := time.Now()
				var ended time.Time
				var stops []store.Stop
				w.close = func(walk store.Walk) error {
					ended = time.Now()
					var err error
					stops, err = w.store.Stops(context.Background(), walk.ID)
					w.check(err)
					return nil
				}
				sh := share(1, 10)
				sh.Period = test.period
				w.begin(sh)
				w.stay(sh, 25*minute)
				w.notes()
				test.end(w, sh)
				time.Sleep(2 * time.Second)
				synctest.Wait()
				if got := ended.Sub(began); got < test.after || got > test.after+2*loopInterval {
					w.Errorf("ended after %v, want %v", got, test.after)
				}
				if got, want := w.notes(), "ended 1:10 "+test.reason; !slices.Contains(got, want) {
					w.Errorf("got %q, want %q", got, want)
				}
				if len(stops) != 3 || stops[2].Title != "place 3" {
					w.Errorf("got %+v, want three stops", stops)
				}
				walk := w.stored(sh)
				if !walk.Closed || walk.Reason != test.reason || len(walk.Track) > 0 || walk.Point != (geo.Point{}) {
					w.Errorf("got %+v, want a closed walk without positions", walk)
				}
				told := len(w.stories())
				if _, err := w.live.Edit(w.Context(), sh); !errors.Is(err, ErrEnded) {
					w.Errorf("an edit after the end: got %v, want ErrEnded", err)
				}
				w.restart()
				if _, err := w.live.Start(w.Context(), sh); !errors.Is(err, ErrEnded) {
					w.Errorf("a start after the end and a restart: got %v, want ErrEnded", err)
				}
				time.Sleep(minute)
				if got := len(w.stories()); got != told {
					w.Errorf("%d stories after the end", got-told)
				}
			})
		})
	}
}

func TestEndWhileAStoryIsWritten(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		cancelled := make(chan time.Time, 1)
		w.plan(func(ctx context.Context, tick Tick, done func(Outcome)) {
			go func() {
				<-ctx.Done()
				cancelled <- time.Now()
				time.Sleep(3 * time.Second)
				done(Failed)
			}()
		})
		began := time.Now()
		w.begin(share(1, 10))
		time.Sleep(5 * time.Second)
		_, err := w.live.Stop(w.Context(), 1, Stopped)
		w.check(err)
		if got := (<-cancelled).Sub(began); got != 5*time.Second {
			w.Errorf("cancelled after %v, want 5 s", got)
		}
		if got := w.notes(); len(got) != 0 {
			w.Errorf("got %q before the delivery ended", got)
		}
		time.Sleep(3*time.Second + loopInterval)
		if got, want := w.notes(), []string{"ended 1:10 stopped"}; !slices.Equal(got, want) {
			w.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestNewShareWaitsForTheOldStory(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		w.plan(func(ctx context.Context, tick Tick, done func(Outcome)) {
			go func() { <-ctx.Done(); time.Sleep(3 * time.Second); done(Dropped) }()
		})
		w.begin(share(1, 10))
		time.Sleep(5 * time.Second)
		w.plan(nil)
		w.begin(share(1, 11))
		time.Sleep(3*time.Second - loopInterval)
		if got := len(w.stories()); got != 1 {
			w.Errorf("got %d deliveries while one was under way", got)
		}
		time.Sleep(2 * loopInterval)
		if got := w.stories(); len(got) != 2 || got[1].Walk != "1:11" || !got[1].First {
			w.Errorf("got %+v, want the first story of the new walk", got)
		}
	})
}

func TestSummaryIsRetriedUntilItIsSent(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		w.close = func(store.Walk) error { return errors.New("no network") }
		w.begin(sh)
		w.stay(sh, minute)
		_, err := w.live.Stop(w.Context(), 1, Stopped)
		w.check(err)
		time.Sleep(5*time.Second + loopInterval)
		w.restart()
		time.Sleep(minute)
		if got := w.live.Stats().Closing; got != 1 {
			w.Errorf("got %d walks closing, want 1", got)
		}
		w.mu.Lock()
		w.close = nil
		w.mu.Unlock()
		time.Sleep(2 * minute)
		ended := 0
		for _, n := range w.notes() {
			if n == "ended 1:10 stopped" {
				ended++
			}
		}
		if ended != 2+5+1 { // at 0 and 5 s; after the restart at 0, 5, 15, 35 and 75 s; ...
			w.Logf("offered %d times", ended)
		}
		if walk := w.stored(sh); !walk.Closed {
			w.Errorf("got %+v, want it closed", walk)
		}
	})
}

func TestSummaryIsDroppedAfterADay(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		w.close = func(store.Walk) error { return errors.New("no network") }
		w.begin(sh)
		time.Sleep(time.Second * 3)
		_, err := w.live.Stop(w.Context(), 1, Stopped)
		w.check(err)
		time.Sleep(notifyFor + 2*maxNotifyRetry)
		if walk := w.stored(sh); !walk.Closed {
			w.Errorf("got %+v, want it closed", walk)
		}
		if got := len(w.notes()); got > 200 {
			w.Errorf("offered %d times in a day", got)
		}
	})
}

func TestProlongedPeriod(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		sh.Period = 30 * minute
		w.begin(sh)
		w.stay(sh, 20*minute)
		sh.Period = 2 * time.Hour
		w.stay(sh, 60*minute)
		if _, ok := w.live.Walk(1); !ok {
			w.Error("the walk ended at its first period")
		}
		sh.Period = Forever
		w.stay(sh, 2*time.Hour)
		if got := len(w.stories()); got != 1+20 {
			w.Errorf("got %d stories, want 21", got)
		}
	})
}

func TestStartOfAShareThatIsOver(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		old := share(1, 10)
		old.Date = time.Now().Add(-2 * time.Hour)
		if _, err := w.live.Start(w.Context(), old); !errors.Is(err, ErrEnded) {
			w.Errorf("got %v, want ErrEnded", err)
		}
		off := share(1, 11)
		off.Point.Lat = 91
		if _, err := w.live.Start(w.Context(), off); !errors.Is(err, store.ErrInvalid) {
			w.Errorf("got %v, want ErrInvalid", err)
		}
		unknown := share(1, 12)
		unknown.Period = 0
		if _, err := w.live.Edit(w.Context(), unknown); !errors.Is(err, ErrEnded) {
			w.Errorf("got %v, want ErrEnded", err)
		}
		if _, err := w.live.Stop(w.Context(), 1, Stopped); !errors.Is(err, ErrNoWalk) {
			w.Errorf("got %v, want ErrNoWalk", err)
		}
	})
}

func ExampleShare_ID() {
	fmt.Println((&Share{Chat: -100, Message: 7}).ID())
	// Output: -100:7
}
