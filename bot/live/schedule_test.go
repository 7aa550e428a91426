package live

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// offsets returns the due times of stories and the times of their delivery, both relative to began.
func offsets(began time.Time, stories []told) (due, at []time.Duration) {
	for _, s := range stories {
		due = append(due, s.Due.Sub(began))
		at = append(at, s.at.Sub(began))
	}
	return due, at
}

func wantDues(t *testing.T, began time.Time, stories []told, want ...time.Duration) {
	t.Helper()
	due, at := offsets(began, stories)
	if !slices.Equal(due, want) {
		t.Errorf("due: got %v, want %v", due, want)
	}
	for i := range min(len(due), len(want)) {
		if late := at[i] - due[i]; late < 0 || late > 2*loopInterval {
			t.Errorf("story %d was asked for %v late", i+1, late)
		}
		if !stories[i].Asked && stories[i].Number != i+1 {
			t.Errorf("story %d has number %d", i+1, stories[i].Number)
		}
		if stories[i].First != (i == 0) {
			t.Errorf("story %d: first is %v", i+1, stories[i].First)
		}
	}
}

const minute = time.Minute

func TestDefaultHoldsFromTheShareOn(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		began := time.Now()
		sh := share(1, 10)
		w.begin(sh)
		w.stay(sh, 35*minute)
		wantDues(w.T, began, w.stories(), 0, 10*minute, 20*minute, 30*minute)
		want := []string{"chosen 1:10 10m0s", "prepare 1:10 0", "prepare 1:10 0", "prepare 1:10 0"}
		if got := w.notes(); !slices.Equal(got, want) {
			w.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestDueTimesDoNotDrift(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		sh.Period = Forever
		w.begin(sh)
		time.Sleep(17*time.Second + 123*time.Millisecond)
		chosen := time.Now()
		_, err := w.live.Choose(w.Context(), 1, 5*minute, chosen)
		w.check(err)
		n := 0
		w.plan(func(ctx context.Context, tick Tick, done func(Outcome)) {
			n++
			go func() {
				if w.tell(ctx, tick, time.Duration(n%20)*time.Second) {
					done(Delivered)
				}
			}()
		})
		w.stay(sh, 4*time.Hour+minute)
		stories := w.stories()
		if len(stories) != 1+48 {
			w.Fatalf("got %d stories, want 49", len(stories))
		}
		for i, s := range stories[1:] {
			if want := chosen.Add(time.Duration(i+1) * 5 * minute); !s.Due.Equal(want) {
				w.Fatalf("story %d was due %v, want %v", i+2, s.Due, want)
			}
		}
		if notes := w.notes(); slices.Contains(notes, "chosen 1:10 5m0s") {
			w.Error("the default was taken after a choice")
		}
		if st := w.live.Stats(); st.LateMax > 20*time.Second || len(w.late) != 48 {
			w.Errorf("got lateness %v and %d observations", st.LateMax, len(w.late))
		}
	})
}

func TestChoiceWhileTheFirstStoryIsWritten(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		began := time.Now()
		sh := share(1, 10)
		w.plan(func(ctx context.Context, tick Tick, done func(Outcome)) {
			go func() { w.tell(ctx, tick, 8*time.Second); done(Delivered) }()
		})
		w.begin(sh)
		time.Sleep(3 * time.Second)
		_, err := w.live.Choose(w.Context(), 1, 5*minute, time.Now())
		w.check(err)
		w.stay(sh, 11*minute)
		wantDues(w.T, began, w.stories(), 0, 5*minute+3*time.Second, 10*minute+3*time.Second)
		if got := w.live.Stats().Dropped; got != 0 {
			w.Errorf("got %d dropped, want 0", got)
		}
	})
}

func TestChoiceIsOneOfTheIntervals(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		w.begin(share(1, 10))
		if _, err := w.live.Choose(w.Context(), 1, 7*minute, time.Now()); !errors.Is(err, ErrInterval) {
			w.Errorf("got %v, want ErrInterval", err)
		}
		if _, err := w.live.Choose(w.Context(), 2, 5*minute, time.Now()); !errors.Is(err, ErrNoWalk) {
			w.Errorf("got %v, want ErrNoWalk", err)
		}
	})
}

