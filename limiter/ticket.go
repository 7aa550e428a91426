package limiter

import (
	"container/list"
	"context"
	"time"
)

// Ticket is the position of a job in the queue of a Gate, or already its slot.
type Ticket struct {
	gate *Gate
	done chan struct{} // closed once slot and err are final

	// The gate's mu guards the rest.
	job  Job
	slot Slot
	err  error

	line            *line // nil when the ticket does not wait
	inLine, inOrder *list.Element
}

func newTicket(g *Gate, job Job) *Ticket {
	return &Ticket{gate: g, job: job, done: make(chan struct{})}
}

// settle sets the result of a ticket that is not in the queue.
func (t *Ticket) settle(slot Slot, err error) {
	t.slot, t.err = slot, err
	close(t.done)
}

// Wait blocks until the job may run, its deadline passes (ErrLate), it is displaced (ErrFull), the gate closes (ErrClosed) or ctx ends (the
// error of ctx). Every ticket must be waited for exactly once. If ctx has ended, a slot just given goes to the next job.
func (t *Ticket) Wait(ctx context.Context) (Slot, error) {
	select {
	case <-t.done:
		return t.leave(ctx.Err())
	default:
	}

	var late <-chan time.Time // stays nil without a deadline, because Promote never adds one
	var timer *time.Timer
	if left, has := t.untilLate(time.Now()); has {
		timer = time.NewTimer(left)
		defer timer.Stop()
		late = timer.C
	}
	for {
		select {
		case <-t.done:
			return t.leave(ctx.Err())
		case <-ctx.Done():
			return t.leave(ctx.Err())
		case now := <-late:
			if left, waits := t.expire(now); waits {
				timer.Reset(left)
			} else {
				late = nil // settled, or Promote removed the deadline
			}
		}
	}
}

// untilLate returns the time from now to the deadline, and whether there is one.
func (t *Ticket) untilLate(now time.Time) (left time.Duration, has bool) {
	t.gate.mu.Lock()
	defer t.gate.mu.Unlock()
	return t.job.Deadline.Sub(now), !t.job.Deadline.IsZero()
}

// expire refuses the ticket if it still waits and its deadline has passed. If the ticket still waits for a deadline, which Promote may have
// moved, it returns the time left.
func (t *Ticket) expire(now time.Time) (left time.Duration, waits bool) {
	g := t.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.line == nil || t.job.Deadline.IsZero() {
		return 0, false
	}
	if !t.job.late(now) {
		return t.job.Deadline.Sub(now), true
	}
	g.queue.remove(t)
	g.count.late++
	t.settle(Slot{}, ErrLate)
	return 0, false
}

// leave ends the wait with the result of the ticket, or with cause, the error of ctx, if it has none. A slot given to a caller whose ctx has
// ended goes to the next job.
func (t *Ticket) leave(cause error) (Slot, error) {
	g := t.gate
	g.mu.Lock()
	if t.line != nil { // then ctx has ended, for without a cause the ticket is settled
		g.queue.remove(t)
		t.settle(Slot{}, cause)
	}
	slot, err := t.slot, t.err
	g.mu.Unlock()

	if err != nil {
		return Slot{}, err
	}
	if cause != nil {
		slot.giveBack(false)
		return Slot{}, cause
	}
	return slot, nil
}

// Promote moves a waiting job to a better class and a later deadline (zero = none). It never makes either worse. In its new class the job is
// the newest. Promote does nothing to a job that no longer waits.
func (t *Ticket) Promote(class Class, deadline time.Time) {
	now := time.Now()
	g := t.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.line == nil {
		return
	}
	if deadline.IsZero() || !t.job.Deadline.IsZero() && deadline.After(t.job.Deadline) {
		t.job.Deadline = deadline
	}
	if class >= t.job.Class {
		return
	}
	g.queue.remove(t)
	t.job.Class = class
	g.queue.add(t)
	g.history.arrived(class, now)
	g.serveLocked(now) // it may take a slot that is reserved for its new class
}
