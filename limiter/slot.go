package limiter

import "time"

// Slot is the right to run, from Acquire or Ticket.Wait. The zero Slot is not one. Copies are the same slot.
type Slot struct {
	gate  *Gate
	index int
	gen   uint64
}

// Release gives the slot back and teaches the gate how long the job took. Calling it twice is harmless.
func (s Slot) Release() { s.giveBack(true) }

// giveBack frees the slot if it is still held. Only a job that ran teaches the gate its length.
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
		g.recent.finished(now.Sub(started))
	} else {
		g.count.passed--
	}
	g.serveLocked(now)
}

// slots are the places to run. A place's generation moves on at each release, so an old Slot opens nothing.
type slots struct {
	places []place
	free   []int // indices of free places, used as a stack
	peak   int   // most that were taken at once

	scratch []time.Duration // of left
}

type place struct {
	gen     uint64
	started time.Time // zero when free
}

func newSlots(n int) slots {
	s := slots{places: make([]place, n), free: make([]int, n)}
	for i := range s.free {
		s.free[i] = i
	}
	return s
}

func (s *slots) idle() int    { return len(s.free) }
func (s *slots) running() int { return len(s.places) - len(s.free) }

// take needs a free place.
func (s *slots) take(now time.Time) (index int, gen uint64) {
	last := len(s.free) - 1
	index, s.free = s.free[last], s.free[:last]
	s.peak = max(s.peak, s.running())
	p := &s.places[index]
	p.started = now
	return index, p.gen
}

// release frees a place and returns when it was taken, or reports false for a generation that is over.
func (s *slots) release(index int, gen uint64) (started time.Time, held bool) {
	p := &s.places[index]
	if p.gen != gen {
		return time.Time{}, false
	}
	started = p.started
	p.gen++
	p.started = time.Time{}
	s.free = append(s.free, index)
	return started, true
}
