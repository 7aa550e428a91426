package live

import (
	"context"
	"testing"
	"time"

	"excursobot/geo"
)

// aimAt sets the aim of person 1.
func (w *world) aimAt(p geo.Point) {
	w.Helper()
	_, err := w.live.SetAim(w.Context(), 1, p)
	w.check(err)
}

// go1 reports a position of the share's phone now.
func (w *world) go1(sh Share, p geo.Point, radius float64) {
	w.Helper()
	sh.Point, sh.Radius, sh.Edited = p, radius, time.Now()
	if !w.live.Move(sh) {
		w.Error("the walk is unknown")
	}
	time.Sleep(3 * time.Second)
}

func TestAStoryComesOnArrivalAndNotBefore(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		aim := geo.Offset(sh.Point, 90, 1000)
		sh.Aim = aim
		w.begin(sh)
		for metres := 100.0; metres < 900; metres += 10 {
			w.go1(sh, geo.Offset(sh.Point, 90, metres), 5)
		}
		time.Sleep(12 * minute) // beyond the due times of the default interval
		if got := w.stories(); len(got) > 0 {
			t.Fatalf("%d stories on the way", len(got))
		}
		if got := w.notes(); len(got) > 0 {
			t.Errorf("on the way: %q", got)
		}
		arrived := time.Now()
		w.go1(sh, geo.Offset(sh.Point, 90, 945), 5)
		got := w.stories()
		if len(got) != 1 || !got[0].Arrived || got[0].Number != 1 {
			t.Fatalf("stories %+v", got)
		}
		if late := got[0].at.Sub(arrived); late > 2*time.Second {
			t.Errorf("told %v after the position", late)
		}
		w.go1(sh, geo.Offset(sh.Point, 90, 950), 5)
		if n := len(w.stories()); n != 1 {
			t.Errorf("%d stories within the pause", n)
		}
		w.aimAt(geo.Point{}) // the tour is over: the clock goes on
		w.stay(sh, 11*minute)
		if got := w.stories(); len(got) != 2 || got[1].Arrived || got[1].First {
			t.Errorf("after the tour: %+v", got)
		}
	})
}

func TestHowNearIsThere(t *testing.T) {
	for _, tt := range []struct {
		name             string
		metres, accuracy float64
		there            bool
	}{
		{"near", 59, 5, true}, {"not near", 65, 5, false}, {"a bad position", 85, 90, true},
		{"a very bad position", 130, 500, false}, {"accuracy unknown", 55, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, Config{}, func(w *world) {
				sh := share(1, 10)
				sh.Aim = geo.Offset(sh.Point, 0, 1000)
				w.begin(sh)
				w.go1(sh, geo.Offset(sh.Aim, 180, tt.metres), tt.accuracy)
				if got := len(w.stories()) == 1; got != tt.there {
					t.Errorf("arrived: %v, want %v", got, tt.there)
				}
			})
		})
	}
}

// Stops side by side do not come at once, and both come without another step.
func TestStopsSideBySideHaveAPauseBetween(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		sh.Aim = geo.Offset(sh.Point, 0, 30)
		next := geo.Offset(sh.Point, 90, 30)
		w.plan(func(ctx context.Context, tick Tick, done func(Outcome)) {
			go func() {
				if !w.tell(ctx, tick, time.Second) {
					return
				}
				if tick.Number == 1 {
					w.aimAt(next)
				} else {
					w.aimAt(geo.Point{})
				}
				done(Delivered)
			}()
		})
		w.begin(sh)
		time.Sleep(3 * minute)
		got := w.stories()
		if len(got) != 2 {
			t.Fatalf("%d stories", len(got))
		}
		if gap := got[1].at.Sub(got[0].at); gap < aimPause || gap > aimPause+3*time.Second {
			t.Errorf("the second one came %v after the first", gap)
		}
	})
}

func TestAnAimSurvivesARestart(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		sh.Aim = geo.Offset(sh.Point, 0, 500)
		w.begin(sh)
		w.crashAndStart()
		time.Sleep(20 * minute)
		if n := len(w.stories()); n > 0 {
			t.Errorf("%d stories after the restart", n)
		}
		w.go1(sh, sh.Aim, 5)
		if got := w.stories(); len(got) != 1 || !got[0].Arrived {
			t.Errorf("on arrival: %+v", got)
		}
	})
}

func TestAPausedTourIsSilent(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		sh.Aim = geo.Offset(sh.Point, 0, 500)
		w.begin(sh)
		_, err := w.live.Pause(w.Context(), 1)
		w.check(err)
		w.go1(sh, sh.Aim, 5)
		if n := len(w.stories()); n > 0 {
			t.Errorf("%d stories in the pause", n)
		}
		_, err = w.live.Resume(w.Context(), 1)
		w.check(err)
		time.Sleep(3 * time.Second)
		if n := len(w.stories()); n != 1 {
			t.Errorf("%d stories after the pause", n)
		}
	})
}

// A story that could not start is tried again, but not with each position.
func TestADroppedArrivalIsTriedAgain(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		sh.Aim = geo.Offset(sh.Point, 0, 500)
		w.begin(sh)
		w.plan(func(_ context.Context, _ Tick, done func(Outcome)) { done(Dropped) })
		for range 40 { // two minutes
			w.go1(sh, sh.Aim, 5)
		}
		if n := len(w.stories()); n < 2 || n > 3 {
			t.Errorf("%d tries in two minutes", n)
		}
	})
}
