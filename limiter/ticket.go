package limiter

import (
	"container/list"
	"context"
	"time"
)

// Ticket is a place in the room (or already a slot).
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

// settle decides the ticket, which is out of the room.
func (t *Ticket) settle(slot Slot, err error) {
	t.slot, t.err = slot, err
	close(t.done)
}

// Wait blocks until the job may run, its deadline passes (ErrLate), it is displaced (ErrFull), the gate closes (ErrClosed)
// or ctx ends (its error). Every ticket must be waited for exactly once. A caller whose ctx has ended gets no slot,
// even if one was just given: it goes to the next.
func (t *Ticket) Wait(ctx context.Context) (Slot, error) {
	select {
	case <-t.done:
		return t.leave(ctx.Err())
	default:
	}

	var late <-chan time.Time // stays nil without a deadline: Promote only moves one away
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
				late = nil // decided, or without a deadline since Promote
			}
		}
	}
}

// untilLate returns the time from now to the deadline, or false if there is none.
func (t *Ticket) untilLate(now time.Time) (left time.Duration, has bool) {
	t.gate.mu.Lock()
	defer t.gate.mu.Unlock()
	return t.job.Deadline.Sub(now), !t.job.Deadline.IsZero()
}

// expire refuses the ticket if it still waits and its deadline has passed. It returns the time that is
// left if it goes on waiting for one, since Promote may have moved it.
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
	g.room.remove(t)
	g.count.late++
	t.settle(Slot{}, ErrLate)
	return 0, false
}

// leave ends the wait: with what was decided, or with cause, the end of ctx, if nothing was. A slot given
// to a caller whose ctx has ended is passed on.
func (t *Ticket) leave(cause error) (Slot, error) {
	g := t.gate
	g.mu.Lock()
	if t.line != nil { // then ctx has ended: only a decided ticket is left without a cause
		g.room.remove(t)
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

// Promote moves a waiting job to a better class and a later deadline (zero = none); it never makes either worse.
// In the better class the job is the newest. A job that no longer waits stays as it is.
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
	g.room.remove(t)
	t.job.Class = class
	g.room.add(t)
	g.recent.arrived(class, now)
	g.serveLocked(now) // it may now take a slot that its old class had to leave free
}
