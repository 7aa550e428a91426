package limiter

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// enter enters a job that the gate must take.
func enter(t *testing.T, g *Gate, job Job) *Ticket {
	t.Helper()
	ticket, err := g.Enter(job)
	if err != nil {
		t.Fatalf("Enter(%+v): %v", job, err)
	}
	return ticket
}

// acquire acquires a slot that must be free.
func acquire(t *testing.T, g *Gate, job Job) Slot {
	t.Helper()
	slot, err := g.Acquire(t.Context(), job)
	if err != nil {
		t.Fatalf("Acquire(%+v): %v", job, err)
	}
	return slot
}

// decided reports whether Wait of the ticket would return at once.
func decided(ticket *Ticket) bool {
	select {
	case <-ticket.done:
		return true
	default:
		return false
	}
}

// order waits for each ticket in a goroutine, runs every job for a second and returns their names in the order in which they started.
func order(t *testing.T, tickets map[string]*Ticket, release func()) []string {
	t.Helper()
	started := make(chan string, len(tickets))
	var jobs sync.WaitGroup
	defer jobs.Wait()
	for name, ticket := range tickets {
		jobs.Go(func() {
			slot, err := ticket.Wait(context.Background())
			if err != nil {
				t.Errorf("wait of %s: %v", name, err)
			}
			started <- name
			time.Sleep(time.Second)
			slot.Release()
		})
	}
	synctest.Wait()
	release()
	var got []string
	for range tickets {
		got = append(got, <-started)
	}
	return got
}

func TestGateServesClassesThenKeysInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(GateConfig{Slots: 1})
		held := acquire(t, g, Job{})
		tickets := map[string]*Ticket{}
		for _, j := range []struct {
			name string
			job  Job
		}{
			{"low", Job{Class: 2, Key: 1}},
			{"a1", Job{Class: 1, Key: 10}},
			{"a2", Job{Class: 1, Key: 10}},
			{"a3", Job{Class: 1, Key: 10}},
			{"b1", Job{Class: 1, Key: 20}},
			{"b2", Job{Class: 1, Key: 20}},
			{"c1", Job{Class: 1, Key: 30}},
			{"high", Job{Class: 0, Key: 10}},
		} {
			tickets[j.name] = enter(t, g, j.job)
		}
		got := order(t, tickets, held.Release)
		want := []string{"high", "a1", "b1", "c1", "a2", "b2", "a3", "low"}
		if !slices.Equal(got, want) {
			t.Errorf("order: got %v, want %v", got, want)
		}
	})
}

func TestGateRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(GateConfig{Slots: 1, QueueSize: 2, InitialEstimate: 10 * time.Second})
		now := time.Now()
		if _, err := g.Enter(Job{Deadline: now}); !errors.Is(err, ErrLate) {
			t.Errorf("deadline now, slot free: got %v, want ErrLate", err)
		}
		acquire(t, g, Job{})
		for _, tt := range []struct {
			name string
			job  Job
			want error
		}{
			{"deadline before the estimate", Job{Deadline: now.Add(10 * time.Second)}, ErrLate},
			{"deadline after the estimate", Job{Deadline: now.Add(11 * time.Second)}, nil},
			{"deadline after the first, before the second", Job{Key: 2, Deadline: now.Add(15 * time.Second)}, ErrLate},
			{"no deadline", Job{}, nil},
			{"queue full", Job{}, ErrFull},
			{"queue full of better", Job{Class: 1}, ErrFull},
		} {
			if _, err := g.Enter(tt.job); !errors.Is(err, tt.want) {
				t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
			}
		}
		g.Close()
		if _, err := g.Acquire(t.Context(), Job{}); !errors.Is(err, ErrClosed) {
			t.Errorf("closed: got %v, want ErrClosed", err)
		}
		s := g.Stats()
		if s.Full != 2 || s.Late != 3 || s.Displaced != 0 {
			t.Errorf("full, late, displaced: got %d, %d, %d, want 2, 3, 0", s.Full, s.Late, s.Displaced)
		}
	})
}

