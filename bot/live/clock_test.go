package live

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
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
		Survey:  func(store.Walk, Survey, func([]Sight, error)) {},
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

// TestAMachineThatStoodStill lets a walk of an hour begin, and stops the machine for two hours in the middle: the walk is over, and nobody hears a story about
// where they were.
func TestAMachineThatStoodStill(t *testing.T) {
	for _, tt := range []struct {
		name  string
		mono  bool          // the clock that nobody sets went on
		after time.Duration // by how much the wall clock is ahead of Telegram's afterwards; negative = Telegram does not answer
		over  bool          // the walk is over at once
	}{
		{"suspended, with a clock that counts it", true, -1, true},
		{"suspended without one, and Telegram knows", false, 0, true},
		{"the clock was set, and Telegram knows", false, 2 * time.Hour, false},
		{"nobody knows: the clock counts as set", false, -1, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				told := 0
				l := byHand(t, 0, func(Tick) { told++ })
				ahead, asked := time.Duration(0), 0
				l.loop.cfg.MaxSessions = 1
				l.loop.cfg.Ahead = func() time.Duration { return ahead }
				l.loop.cfg.AskTime = func(context.Context) error {
					if asked++; tt.after < 0 {
						return errors.New("no network")
					}
					ahead = tt.after
					return nil
				}
				if _, err := l.Start(t.Context(), share(1, 10)); err != nil {
					t.Fatal(err)
				}
				s := l.loop.sessions.current[1]
				wall, mono := s.walk.Anchor, time.Duration(0)
				step := func() {
					wall, mono = wall.Add(loopInterval), mono+loopInterval
					l.loop.step(t.Context(), wall, mono)
					if s.delivery != nil {
						l.loop.finishDelivery(s, s.delivery, Delivered, wall)
					}
					synctest.Wait() // the question is answered
				}
				for mono < 30*minute {
					s.lastContact = wall
					step()
				}
				before := told
				wall = wall.Add(2 * time.Hour)
				if tt.mono {
					mono += 2 * time.Hour
				} else {
					ahead += 2 * time.Hour // as long as Telegram was not asked
				}
				for range 20 {
					step()
				}
				l.loop.asking.Wait()
				if s.ended() != tt.over || tt.over && told != before {
					t.Errorf("over: %v, %d stories told after it, want %v, and none after the end", s.ended(), told-before, tt.over)
				}
				if want := map[bool]int{true: 0, false: 1}[tt.mono]; asked != want {
					t.Errorf("Telegram was asked %d times, want %d", asked, want)
				}
			})
		})
	}
}

func TestMeaningOfAClockJump(t *testing.T) {
	for _, tt := range []struct {
		name                string
		jump, before, after time.Duration
		passed              bool
	}{
		{"a right clock, set forward", time.Hour, 0, time.Hour, false},
		{"a right clock, set back", -time.Hour, 0, -time.Hour, false},
		{"a wrong clock, set right", time.Hour, -time.Hour, 0, false},
		{"a machine that stood still", time.Hour, 0, 0, true},
		{"one with a wrong clock", time.Hour, -20 * time.Minute, -20 * time.Minute, true},
		{"one, with the second's precision of the answers", 2 * time.Second, 300 * time.Millisecond, 900 * time.Millisecond, true},
	} {
		if got := timePassed(tt.jump, tt.before, tt.after); got != tt.passed {
			t.Errorf("%s: passed %v, want %v", tt.name, got, tt.passed)
		}
	}
}
