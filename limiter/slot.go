package limiter

import "time"

// Slot is the right to run, from Acquire or Ticket.Wait. The zero Slot is not one. Copies are the same slot.
type Slot struct {
	gate  *Gate
	index int
	gen   uint64
}

// Release returns the slot to the gate, which records how long the job took. A second call does nothing.
func (s Slot) Release() { s.giveBack(true) }

// giveBack frees the slot if it is still held. The gate records the length only of jobs that ran.
func (s Slot) giveBack(ran bool) {
	g := s.gate
	if g == nil {
		return
	}
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	started, held := g.slots.release(s.index, s.gen)
	if !held {
		return
	}
	if ran {
		g.history.finished(now.Sub(started))
	} else {
		g.count.passed--
	}
	g.serveLocked(now)
}

// slots holds the state of each slot. A release moves the generation of the slot on, so that an old Slot has no effect.
type slots struct {
	states []slotState
	free   []int // indices of free slots, used as a stack
	peak   int   // most slots that were taken at once

	scratch []time.Duration // of method left
}

type slotState struct {
	gen     uint64
	started time.Time // zero when free
}

func newSlots(n int) slots {
	s := slots{states: make([]slotState, n), free: make([]int, n)}
	for i := range s.free {
		s.free[i] = i
	}
	return s
}

func (s *slots) idle() int    { return len(s.free) }
func (s *slots) running() int { return len(s.states) - len(s.free) }

// take occupies a free slot. There must be one.
func (s *slots) take(now time.Time) (index int, gen uint64) {
	last := len(s.free) - 1
	index, s.free = s.free[last], s.free[:last]
	s.peak = max(s.peak, s.running())
	p := &s.states[index]
	p.started = now
	return index, p.gen
}

// release frees a slot and returns when it was taken. It reports false if the generation is over.
func (s *slots) release(index int, gen uint64) (started time.Time, held bool) {
	p := &s.states[index]
	if p.gen != gen {
		return time.Time{}, false
	}
	started = p.started
	p.gen++
	p.started = time.Time{}
	s.free = append(s.free, index)
	return started, true
}
