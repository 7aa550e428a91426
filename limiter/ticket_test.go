package limiter

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestTicketWaitEndsAtTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(GateConfig{Slots: 1, InitialEstimate: time.Second})
		acquire(t, g, Job{})
		start := time.Now()
		_, err := g.Acquire(t.Context(), Job{Deadline: start.Add(5 * time.Second)})
		if !errors.Is(err, ErrLate) {
			t.Errorf("got %v, want ErrLate", err)
		}
		if got := time.Since(start); got != 5*time.Second {
			t.Errorf("waited %v, want 5s", got)
		}
		if got := g.Stats(); got.Waiting[0] != 0 || got.Late != 1 {
			t.Errorf("waiting, late: got %d, %d, want 0, 1", got.Waiting[0], got.Late)
		}
	})
}

func TestPromote(t *testing.T) {
	const first, second = 5 * time.Second, 9 * time.Second
	for _, tt := range []struct {
		name  string
		class Class         // promoted to; the job is of class 2 with its deadline after first
		at    time.Duration // promoted deadline, 0 = none
		want  time.Duration // when ErrLate comes; 0 = not within a minute
		into  Class
	}{
		{"better class, same deadline", 0, first, first, 0},
		{"worse class, later deadline", 3, second, second, 2},
		{"better class, earlier deadline", 1, time.Second, first, 1},
		{"same class, no deadline", 2, 0, 0, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := NewGate(GateConfig{Slots: 1, InitialEstimate: time.Second})
				held := acquire(t, g, Job{})
				start := time.Now()
				ticket := enter(t, g, Job{Class: 2, Deadline: start.Add(first)})
				var err error
				ended := make(chan time.Duration, 1)
				go func() {
					_, err = ticket.Wait(context.Background())
					ended <- time.Since(start)
				}()
				synctest.Wait()
				var deadline time.Time
				if tt.at > 0 {
					deadline = start.Add(tt.at)
				}
				ticket.Promote(tt.class, deadline)
				if got := g.Stats().Waiting[tt.into]; got != 1 {
					t.Errorf("waiting in class %d: got %d, want 1", tt.into, got)
				}
				if tt.want == 0 {
					time.Sleep(time.Minute)
					held.Release()
					if <-ended; err != nil {
						t.Errorf("Wait: got %v, want a slot", err)
					}
					return
				}
				if got := <-ended; got != tt.want || !errors.Is(err, ErrLate) {
					t.Errorf("Wait ended after %v with %v, want %v and ErrLate", got, err, tt.want)
				}
			})
		})
	}
}

func TestPromoteTakesASlotThatWasLeftFree(t *testing.T) {
	g := NewGate(GateConfig{Slots: 2, Background: 2})
	acquire(t, g, Job{Class: 2})
	ticket := enter(t, g, Job{Class: 2})
	ticket.Promote(0, time.Time{})
	if !decided(ticket) {
		t.Fatal("a job promoted to an urgent class waits beside a free slot")
	}
	ticket.Promote(1, time.Time{}) // harmless now
	if _, err := ticket.Wait(t.Context()); err != nil {
		t.Errorf("Wait: %v", err)
	}
}

func TestGateCallerWhoLeaves(t *testing.T) {
	t.Run("frees the place", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := NewGate(GateConfig{Slots: 1, QueueSize: 1})
			acquire(t, g, Job{})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if _, err := g.Acquire(ctx, Job{}); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v, want the context's error", err)
			}
			enter(t, g, Job{})
		})
	})
	t.Run("passes on a slot just given", func(t *testing.T) {
		g := NewGate(GateConfig{Slots: 1})
		held := acquire(t, g, Job{})
		leaver, next := enter(t, g, Job{Key: 1}), enter(t, g, Job{Key: 2})
		ctx, cancel := context.WithCancel(t.Context())
		held.Release()
		cancel()
		if _, err := leaver.Wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("leaver: got %v, want the context's error", err)
		}
		if _, err := next.Wait(t.Context()); err != nil {
			t.Errorf("next: got %v, want the slot", err)
		}
		if got := g.Stats(); got.Passed != 2 || got.Running != 1 {
			t.Errorf("passed, running: got %d, %d, want 2, 1", got.Passed, got.Running)
		}
	})
	t.Run("does not come in", func(t *testing.T) {
		g := NewGate(GateConfig{})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := g.Acquire(ctx, Job{}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the context's error", err)
		}
	})
}
