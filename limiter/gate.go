package limiter

import (
	"context"
	"errors"
	"time"
)

// Errors of a Gate. They are returned as they are.
var (
	ErrFull   = errors.New("gate: room is full")
	ErrLate   = errors.New("gate: cannot start before the deadline")
	ErrClosed = errors.New("gate: closed")
)

// Class orders jobs: a lower class goes first.
type Class uint8

// GateConfig sets a Gate's bounds.
type GateConfig struct {
	Slots    int           // jobs that may run at once, default 3
	Room     int           // jobs that may wait, all classes together, default 100
	Classes  int           // number of classes, default 4
	Unurgent Class         // from this class on a job never takes the last free slot; 0 = no such class
	Guess    time.Duration // length of a job before any was seen, default 6 s
}

// Job is what asks to pass.
type Job struct {
	Class    Class
	Key      int64     // jobs of one class go round-robin over keys; a person
	Deadline time.Time // zero = none; a job that cannot start before it is refused with ErrLate
}

// Gate admits a bounded number of jobs at once and lets the others wait in a bounded room, by class,
// round-robin over keys inside a class. It starts no goroutine: callers wait in their own.
type Gate struct{ _ int }

// NewGate returns an open gate.
func NewGate(cfg GateConfig) *Gate { panic("contract") }

// Slot is the right to run, from Acquire or Ticket.Wait. The zero Slot is not one.
type Slot struct{ _ int }

// Release gives the slot back and teaches the gate how long the job took. Calling it twice is harmless.
func (s Slot) Release() { panic("contract") }

// Acquire is Enter and Wait in one, without an allocation when a slot is free.
func (g *Gate) Acquire(ctx context.Context, job Job) (Slot, error) { panic("contract") }

// Enter admits a job to a slot or to the room at once, or refuses it with ErrFull, ErrLate or ErrClosed.
// A full room makes way for a job of a better class by refusing the newest of the worst class (its Wait returns ErrFull).
func (g *Gate) Enter(job Job) (*Ticket, error) { panic("contract") }

// Ticket is a place in the room (or already a slot).
type Ticket struct{ _ int }

// Wait blocks until the job may run, its deadline passes (ErrLate), it is displaced (ErrFull), the gate closes (ErrClosed)
// or ctx ends (its error). Every ticket must be waited for exactly once.
func (t *Ticket) Wait(ctx context.Context) (Slot, error) { panic("contract") }

// Promote moves a waiting job to a better class and a later deadline (zero = none); it never makes either worse.
func (t *Ticket) Promote(class Class, deadline time.Time) { panic("contract") }

// Estimate says how long a job of the class that came now would wait for its slot: 0 when one is free.
func (g *Gate) Estimate(class Class) time.Duration { panic("contract") }

// GateStats is a Gate at one moment.
type GateStats struct {
	Running, Slots        int
	Waiting               []int // by class
	Passed                uint64
	Full, Late, Displaced uint64
	Mean                  time.Duration // recent length of a job
	Peak                  int           // most jobs that ran at once
}

// Stats returns the numbers.
func (g *Gate) Stats() GateStats { panic("contract") }

// Close refuses all who wait and all who come; jobs that run keep their slots.
func (g *Gate) Close() { panic("contract") }
