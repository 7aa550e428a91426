package limiter

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Errors of a Gate. They are returned as they are.
var (
	ErrFull   = errors.New("gate: room is full")
	ErrLate   = errors.New("gate: cannot start before the deadline")
	ErrClosed = errors.New("gate: closed")
)

// Class orders jobs: a lower class goes first. One beyond the number of classes counts as the last.
type Class uint8

// GateConfig sets a Gate's bounds. A number of 0 or less stands for its default.
type GateConfig struct {
	Slots    int           // jobs that may run at once, default 3
	Room     int           // jobs that may wait, all classes together, default 100
	Classes  int           // number of classes, default 4, at most 256
	Unurgent Class         // from this class on a job never takes the last free slot of several; 0 = no such class
	Guess    time.Duration // length of a job before any was seen, default 6 s
}

// withDefaults returns cfg with every number usable.
func (cfg GateConfig) withDefaults() GateConfig {
	if cfg.Slots <= 0 {
		cfg.Slots = 3
	}
	if cfg.Room <= 0 {
		cfg.Room = 100
	}
	if cfg.Classes <= 0 {
		cfg.Classes = 4
	}
	cfg.Classes = min(cfg.Classes, 256)
	if cfg.Guess <= 0 {
		cfg.Guess = 6 * time.Second
	}
	return cfg
}

// Job is what asks to pass.
type Job struct {
	Class    Class
	Key      int64     // jobs of one class go round-robin over keys; a person
	Deadline time.Time // zero = none; a job that cannot start before it is refused with ErrLate
}

// late says whether a job that starts at t starts too late.
func (j Job) late(t time.Time) bool {
	return !j.Deadline.IsZero() && !t.Before(j.Deadline)
}

// Gate admits a bounded number of jobs at once and lets the others wait in a bounded room, by class,
// round-robin over keys inside a class. It starts no goroutine: callers wait in their own.
type Gate struct {
	cfg GateConfig

	mu     sync.Mutex
	slots  slots
	room   room
	recent recent
	closed bool
	count  struct{ passed, full, late, displaced uint64 }
}

// NewGate returns an open gate.
func NewGate(cfg GateConfig) *Gate {
	cfg = cfg.withDefaults()
	return &Gate{
		cfg:    cfg,
		slots:  newSlots(cfg.Slots),
		room:   newRoom(cfg.Room, cfg.Classes),
		recent: newRecent(cfg.Guess, cfg.Classes),
	}
}

// Acquire is Enter and Wait in one, without an allocation when a slot is free.
func (g *Gate) Acquire(ctx context.Context, job Job) (Slot, error) {
	if err := ctx.Err(); err != nil {
		return Slot{}, err
	}
	slot, ticket, err := g.admit(job)
	if ticket == nil {
		return slot, err
	}
	return ticket.Wait(ctx)
}

// Enter admits a job to a slot or to the room at once, or refuses it with ErrFull, ErrLate or ErrClosed.
// A full room makes way for a job of a better class by refusing the newest of the worst class (its Wait returns ErrFull).
func (g *Gate) Enter(job Job) (*Ticket, error) {
	slot, ticket, err := g.admit(job)
	if err != nil {
		return nil, err
	}
	if ticket == nil {
		ticket = newTicket(g, job)
		ticket.settle(slot, nil)
	}
	return ticket, nil
}

// admit gives the job a slot, or a ticket that waits in the room, or refuses it.
func (g *Gate) admit(job Job) (Slot, *Ticket, error) {
	job.Class = g.class(job.Class)
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()

	if g.closed {
		return Slot{}, nil, ErrClosed
	}
	if !job.Deadline.IsZero() {
		wait := g.estimateLocked(job.Class, g.room.depth(job.Class, job.Key), now)
		if job.late(now.Add(wait)) {
			g.count.late++
			return Slot{}, nil, ErrLate
		}
	}
	if g.startsLocked(job.Class) {
		g.recent.arrived(job.Class, now)
		return g.takeLocked(now), nil, nil
	}
	if g.room.full() && !g.displaceLocked(job.Class) {
		g.count.full++
		return Slot{}, nil, ErrFull
	}
	g.recent.arrived(job.Class, now)
	t := newTicket(g, job)
	g.room.add(t)
	return Slot{}, t, nil
}

// class returns c or, if that is beyond them, the last class.
func (g *Gate) class(c Class) Class {
	return min(c, Class(g.cfg.Classes-1))
}

// spareLocked is the number of slots that jobs of the class leave free for others. With a single slot the
// rule would keep an unurgent job out for ever, so there it does not hold.
func (g *Gate) spareLocked(c Class) int {
	if g.cfg.Unurgent > 0 && c >= g.cfg.Unurgent && g.cfg.Slots > 1 {
		return 1
	}
	return 0
}

// startsLocked says whether a job of the class may take a slot now. Nobody better waits when it may: a free
// slot is offered to the room, best class first, at each change, and better classes never leave more of them free.
func (g *Gate) startsLocked(c Class) bool {
	return g.slots.idle() > g.spareLocked(c)
}

func (g *Gate) takeLocked(now time.Time) Slot {
	g.count.passed++
	i, gen := g.slots.take(now)
	return Slot{gate: g, index: i, gen: gen}
}

// serveLocked hands the free slots to those who wait and refuses those whose time has passed.
func (g *Gate) serveLocked(now time.Time) {
	for g.slots.idle() > 0 {
		t := g.room.next()
		if t == nil || !g.startsLocked(t.job.Class) {
			return
		}
		if t.job.late(now) {
			g.room.remove(t)
			g.count.late++
			t.settle(Slot{}, ErrLate)
			continue
		}
		g.room.serve(t)
		t.settle(g.takeLocked(now), nil)
	}
}

// displaceLocked refuses the newest job of the worst class for one of the class c, if that is better.
func (g *Gate) displaceLocked(c Class) bool {
	t := g.room.worst()
	if t == nil || t.job.Class <= c {
		return false
	}
	g.room.remove(t)
	g.count.displaced++
	t.settle(Slot{}, ErrFull)
	return true
}

// Close refuses all who wait and all who come; jobs that run keep their slots.
func (g *Gate) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	for t := g.room.worst(); t != nil; t = g.room.worst() {
		g.room.remove(t)
		t.settle(Slot{}, ErrClosed)
	}
}

// GateStats is a Gate at one moment. The counters only grow.
type GateStats struct {
	Running, Slots int
	Waiting        []int         // by class
	Passed         uint64        // jobs that got a slot
	Full           uint64        // refused at the door of a full room
	Late           uint64        // refused at the door or later, because of the deadline
	Displaced      uint64        // put out of the room by a better class
	Mean           time.Duration // recent length of a job
	Peak           int           // most jobs that ran at once
}

// Stats returns the numbers.
func (g *Gate) Stats() GateStats {
	g.mu.Lock()
	defer g.mu.Unlock()
	return GateStats{
		Running:   g.slots.running(),
		Slots:     g.cfg.Slots,
		Waiting:   g.room.waiting(),
		Passed:    g.count.passed,
		Full:      g.count.full,
		Late:      g.count.late,
		Displaced: g.count.displaced,
		Mean:      g.recent.mean,
		Peak:      g.slots.peak,
	}
}
