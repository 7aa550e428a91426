package live

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/store"
)

// crash ends the process without its last writes: only what the store holds is left. The old Live may continue in memory, without effect.
func (w *world) crash() {
	w.Helper()
	w.check(w.store.Close()) // from here on nothing is written
	w.stop()
	w.live.loop.mu.Lock()
	w.live.loop.sessions.delivering = map[int64]*session{} // no delivery is waited for
	w.live.loop.mu.Unlock()
	signal(w.live.loop.wake)
	<-w.ended // it cannot store its last changes
	synctest.Wait()
}

func (w *world) crashAndStart() {
	w.Helper()
	w.crash()
	w.start()
}

func TestWalkContinuesAfterACrash(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		w.begin(sh)
		time.Sleep(20 * time.Second)
		chosen := time.Now()
		_, err := w.live.Choose(w.Context(), 1, 5*minute, chosen)
		w.check(err)
		there := w.walk(sh, home, 90, 1.4, 6*minute)
		time.Sleep(2 * time.Second)
		w.crashAndStart()
		walk, ok := w.live.Walk(1)
		if !ok || walk.Interval != 5*minute || !walk.Chosen || walk.Number != 2 || walk.Point != there || walk.Metres < 480 {
			w.Errorf("got %+v", walk)
		}
		again := w.begin(sh) // the share comes once more
		if !again.Resumed {
			w.Error("the walk began again")
		}
		w.stay(sh, 10*minute)
		due, _ := offsets(chosen, w.stories()[1:])
		if want := []time.Duration{5 * minute, 10 * minute, 15 * minute}; !slices.Equal(due, want) {
			w.Errorf("got %v, want %v", due, want)
		}
		for i, s := range w.stories() {
			if s.Number != i+1 || s.First != (i == 0) {
				w.Errorf("story %d: got number %d, first %v", i+1, s.Number, s.First)
			}
		}
	})
}

// TestCrashAroundAStory ends the process while a story is sent, and after it was sent and before the walk was stored again.
func TestCrashAroundAStory(t *testing.T) {
	for _, test := range []struct {
		name  string
		story int
		after time.Duration // it was asked for; it is sent after a second
		want  []int         // numbers asked for
	}{
		{"the first, not sent", 1, 500 * time.Millisecond, []int{1, 1, 2}},
		{"the first, sent", 1, 1500 * time.Millisecond, []int{1, 2}},
		{"the second, not sent", 2, 500 * time.Millisecond, []int{1, 2, 2, 3}},
		{"the second, sent", 2, 1500 * time.Millisecond, []int{1, 2, 3}},
	} {
		t.Run(test.name, func(t *testing.T) {
			inWorld(t, Config{}, func(w *world) {
				sh := share(1, 10)
				w.plan(func(ctx context.Context, tick Tick, done func(Outcome)) {
					go func() {
						if w.tell(ctx, tick, time.Second) && tick.Number < test.story {
							done(Delivered)
						}
					}()
				})
				w.begin(sh)
				due := time.Duration(test.story-1) * 10 * minute
				time.Sleep(due + test.after + loopInterval)
				w.crash()
				w.plan(nil)
				w.start()
				w.stay(sh, 11*minute)
				var numbers []int
				for _, s := range w.stories() {
					numbers = append(numbers, s.Number)
					if want := sh.Date.Add(time.Duration(s.Number-1) * 10 * minute); !s.Due.Equal(want) || s.First != (s.Number == 1) {
						w.Errorf("got %+v, want it due %v", s, want)
					}
				}
				if !slices.Equal(numbers, test.want) {
					w.Errorf("asked for %v, want %v", numbers, test.want)
				}
			})
		})
	}
}

func TestAnAttemptIsContinuedAfterACrash(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		w.begin(sh)
		w.stay(sh, minute)
		w.plan(func(ctx context.Context, tick Tick, _ func(Outcome)) {
			w.check(w.live.RecordAttempt(ctx, tick, "Q7", 33))
		})
		w.check(w.live.Next(w.Context(), 1))
		time.Sleep(2 * time.Second)
		w.crash()
		w.plan(nil)
		w.start()
		time.Sleep(2 * time.Second)
		want := store.Attempt{Number: 2, Asked: true, Place: "Q7", Message: 33}
		told := w.stories()
		if last := told[len(told)-1]; len(told) != 3 || !last.Asked || last.Attempt != want || last.Number != 2 {
			w.Errorf("%d deliveries, the last one %+v; want it to go on with %+v", len(told), last, want)
		}
		w.stay(sh, 10*minute)
		told = w.stories()
		if last := told[len(told)-1]; last.Number != 3 || last.Asked || last.Attempt != (store.Attempt{}) {
			w.Errorf("the next one %+v, want nothing begun", last)
		}
		if err := w.live.RecordAttempt(w.Context(), told[0].Tick, "Q8", 0); !errors.Is(err, ErrNoWalk) {
			w.Errorf("begun and not under way: %v", err)
		}
	})
}

