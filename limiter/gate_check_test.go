package limiter

import (
	"errors"
	"time"
)

// refused checks a refusal by Enter.
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

// collect records the jobs whose Wait has returned and checks that the right one was served.
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

// check compares the gate with the model, and the slots in use with the jobs that wait.
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
