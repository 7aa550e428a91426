package limiter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// passed is a caller that went on, and when.
type passed struct {
	name string
	at   time.Duration
}

// passers starts callers in the given order and records when they go on.
type passers struct {
	start time.Time
	all   sync.WaitGroup
	mu    sync.Mutex
	went  []passed
}

func newPassers() *passers { return &passers{start: time.Now()} }

// send starts one caller of the key and returns when it waits or went on.
func (p *passers) send(t *testing.T, pace *Pace[string], key, name string) {
	p.all.Go(func() {
		if err := pace.Wait(context.Background(), key); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.went = append(p.went, passed{name, time.Since(p.start).Round(time.Microsecond)})
	})
	synctest.Wait()
}

func (p *passers) wait() []passed {
	p.all.Wait()
	slices.SortFunc(p.went, func(a, b passed) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.name, b.name))
	})
	return p.went
}

func checkPassed(t *testing.T, got, want []passed) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("went through:\n got %v\nwant %v", got, want)
	}
}

func TestPaceHoldsAKeyToItsRateInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := NewPace[string](PaceConfig{KeyRate: 1, KeyBurst: 2})
		p := newPassers()
		for _, name := range []string{"a1", "a2", "a3", "a4"} {
			p.send(t, pace, "a", name)
		}
		p.send(t, pace, "b", "b1")
		checkPassed(t, p.wait(), []passed{
			{"a1", 0}, {"a2", 0}, {"b1", 0}, {"a3", time.Second}, {"a4", 2 * time.Second},
		})
	})
}

func TestPaceALongQueueOfOneKeyDoesNotHoldUpOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := NewPace[string](PaceConfig{Rate: 10, Burst: 1, KeyRate: 1, KeyBurst: 1})
		p := newPassers()
		for i := range 50 {
			p.send(t, pace, "long", fmt.Sprintf("long%02d", i))
		}
		p.send(t, pace, "b", "b")
		p.send(t, pace, "c", "c")
		got := p.wait()[:4]
		checkPassed(t, got, []passed{
			{"long00", 0}, {"b", 100 * time.Millisecond}, {"c", 200 * time.Millisecond}, {"long01", time.Second},
		})
	})
}

func TestPaceServesReadyKeysInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := NewPace[string](PaceConfig{Rate: 10, Burst: 1}) // no limit for a key
		p := newPassers()
		for _, name := range []string{"a1", "a2", "a3", "b1", "c1"} {
			p.send(t, pace, name[:1], name)
		}
		const tenth = 100 * time.Millisecond
		checkPassed(t, p.wait(), []passed{
			{"a1", 0}, {"a2", tenth}, {"b1", 2 * tenth}, {"c1", 3 * tenth}, {"a3", 4 * tenth},
		})
	})
}

func TestPaceRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := NewPace[string](PaceConfig{Rate: 10, KeyRate: 1, MaxWaiting: 2})
		p := newPassers()
		p.send(t, pace, "a", "a1")
		p.send(t, pace, "a", "a2")

		soon, cancel := context.WithTimeout(t.Context(), 1900*time.Millisecond)
		defer cancel()
		start := time.Now()
		if err := pace.Wait(soon, "a"); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 0 {
			t.Errorf("deadline too near: got %v after %v, want it at once", err, time.Since(start))
		}
		slow := NewPace[string](PaceConfig{Rate: 1})
		queue := newPassers()
		for _, key := range []string{"a", "b", "c"} {
			queue.send(t, slow, key, key)
		}
		if err := slow.Wait(soon, "d"); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 0 {
			t.Errorf("too many in the common queue: got %v after %v, want it at once", err, time.Since(start))
		}
		ended, end := context.WithCancel(t.Context())
		end()
		if err := pace.Wait(ended, "b"); !errors.Is(err, context.Canceled) {
			t.Errorf("ended context: got %v, want its error", err)
		}
		p.send(t, pace, "a", "a3")
		if err := pace.Wait(t.Context(), "b"); !errors.Is(err, ErrFull) {
			t.Errorf("one more than may wait: got %v, want ErrFull", err)
		}
		queue.wait()
		p.wait()
	})
}

func TestPaceDeadlineJustFarEnough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := NewPace[string](PaceConfig{KeyRate: 1})
		if err := pace.Wait(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 1001*time.Millisecond)
		defer cancel()
		if err := pace.Wait(ctx, "a"); err != nil {
			t.Errorf("got %v, want to go after a second", err)
		}
	})
}

func TestPaceCallerWhoLeavesMakesWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := NewPace[string](PaceConfig{Rate: 1, KeyRate: 1})
		p := newPassers()
		p.send(t, pace, "a", "a1")
		ctx, cancel := context.WithCancel(t.Context())
		var left sync.WaitGroup
		for _, key := range []string{"b", "a"} { // heads the common queue; heads its key
			left.Go(func() {
				if err := pace.Wait(ctx, key); !errors.Is(err, context.Canceled) {
					t.Errorf("leaver of %s: got %v, want the context's error", key, err)
				}
			})
			synctest.Wait()
		}
		p.send(t, pace, "c", "c1")
		p.send(t, pace, "a", "a2")
		cancel()
		left.Wait()
		checkPassed(t, p.wait(), []passed{{"a1", 0}, {"c1", time.Second}, {"a2", 2 * time.Second}})
	})
}

func TestPaceNextInTheCommonQueueTakesOverFromALeaver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := NewPace[string](PaceConfig{Rate: 1})
		p := newPassers()
		p.send(t, pace, "a", "a1")
		ctx, cancel := context.WithCancel(t.Context())
		var left sync.WaitGroup
		left.Go(func() {
			if err := pace.Wait(ctx, "b"); !errors.Is(err, context.Canceled) {
				t.Errorf("leaver: got %v, want the context's error", err)
			}
		})
		synctest.Wait()
		p.send(t, pace, "c", "c1")
		cancel()
		left.Wait()
		checkPassed(t, p.wait(), []passed{{"a1", 0}, {"c1", time.Second}})
	})
}

// TestPaceNewcomerDoesNotOvertake tests the moment when there is a token, but the caller that waits for it has not woken yet.
func TestPaceNewcomerDoesNotOvertake(t *testing.T) {
	for _, tt := range []struct {
		name string
		cfg  PaceConfig
		key  string // of the newcomer; a waits
	}{
		{"in a key", PaceConfig{KeyRate: 1}, "a"},
		{"in the common queue", PaceConfig{Rate: 1}, "b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pace := NewPace[string](tt.cfg)
				if err := pace.Wait(t.Context(), "a"); err != nil {
					t.Fatal(err)
				}
				first, err := pace.enter(t.Context(), "a")
				if err != nil {
					t.Fatal(err)
				}
				pace.advance(first)
				time.Sleep(time.Second)
				newcomer, err := pace.enter(t.Context(), tt.key)
				if newcomer == nil || err != nil {
					t.Fatalf("newcomer: got %v, %v, want it to wait", newcomer, err)
				}
				if _, gone := pace.advance(newcomer); gone {
					t.Error("the newcomer went first")
				}
				if _, gone := pace.advance(first); !gone {
					t.Error("the first did not go")
				}
			})
		})
	}
}