func TestGateDisplacesTheNewestOfTheWorstClass(t *testing.T) {
	g := NewGate(GateConfig{Slots: 1, QueueSize: 4})
	acquire(t, g, Job{})
	old := enter(t, g, Job{Class: 3, Key: 1})
	enter(t, g, Job{Class: 2})
	newest := enter(t, g, Job{Class: 3, Key: 2})
	enter(t, g, Job{Class: 2})

	enter(t, g, Job{Class: 1})
	if _, err := newest.Wait(t.Context()); !errors.Is(err, ErrFull) {
		t.Errorf("newest of the worst class: got %v, want ErrFull", err)
	}
	if decided(old) {
		t.Error("the older job of the worst class was displaced too")
	}
	if got, want := g.Stats().Waiting, []int{0, 1, 2, 1}; !slices.Equal(got, want) {
		t.Errorf("waiting: got %v, want %v", got, want)
	}
	if _, err := g.Enter(Job{Class: 3}); !errors.Is(err, ErrFull) {
		t.Errorf("one more of the worst class: got %v, want ErrFull", err)
	}
	if got := g.Stats().Displaced; got != 1 {
		t.Errorf("displaced: got %d, want 1", got)
	}
}

func TestGateKeepsTheLastSlotForUrgentJobs(t *testing.T) {
	g := NewGate(GateConfig{Slots: 3, Background: 2})
	first := acquire(t, g, Job{Class: 2})
	acquire(t, g, Job{Class: 3})
	third := enter(t, g, Job{Class: 2})
	if decided(third) {
		t.Fatal("a background job took the last free slot")
	}
	urgent := acquire(t, g, Job{Class: 1}) // not behind the background job that waits
	urgent.Release()
	if decided(third) {
		t.Error("a background job took the last free slot at a release")
	}
	first.Release()
	if !decided(third) {
		t.Error("a background job waits although two slots were free")
	}
}

func TestGateWithOneSlotServesBackgroundJobs(t *testing.T) {
	g := NewGate(GateConfig{Slots: 1, Background: 2})
	acquire(t, g, Job{Class: 2}).Release()
	if got := g.Stats().Passed; got != 1 {
		t.Errorf("passed: got %d, want 1", got)
	}
}

func TestGateSkipsWhoIsTooLateAtTheGrant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(GateConfig{Slots: 1, InitialEstimate: time.Second})
		held := acquire(t, g, Job{})
		late := enter(t, g, Job{Key: 1, Deadline: time.Now().Add(5 * time.Second)})
		next := enter(t, g, Job{Key: 2})
		time.Sleep(5 * time.Second)
		held.Release()
		if _, err := late.Wait(t.Context()); !errors.Is(err, ErrLate) {
			t.Errorf("expired job: got %v, want ErrLate", err)
		}
		if _, err := next.Wait(t.Context()); err != nil {
			t.Errorf("next job: got %v, want a slot", err)
		}
	})
}

func TestReleaseTwiceIsHarmless(t *testing.T) {
	g := NewGate(GateConfig{Slots: 1})
	Slot{}.Release()
	old := acquire(t, g, Job{})
	old.Release()
	held := acquire(t, g, Job{}) // the same slot, taken again
	old.Release()
	if got := g.Stats().Running; got != 1 {
		t.Errorf("running after a second release: got %d, want 1", got)
	}
	held.Release()
	held.Release()
	if got := g.Stats(); got.Running != 0 || got.Peak != 1 {
		t.Errorf("running, peak: got %d, %d, want 0, 1", got.Running, got.Peak)
	}
}

func TestCloseRefusesWhoWaitAndKeepsRunningJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(GateConfig{Slots: 1})
		held := acquire(t, g, Job{})
		refused := make(chan error, 3)
		for i := range 3 {
			go func() {
				_, err := g.Acquire(context.Background(), Job{Class: Class(i)})
				refused <- err
			}()
		}
		synctest.Wait()
		g.Close()
		g.Close()
		for range 3 {
			if err := <-refused; !errors.Is(err, ErrClosed) {
				t.Errorf("waiter: got %v, want ErrClosed", err)
			}
		}
		if got := g.Stats().Running; got != 1 {
			t.Errorf("running: got %d, want 1", got)
		}
		held.Release()
		if got := g.Stats().Running; got != 0 {
			t.Errorf("running after the release: got %d, want 0", got)
		}
	})
}

func TestClassBeyondTheLastCountsAsTheLast(t *testing.T) {
	g := NewGate(GateConfig{Slots: 1, Classes: 2})
	acquire(t, g, Job{Class: 9})
	enter(t, g, Job{Class: 9})
	if got, want := g.Stats().Waiting, []int{0, 1}; !slices.Equal(got, want) {
		t.Errorf("waiting: got %v, want %v", got, want)
	}
	g.Estimate(9)
}
