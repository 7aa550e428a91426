package live

import (
	"time"

	"excursobot/geo"
	"excursobot/geo/track"
)

// awayMetres from where everything was told there may be something again.
const awayMetres = 150.0

// moveLocked takes the newest position of a phone. It is applied with the next batch.
func (l *Live) moveLocked(s *session, f fix, now time.Time) {
	newest := s.walk.Fixed
	if s.moved {
		newest = s.move.at
	}
	if f.at.Before(newest) || !f.point.Valid() {
		l.stats.Ignored++
		return
	}
	s.move = f
	if s.moved {
		return
	}
	s.moved = true
	if len(l.pending) == 0 {
		l.since = now
	}
	l.pending = append(l.pending, s)
	if len(l.pending) >= l.cfg.BatchSize {
		signal(l.wake)
	}
}

// flush applies moves in batches of at most MaxUpdates: when there are enough, when the oldest has waited for long enough, or
// all of them.
func (l *Live) flush(now time.Time, all bool) {
	for l.flushOnce(now, all) {
	}
}

// flushOnce returns whether there may be more to apply. The lock is free between two batches.
func (l *Live) flushOnce(now time.Time, all bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pending) == 0 || !all && len(l.pending) < l.cfg.BatchSize && now.Sub(l.since) < l.cfg.BatchTimeout {
		return false
	}
	n := min(len(l.pending), l.cfg.MaxUpdates)
	for _, s := range l.pending[:n] {
		if s.moved { // else it was applied when the walk ended
			l.applyLocked(s, now)
		}
	}
	rest := copy(l.pending, l.pending[n:])
	clear(l.pending[rest:])
	l.pending = l.pending[:rest]
	return rest > 0 // what is left is at most as old as what went, and had to wait for it
}

// confirms says whether a fix belongs to a jump and not to where the walk was before it.
func confirms(f, jump fix, before geo.Point) bool {
	return plausible(jump.point, f.point, f.at.Sub(jump.at)) && geo.Distance(jump.point, f.point) < geo.Distance(before, f.point)
}

// applyLocked moves the walk on.
func (l *Live) applyLocked(s *session, now time.Time) {
	f := s.move
	s.moved = false
	w := &s.walk
	took := f.at.Sub(w.Fixed)
	switch {
	case s.suspect != nil && confirms(f, *s.suspect, w.Point):
		s.motion = motion{}
		w.Track = s.encoder.Jump(w.Track, track.Fix{Point: f.point, At: f.at})
	case plausible(w.Point, f.point, took):
		s.motion.observe(w.Point, f.point, took)
		var metres float64
		w.Track, metres = s.encoder.Step(w.Track, track.Fix{Point: f.point, At: f.at})
		w.Metres += metres
	default:
		s.suspect = &f
		l.stats.Ignored++
		return
	}
	s.suspect = nil
	l.stats.Moves++
	w.Point, w.Heading, w.Fixed = f.point, f.heading, f.at
	l.changeLocked(s)
	if w.Quiet && geo.Distance(w.QuietAt, w.Point) > awayMetres {
		w.Quiet, w.QuietAt = false, geo.Point{}
		s.rearm(now)
		l.events.place(s)
	}
}
