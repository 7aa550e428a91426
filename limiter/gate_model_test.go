package limiter

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// gateWorld drives a Gate with random steps and checks its promises after each one, with a model of plain slices.
type gateWorld struct {
	t       *testing.T
	rnd     *rand.Rand
	gate    *Gate
	cfg     GateConfig
	waiting []*worldJob // in the order in which they joined their class
	running []Slot
	served  []servedJob
	steps   int
	ended   int
	entered int
}

type worldJob struct {
	job    Job
	since  int // step at which it joined its class
	ticket *Ticket
	cancel context.CancelFunc
	done   chan struct{} // closed when slot and err are set
	slot   Slot
	err    error
}

type servedJob struct {
	step  int
	class Class
	key   int64
}

func TestGateKeepsItsPromisesUnderRandomSteps(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rnd := rand.New(rand.NewPCG(seed, 7))
				cfg := GateConfig{
					Slots: 1 + rnd.IntN(4), QueueSize: 1 + rnd.IntN(12), Classes: 4,
					Background: Class(rnd.IntN(4)), InitialEstimate: time.Second,
				}
				w := &gateWorld{t: t, rnd: rnd, gate: NewGate(cfg), cfg: cfg}
				for range 300 {
					w.step()
				}
				w.drain()
			})
		})
	}
}

func (w *gateWorld) step() {
	w.steps++
	var freed bool
	switch n := w.rnd.IntN(100); {
	case n < 45:
		w.enter()
	case n < 70:
		if len(w.running) > 0 {
			i := w.rnd.IntN(len(w.running))
			w.running[i].Release()
			if w.rnd.IntN(4) == 0 {
				w.running[i].Release()
			}
			w.running = append(w.running[:i], w.running[i+1:]...)
			freed = true
		}
	case n < 80:
		if j := w.pick(); j != nil {
			j.cancel()
		}
	case n < 90:
		if j := w.pick(); j != nil {
			w.promote(j)
			freed = true
		}
	case n < 93:
		// A slot given to a caller who leaves at the same moment.
		if j := w.pick(); j != nil && len(w.running) > 0 {
			j.cancel()
			w.running[0].Release()
			w.running = w.running[1:]
			freed = true
		}
	default:
		time.Sleep(time.Duration(w.rnd.IntN(1500)) * time.Millisecond)
	}
	synctest.Wait()
	w.collect(freed)
	w.check()
}

func (w *gateWorld) pick() *worldJob {
	if len(w.waiting) == 0 {
		return nil
	}
	return w.waiting[w.rnd.IntN(len(w.waiting))]
}

func (w *gateWorld) enter() {
	job := Job{Class: Class(w.rnd.IntN(4)), Key: int64(w.rnd.IntN(4))}
	if w.rnd.IntN(3) == 0 {
		job.Deadline = time.Now().Add(time.Duration(1+w.rnd.IntN(5000)) * time.Millisecond)
	}
	ticket, err := w.gate.Enter(job)
	if err != nil {
		w.refused(job, err)
		return
	}
	w.entered++
	ctx, cancel := context.WithCancel(context.Background())
	j := &worldJob{job: job, since: w.steps, ticket: ticket, cancel: cancel, done: make(chan struct{})}
	w.waiting = append(w.waiting, j)
	go func() {
		defer close(j.done)
		j.slot, j.err = ticket.Wait(ctx)
	}()
}

func (w *gateWorld) promote(j *worldJob) {
	class := Class(w.rnd.IntN(4))
	j.ticket.Promote(class, time.Time{})
	j.job.Deadline = time.Time{}
	if class >= j.job.Class {
		return
	}
	j.job.Class, j.since = class, w.steps
	for i := range w.waiting {
		if w.waiting[i] == j {
			w.waiting = append(append(w.waiting[:i:i], w.waiting[i+1:]...), j)
			return
		}
	}
}

// drain lets the remaining jobs run and checks that none was lost and no slot leaked.
func (w *gateWorld) drain() {
	for len(w.running) > 0 || len(w.waiting) > 0 {
		if len(w.running) == 0 {
			w.t.Fatalf("%d wait and nobody runs", len(w.waiting))
		}
		w.steps++
		w.running[0].Release()
		w.running = w.running[1:]
		synctest.Wait()
		w.collect(true)
		w.check()
	}
	if w.ended != w.entered {
		w.t.Errorf("%d jobs entered, %d ended", w.entered, w.ended)
	}
	for i, q := range w.gate.queue.classes {
		if len(q.lines)+q.ring.Len()+q.order.Len() != 0 {
			w.t.Errorf("class %d keeps %d lines after the last job", i, len(q.lines))
		}
		for depth, n := range q.deep {
			if n != 0 {
				w.t.Errorf("class %d counts %d lines deeper than %d after the last job", i, n, depth)
			}
		}
	}
	for range w.cfg.Slots {
		acquire(w.t, w.gate, Job{})
	}
}

func TestGateUnderConcurrentCallersLosesNoSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(GateConfig{Slots: 3, QueueSize: 40, Background: 3, InitialEstimate: 10 * time.Millisecond})
		var running, most atomic.Int64
		var all sync.WaitGroup
		for caller := range 60 {
			all.Go(func() {
				rnd := rand.New(rand.NewPCG(uint64(caller), 1))
				for range 40 {
					// Coarse steps, so that grants, deadlines and departures happen at the same moment.
					ctx, cancel := context.WithTimeout(context.Background(), time.Duration(1+rnd.IntN(20))*10*time.Millisecond)
					job := Job{Class: Class(rnd.IntN(4)), Key: int64(caller % 7)}
					if rnd.IntN(2) == 0 {
						job.Deadline = time.Now().Add(time.Duration(1+rnd.IntN(20)) * 10 * time.Millisecond)
					}
					if slot, err := g.Acquire(ctx, job); err == nil {
						if n := running.Add(1); n > most.Load() {
							most.Store(n)
						}
						time.Sleep(time.Duration(rnd.IntN(3)) * 10 * time.Millisecond)
						running.Add(-1)
						slot.Release()
					}
					cancel()
					time.Sleep(time.Duration(rnd.IntN(5)) * 10 * time.Millisecond)
				}
			})
		}
		all.Wait()
		s := g.Stats()
		if most.Load() > 3 || s.Peak > 3 {
			t.Errorf("at once: got %d (peak %d), want at most 3", most.Load(), s.Peak)
		}
		if s.Running != 0 || g.queue.n != 0 {
			t.Errorf("left running, waiting: got %d, %d, want 0, 0", s.Running, g.queue.n)
		}
		if s.Passed == 0 || s.Late == 0 || s.Full == 0 || s.Displaced == 0 {
			t.Errorf("the run did not reach every outcome: %+v", s)
		}
	})
}
