package live

import (
	"context"
	"testing"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// discard is a store that keeps nothing.
type discard struct{}

func (discard) SaveWalks(context.Context, []store.Walk) error { return nil }
func (discard) Walk(context.Context, string) (store.Walk, error) {
	return store.Walk{}, store.ErrNotFound
}
func (discard) OpenWalks(context.Context) ([]store.Walk, error)     { return nil, nil }
func (discard) Stops(context.Context, string) ([]store.Stop, error) { return nil, nil }

// byHand returns a Live with n walks and no running loop: the test calls its steps.
func byHand(tb testing.TB, n int, deliver func(Tick)) *Live {
	tb.Helper()
	l, err := New(Config{Store: discard{}, MaxSessions: n}, Hooks{
		Deliver: func(_ context.Context, t Tick, _ func(Outcome)) { deliver(t) },
		Prepare: func(store.Walk, geo.Point) {},
		Chosen:  func(store.Walk) {},
		Ended:   func(_ store.Walk, done func(error)) { done(nil) },
		Quiet:   func(store.Walk) {},
	})
	if err != nil {
		tb.Fatal(err)
	}
	if err := l.load(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	for i := range n {
		sh := share(int64(i+1), 10)
		sh.Period = Forever
		if _, err := l.Start(tb.Context(), sh); err != nil {
			tb.Fatal(err)
		}
	}
	return l
}

// TestClockSetByHours sets the wall clock of a running loop: there must be no flood, no stall, and the same due times.
func TestClockSetByHours(t *testing.T) {
	for _, jump := range []time.Duration{3 * time.Hour, -3 * time.Hour, -7 * time.Minute, 30 * 24 * time.Hour, -30 * 24 * time.Hour} {
		t.Run(jump.String(), func(t *testing.T) {
			var now time.Time
			var told []time.Time
			l := byHand(t, 1, func(tick Tick) { told = append(told, now) })
			s := l.loop.sessions.current[1]
			began := s.walk.Anchor
			wall, mono := began, time.Duration(0)
			run := func(d time.Duration) {
				for end := mono + d; mono < end; {
					wall, mono = wall.Add(loopInterval), mono+loopInterval
					now = wall
					l.loop.step(t.Context(), wall, mono)
					if s.delivery != nil {
						l.loop.finishDelivery(s, s.delivery, Delivered, wall)
					}
					s.lastContact = wall
				}
			}
			run(25 * minute)
			if len(told) == 0 {
				t.Fatal("nothing was told before")
			}
			told = nil
			wall = wall.Add(jump)
			run(time.Hour)
			if n := len(told); n < 5 || n > 8 {
				t.Errorf("told %d stories in the hour after, want 6 or so", n)
			}
			for i := 1; i < len(told); i++ {
				if told[i].Sub(told[i-1]) > 20*minute {
					t.Errorf("nothing between %v and %v", told[i-1], told[i])
				}
			}
			if !s.walk.Due.After(wall) || s.walk.Due.Sub(wall) > 10*minute || s.walk.Due.Sub(began)%(10*minute) != 0 {
				t.Errorf("next due %v, now %v, began %v", s.walk.Due, wall, began)
			}
		})
	}
}

// TestClockSetDuringALivePeriod sets the wall clock within a live period of an hour: the walk ends after an hour by any other clock.
func TestClockSetDuringALivePeriod(t *testing.T) {
	for _, jump := range []time.Duration{3 * time.Hour, -3 * time.Hour} {
		t.Run(jump.String(), func(t *testing.T) {
			l := byHand(t, 0, func(Tick) {})
			l.loop.cfg.MaxSessions = 1
			if _, err := l.Start(t.Context(), share(1, 10)); err != nil {
				t.Fatal(err)
			}
			s := l.loop.sessions.current[1]
			wall, mono := s.walk.Anchor, time.Duration(0)
			for ; mono < 2*time.Hour && !s.ended(); wall, mono = wall.Add(loopInterval), mono+loopInterval {
				if mono == 30*minute {
					wall = wall.Add(jump)
				}
				l.loop.step(t.Context(), wall, mono)
				if s.delivery != nil {
					l.loop.finishDelivery(s, s.delivery, Delivered, wall)
				}
				s.lastContact = wall
			}
			if off := (mono - time.Hour).Abs(); off > 2*time.Second || s.walk.Reason != Expired {
				t.Errorf("ended %q after %v, want it to expire after an hour", s.walk.Reason, mono)
			}
		})
	}
}
