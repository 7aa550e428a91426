package limiter

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Errors of a Gate, returned without wrapping.
var (
	ErrFull   = errors.New("gate: queue is full")
	ErrLate   = errors.New("gate: cannot start before the deadline")
	ErrClosed = errors.New("gate: closed")
)

// Class is the priority of a job: a lower class goes first. A class beyond GateConfig.Classes counts as the last one.
type Class uint8

// GateConfig sets the bounds of a Gate. A number of 0 or less stands for its default.
type GateConfig struct {
	Slots           int           // jobs that may run at once, default 3
	QueueSize       int           // jobs of all classes that may wait, default 100
	Classes         int           // number of classes, default 4, at most 256
	Background      Class         // the first class that never takes the last free slot of several; 0 = no such class
	InitialEstimate time.Duration // assumed length of a job before any ran, default 6 s
}

// withDefaults returns cfg with defaults in place of missing numbers.
func (cfg GateConfig) withDefaults() GateConfig {
	if cfg.Slots <= 0 {
		cfg.Slots = 3
	}
	if cfg.QueueSize <= 0 {
		cfg.QueueSize = 100
	}
	if cfg.Classes <= 0 {
		cfg.Classes = 4
	}
	cfg.Classes = min(cfg.Classes, 256)
	if cfg.InitialEstimate <= 0 {
		cfg.InitialEstimate = 6 * time.Second
	}
	return cfg
}

// Job asks for a slot.
type Job struct {
	Class    Class
	Key      int64     // jobs of one class take turns by key, for example by person
	Deadline time.Time // zero = none; a job that cannot start before it is refused with ErrLate
}

// late reports whether a start at t is too late for the job.
func (j Job) late(t time.Time) bool {
	return !j.Deadline.IsZero() && !t.Before(j.Deadline)
}

// Gate runs a bounded number of jobs at once. The others wait in a bounded queue: by class, and by turns of the keys within a class.
// It starts no goroutine: callers wait in their own.
type Gate struct {
	cfg GateConfig

	mu      sync.Mutex
	slots   slots
	queue   waitlist
	history history
	closed  bool
	count   struct{ passed, full, late, displaced uint64 }
}

// NewGate returns an open gate.
func NewGate(cfg GateConfig) *Gate {
	cfg = cfg.withDefaults()
	return &Gate{
		cfg:     cfg,
		slots:   newSlots(cfg.Slots),
		queue:   newWaitlist(cfg.QueueSize, cfg.Classes),
		history: newHistory(cfg.InitialEstimate, cfg.Classes),
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

// Enter gives the job a slot or a position in the queue, without blocking. It refuses the job with ErrFull, ErrLate or ErrClosed.
// If the queue is full, a job of a better class displaces the newest job of the worst class, whose Wait returns ErrFull.
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

// admit returns a slot, or a ticket that waits in the queue, or an error.
func (g *Gate) admit(job Job) (Slot, *Ticket, error) {
	job.Class = g.class(job.Class)
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()

	if g.closed {
		return Slot{}, nil, ErrClosed
	}
	if !job.Deadline.IsZero() {
		wait := g.estimateLocked(job.Class, g.queue.depth(job.Class, job.Key), now)
		if job.late(now.Add(wait)) {
			g.count.late++
			return Slot{}, nil, ErrLate
		}
	}
	if g.startsLocked(job.Class) {
		g.history.arrived(job.Class, now)
		return g.takeLocked(now), nil, nil
	}
	if g.queue.full() && !g.displaceLocked(job.Class) {
		g.count.full++
		return Slot{}, nil, ErrFull
	}
	g.history.arrived(job.Class, now)
	t := newTicket(g, job)
	g.queue.add(t)
	return Slot{}, t, nil
}

// class returns c, or the last class if c is beyond it.
func (g *Gate) class(c Class) Class {
	return min(c, Class(g.cfg.Classes-1))
}

// reservedLocked returns the number of slots that jobs of the class leave free for better classes. A gate with a single slot reserves none,
// or background jobs would never run.
func (g *Gate) reservedLocked(c Class) int {
	if g.cfg.Background > 0 && c >= g.cfg.Background && g.cfg.Slots > 1 {
		return 1
	}
	return 0
}

// startsLocked reports whether a job of the class may take a slot now. No better job waits then: each change offers free slots to the queue,
// best class first, and better classes never leave more slots free.
func (g *Gate) startsLocked(c Class) bool {
	return g.slots.idle() > g.reservedLocked(c)
}

func (g *Gate) takeLocked(now time.Time) Slot {
	g.count.passed++
	i, gen := g.slots.take(now)
	return Slot{gate: g, index: i, gen: gen}
}

// serveLocked gives free slots to waiting jobs and refuses those whose deadline has passed.
func (g *Gate) serveLocked(now time.Time) {
	for g.slots.idle() > 0 {
		t := g.queue.next()
		if t == nil || !g.startsLocked(t.job.Class) {
			return
		}
		if t.job.late(now) {
			g.queue.remove(t)
			g.count.late++
			t.settle(Slot{}, ErrLate)
			continue
		}
		g.queue.serve(t)
		t.settle(g.takeLocked(now), nil)
	}
}

// displaceLocked refuses the newest job of the worst class if c is better, and reports whether it did.
func (g *Gate) displaceLocked(c Class) bool {
	t := g.queue.worst()
	if t == nil || t.job.Class <= c {
		return false
	}
	g.queue.remove(t)
	g.count.displaced++
	t.settle(Slot{}, ErrFull)
	return true
}

// Close refuses all jobs that wait and all later ones. Running jobs keep their slots.
func (g *Gate) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	for t := g.queue.worst(); t != nil; t = g.queue.worst() {
		g.queue.remove(t)
		t.settle(Slot{}, ErrClosed)
	}
}

// GateStats describes a Gate at one moment. The counters only grow.
type GateStats struct {
	Running, Slots int
	Waiting        []int         // by class
	Passed         uint64        // jobs that got a slot
	Full           uint64        // refused because the queue was full
	Late           uint64        // refused because of the deadline
	Displaced      uint64        // refused in favour of a better class
	Mean           time.Duration // average length of the last jobs
	Peak           int           // most jobs that ran at once
}

// Stats returns the current numbers.
func (g *Gate) Stats() GateStats {
	g.mu.Lock()
	defer g.mu.Unlock()
	return GateStats{
		Running:   g.slots.running(),
		Slots:     g.cfg.Slots,
		Waiting:   g.queue.waiting(),
		Passed:    g.count.passed,
		Full:      g.count.full,
		Late:      g.count.late,
		Displaced: g.count.displaced,
		Mean:      g.history.mean,
		Peak:      g.slots.peak,
	}
}