func TestDueTimesPassedWhileTellingAreDropped(t *testing.T) {
	inWorld(t, Config{Intervals: []time.Duration{10 * time.Second}}, func(w *world) {
		began := time.Now()
		sh := share(1, 10)
		w.begin(sh)
		time.Sleep(5 * time.Second)
		running := false
		w.plan(func(ctx context.Context, tick Tick, done func(Outcome)) {
			if running {
				w.Error("two deliveries at once")
			}
			running = true
			go func() { w.tell(ctx, tick, 25*time.Second); running = false; done(Delivered); done(Delivered) }()
		})
		w.stay(sh, 80*time.Second)
		sec := time.Second
		wantDues(w.T, began, w.stories(), 0, 10*sec, 40*sec, 70*sec)
		st := w.live.Stats()
		if st.Dropped != 4 || st.Delivered != 3 || st.Late != 25*time.Second {
			w.Errorf("got %+v, want 4 dropped, 3 delivered, 25 s late", st)
		}
	})
}

func TestFailedDeliveriesDoNotCount(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		w.answers(Failed)
		w.begin(sh)
		w.stay(sh, 15*minute)
		w.plan(nil)
		w.stay(sh, 10*minute)
		var numbers []int
		for _, s := range w.stories() {
			numbers = append(numbers, s.Number)
		}
		if want := []int{1, 1, 1}; !slices.Equal(numbers, want) {
			w.Errorf("got numbers %v, want %v", numbers, want)
		}
		if st := w.live.Stats(); st.Failed != 2 || st.Delivered != 1 {
			w.Errorf("got %+v, want 2 failed, 1 delivered", st)
		}
	})
}

func TestFirstStoryThatCouldNotStartIsTriedAgain(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		began := time.Now()
		sh := share(1, 10)
		w.answers(Dropped)
		w.begin(sh)
		time.Sleep(7 * time.Second)
		w.plan(nil)
		w.stay(sh, minute)
		stories := w.stories()
		if len(stories) != 3 || !stories[2].First || !stories[2].Due.Equal(began) {
			w.Errorf("got %+v, want the first story three times", stories)
		}
		w.stay(sh, 10*minute)
		if last := w.stories()[3]; last.First || last.Number != 2 || !last.Due.Equal(began.Add(10*minute)) {
			w.Errorf("got %+v, want number 2 after 10 minutes", last)
		}
	})
}

func TestNextMovesNoDueTime(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		began := time.Now()
		sh := share(1, 10)
		w.begin(sh)
		w.stay(sh, 4*minute)
		asked := time.Since(began)
		w.check(w.live.Next(w.Context(), 1))
		if err := w.live.Next(w.Context(), 1); !errors.Is(err, ErrBusy) {
			w.Errorf("got %v, want ErrBusy", err)
		}
		w.stay(sh, 7*minute)
		stories := w.stories()
		due, at := offsets(began, stories)
		if want := []time.Duration{0, asked, 10 * minute}; !slices.Equal(due, want) || at[1] != asked {
			w.Errorf("got %v at %v, want %v", due, at, want)
		}
		if !stories[1].Asked || stories[2].Asked || stories[2].Number != 3 {
			w.Errorf("got %+v", stories)
		}
		if err := w.live.Next(w.Context(), 2); !errors.Is(err, ErrNoWalk) {
			w.Errorf("got %v, want ErrNoWalk", err)
		}
	})
}

func TestDueTimePassedWhileNextRunsIsDropped(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		began := time.Now()
		sh := share(1, 10)
		w.begin(sh)
		w.stay(sh, 10*minute-time.Second)
		w.plan(func(ctx context.Context, tick Tick, done func(Outcome)) {
			go func() { w.tell(ctx, tick, 3*time.Second); done(Delivered) }()
		})
		asked := time.Since(began)
		w.check(w.live.Next(w.Context(), 1))
		w.stay(sh, 12*minute)
		due, _ := offsets(began, w.stories())
		if want := []time.Duration{0, asked, 20 * minute}; !slices.Equal(due, want) {
			w.Errorf("got %v, want %v", due, want)
		}
		if got := w.live.Stats().Dropped; got != 1 {
			w.Errorf("got %d dropped, want 1", got)
		}
	})
}

func TestPauseAndResume(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		began := time.Now()
		sh := share(1, 10)
		w.begin(sh)
		w.stay(sh, 5*minute)
		_, err := w.live.Pause(w.Context(), 1)
		w.check(err)
		w.stay(sh, 20*minute)
		w.restart()
		w.stay(sh, 3*minute)
		_, err = w.live.Resume(w.Context(), 1)
		w.check(err)
		w.stay(sh, 5*minute)
		wantDues(w.T, began, w.stories(), 0, 30*minute)
	})
}

func TestNextDuringAPause(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		w.begin(sh)
		w.stay(sh, minute)
		_, err := w.live.Pause(w.Context(), 1)
		w.check(err)
		w.check(w.live.Next(w.Context(), 1))
		w.stay(sh, 30*minute)
		if got := len(w.stories()); got != 2 {
			w.Errorf("got %d stories, want the first and the asked one", got)
		}
	})
}
