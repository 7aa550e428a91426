package live

import (
	"slices"
	"time"

	"excursobot/geo"
)

// moveBatch collects the sessions with positions to apply. The mutex of the loop guards it.
type moveBatch struct {
	size    int           // a batch of this size is full
	limit   int           // positions applied at once
	timeout time.Duration // after which a batch that is not full is applied
	pending []*session    // oldest position first
	since   time.Time     // when the first of them arrived
}

// add adds a session and reports whether the batch is full.
func (b *moveBatch) add(s *session, now time.Time) (full bool) {
	if len(b.pending) == 0 {
		b.since = now
	}
	b.pending = append(b.pending, s)
	return len(b.pending) >= b.size
}

// take calls apply for the oldest sessions, if the batch is full, or has waited for long enough, or if all is set. It reports whether there may
// be more: those that are left are younger, but had to wait for these.
func (b *moveBatch) take(now time.Time, all bool, apply func(*session)) (more bool) {
	if len(b.pending) == 0 || !all && len(b.pending) < b.size && now.Sub(b.since) < b.timeout {
		return false
	}
	n := min(len(b.pending), b.limit)
	for _, s := range b.pending[:n] {
		apply(s)
	}
	rest := copy(b.pending, b.pending[n:])
	clear(b.pending[rest:])
	b.pending = b.pending[:rest]
	return rest > 0
}

func (b *moveBatch) remove(s *session) {
	b.pending = slices.DeleteFunc(b.pending, func(p *session) bool { return p == s })
}

// receive keeps a position until it is applied. It reports false if the position is older than the newest one, or not valid.
func (s *session) receive(f fix) bool {
	newest := s.walk.Fixed
	if s.pending {
		newest = s.received.at
	}
	if f.at.Before(newest) || !f.point.Valid() {
		return false
	}
	s.received = f
	return true
}

// apply moves the walk to the position received last. It reports false for a jump, which counts only if the next position confirms it.
func (s *session) apply() bool {
	f, w := s.received, &s.walk
	s.pending = false
	took := f.at.Sub(w.Fixed)
	switch {
	case s.jumped && confirms(f, s.unconfirmed, w.Point):
		s.motion = motion{}
		s.motion.observe(f)
		w.Track = s.encoder.Jump(w.Track, f.step())
	case plausible(w.Point, f.point, took):
		if geo.Distance(w.Point, f.point) > leapSpeed*max(took, time.Second).Seconds() {
			s.motion = motion{}
		}
		s.motion.observe(f)
		var metres float64
		w.Track, metres = s.encoder.Step(w.Track, f.step())
		w.Metres += metres
	default:
		s.unconfirmed, s.jumped = f, true
		return false
	}
	s.jumped, s.took = false, took
	w.Point, w.Heading, w.Fixed = f.point, f.heading, f.at
	return true
}

// confirms reports whether a position belongs to a jump, and not to the walk before it.
func confirms(f, jump fix, before geo.Point) bool {
	return plausible(jump.point, f.point, f.at.Sub(jump.at)) && geo.Distance(jump.point, f.point) < geo.Distance(before, f.point)
}

// moveLocked receives a position, which is applied with the next batch.
func (l *loop) moveLocked(s *session, f fix, now time.Time) {
	if !s.receive(f) {
		l.stats.Ignored++
		return
	}
	if s.pending {
		return
	}
	s.pending = true
	if l.moves.add(s, now) {
		signal(l.wake)
	}
}

// flush applies the batches that are due, or all of them.
func (l *loop) flush(now time.Time, all bool) {
	for l.flushOnce(now, all) {
	}
}

// flushOnce applies one batch and reports whether there may be more. The mutex is free between two batches.
func (l *loop) flushOnce(now time.Time, all bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.moves.take(now, all, func(s *session) {
		if s.pending { // otherwise it was applied when the walk ended
			l.applyLocked(s, now)
		}
	})
}

// applyLocked moves the walk on. A walk that comes out of a quiet area gets stories again.
func (l *loop) applyLocked(s *session, now time.Time) {
	if !s.apply() {
		l.stats.Ignored++
		return
	}
	l.stats.Moves++
	l.saver.changeLocked(s)
	if s.arrive(s.received.radius, now) {
		l.events.update(s)
	}
	if s.passes() && s.still(now) {
		s.hold(s.took, now)
	}
	if s.look(s.received.radius, &l.cfg, now) {
		l.events.update(s)
	}
	if w := &s.walk; w.Quiet && !w.Pass && geo.Distance(w.QuietAt, w.Point) > quietRadius {
		w.Quiet, w.QuietAt = false, geo.Point{}
		s.skipTo(now)
		l.events.update(s)
	}
}