// A story that an earlier process may have sent keeps its place and number, also if the next try fails.
func TestAnAttemptOutlastsAFailure(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		w.begin(sh)
		w.stay(sh, minute)
		w.plan(func(ctx context.Context, tick Tick, _ func(Outcome)) {
			w.check(w.live.RecordAttempt(ctx, tick, "Q7", 0))
		})
		w.stay(sh, 10*minute)
		w.crash()
		w.answers(Failed)
		w.start()
		w.stay(sh, 10*minute)
		w.plan(nil)
		w.stay(sh, 10*minute)
		for _, told := range w.stories()[2:] {
			if told.Number == 2 && told.Attempt.Place != "Q7" {
				w.Errorf("the second story began with %+v, want Q7 again", told.Attempt)
			}
		}
		if last := w.stories(); last[len(last)-1].Number < 2 {
			w.Errorf("got %+v, want the second story told in the end", last)
		}
	})
}

func TestAnAskedStoryIsToldAfterACrash(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		w.begin(sh)
		w.stay(sh, minute)
		w.plan(func(context.Context, Tick, func(Outcome)) {}) // no outcome
		w.check(w.live.Next(w.Context(), 1))
		time.Sleep(2 * time.Second)
		w.crash()
		w.plan(nil)
		w.start()
		time.Sleep(2 * time.Second)
		w.crashAndStart()
		time.Sleep(2 * time.Second)
		var numbers []int
		for _, s := range w.stories() {
			numbers = append(numbers, s.Number)
		}
		if want := []int{1, 2, 2}; !slices.Equal(numbers, want) {
			w.Errorf("asked for %v, want %v", numbers, want)
		}
	})
}

func TestDueTimesMissedDuringADowntime(t *testing.T) {
	for _, test := range []struct {
		name string
		down time.Duration // from 12 minutes on
		want []time.Duration
	}{
		{"none", 5 * minute, []time.Duration{20 * minute, 30 * minute}},
		{"one", 11 * minute, []time.Duration{20 * minute, 30 * minute}},
		{"three, of which the last is told", 33 * minute, []time.Duration{40 * minute, 50 * minute}},
	} {
		t.Run(test.name, func(t *testing.T) {
			inWorld(t, Config{}, func(w *world) {
				began := time.Now()
				sh := share(1, 10)
				sh.Period = 5 * time.Hour
				w.begin(sh)
				w.stay(sh, 12*minute)
				w.end()
				time.Sleep(test.down)
				w.start()
				time.Sleep(2 * time.Second)
				w.moveTo(sh, home)
				w.stay(sh, 10*minute)
				due, _ := offsets(began, w.stories()[2:])
				if n := min(len(due), len(test.want)); !slices.Equal(due[:n], test.want[:n]) || n == 0 {
					w.Errorf("got %v, want %v", due, test.want)
				}
			})
		})
	}
}

func TestPeriodThatEndedDuringADowntime(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		w.begin(sh)
		w.stay(sh, 12*minute)
		w.end()
		time.Sleep(2 * time.Hour)
		w.start()
		time.Sleep(2 * time.Second)
		if got := w.notes(); !slices.Contains(got, "ended 1:10 expired") || len(w.stories()) != 2 {
			w.Errorf("got %q and %d stories, want the end alone", got, len(w.stories()))
		}
	})
}

func TestEditOfAnUnknownWalkBeginsIt(t *testing.T) {
	inWorld(t, Config{MaxSessions: 1}, func(w *world) {
		sh := share(1, 10)
		time.Sleep(5 * minute)
		sh.Edited = time.Now()
		started, err := w.live.Edit(w.Context(), sh)
		w.check(err)
		if started == nil || started.Walk.ID != "1:10" || !started.Walk.Ends.Equal(sh.Date.Add(time.Hour)) {
			w.Fatalf("got %+v, want a walk until an hour after the share", started)
		}
		if started, err = w.live.Edit(w.Context(), sh); started != nil || err != nil {
			w.Errorf("the next edit: got %+v, %v", started, err)
		}
		other := share(2, 20)
		if _, err := w.live.Edit(w.Context(), other); !errors.Is(err, ErrFull) {
			w.Errorf("got %v, want ErrFull", err)
		}
		if _, err := w.live.Edit(w.Context(), other); !errors.Is(err, ErrEnded) {
			w.Errorf("the second edit: got %v, want ErrEnded", err)
		}
		time.Sleep(2 * time.Second)
		if got := w.stories(); len(got) != 1 || !got[0].First {
			w.Errorf("got %+v, want the first story", got)
		}
	})
}
