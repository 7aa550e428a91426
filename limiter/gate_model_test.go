package limiter

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// gateWorld drives a Gate with random steps and checks after each one what was promised. It keeps what it
// needs for that in plain slices.
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

// refused checks a refusal at the door.
func (w *gateWorld) refused(job Job, err error) {
	worse := 0
	for _, j := range w.waiting {
		if j.job.Class > job.Class {
			worse++
		}
	}
	switch {
	case errors.Is(err, ErrLate) && !job.Deadline.IsZero():
	case errors.Is(err, ErrFull) && len(w.waiting) == w.cfg.QueueSize && worse == 0:
	default:
		w.t.Errorf("step %d: %+v refused with %v while %d of %d wait, %d of them worse",
			w.steps, job, err, len(w.waiting), w.cfg.QueueSize, worse)
	}
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

// collect takes note of the jobs whose Wait has returned and checks that the right one was served.
func (w *gateWorld) collect(freed bool) {
	var left, served []*worldJob
	displaced := 0
	for _, j := range w.waiting {
		select {
		case <-j.done:
		default:
			left = append(left, j)
			continue
		}
		w.ended++
		j.cancel()
		switch {
		case j.err == nil:
			served = append(served, j)
			w.running = append(w.running, j.slot)
		case errors.Is(j.err, ErrFull):
			displaced++
		case errors.Is(j.err, ErrLate) && time.Now().Before(j.job.Deadline):
			w.t.Errorf("step %d: late before the deadline", w.steps)
		}
	}
	w.waiting = left
	if displaced > 1 || displaced == 1 && len(left) != w.cfg.QueueSize {
		w.t.Errorf("step %d: %d displaced, %d left waiting of %d", w.steps, displaced, len(left), w.cfg.QueueSize)
	}
	if len(served) > 1 {
		w.t.Errorf("step %d: %d served at once", w.steps, len(served))
	}
	for _, j := range served {
		if !freed && j.since != w.steps {
			w.t.Errorf("step %d: served although nothing was freed", w.steps)
		}
		w.checkTurn(j)
		w.served = append(w.served, servedJob{w.steps, j.job.Class, j.job.Key})
	}
}

// checkTurn checks a job that was served against those that still wait.
func (w *gateWorld) checkTurn(j *worldJob) {
	for _, o := range w.waiting {
		switch {
		case o.job.Class < j.job.Class:
			w.t.Errorf("step %d: class %d served while class %d waits", w.steps, j.job.Class, o.job.Class)
		case o.job.Class > j.job.Class:
		case o.job.Key == j.job.Key && o.since < j.since:
			w.t.Errorf("step %d: key %d served out of order", w.steps, j.job.Key)
		case o.job.Key != j.job.Key && w.servedSince(j.job, max(o.since, j.since)) > 0 && w.servedSince(o.job, o.since) == 0:
			w.t.Errorf("step %d: key %d served twice while key %d waits", w.steps, j.job.Key, o.job.Key)
		}
	}
}

// servedSince counts how often the job's key was served in its class after the step.
func (w *gateWorld) servedSince(job Job, step int) int {
	n := 0
	for _, s := range w.served {
		if s.step > step && s.class == job.Class && s.key == job.Key {
			n++
		}
	}
	return n
}

// check compares the gate with the world and looks for slots left idle or taken too many.
func (w *gateWorld) check() {
	s := w.gate.Stats()
	waiting, urgent := 0, 0
	for c, n := range s.Waiting {
		waiting += n
		if w.gate.reservedLocked(Class(c)) == 0 {
			urgent += n
		}
	}
	free := w.cfg.Slots - s.Running
	if s.Running != len(w.running) || s.Peak > w.cfg.Slots || free < 0 {
		w.t.Fatalf("step %d: %d running of %d (peak %d), want %d", w.steps, s.Running, w.cfg.Slots, s.Peak, len(w.running))
	}
	if waiting != len(w.waiting) || waiting > w.cfg.QueueSize {
		w.t.Fatalf("step %d: %d waiting of %d, want %d", w.steps, waiting, w.cfg.QueueSize, len(w.waiting))
	}
	if free > 0 && urgent > 0 || free > 1 && waiting > 0 {
		w.t.Errorf("step %d: %d slots free while %d wait (%d urgent)", w.steps, free, waiting, urgent)
	}
}

// drain lets all who are left through and checks that nothing was lost and no slot leaked.
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
					// Round numbers, so that grants, deadlines and departures meet at one moment.
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
