package live

import (
	"context"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// A walk with an aim follows a tour: no story is due by the clock. The story of the aim is due when the walker arrives, and whoever tells it sets
// the next aim. After a crash between the two the arrival comes once more, wherever the walker is by then.

const (
	arriveNear = 60.0        // metres from the aim within which the walker has arrived
	arriveFar  = 120.0       // the same for a phone that hardly knows where it is
	aimPause   = time.Minute // after an arrival, or the shortest interval: before that the next one does not count, since two stops may stand side by side
)

// SetAim sets the aim of the person's walk. The zero point ends the tour: the due times go on. The walk needs no choice of an interval any more.
func (l *Live) SetAim(ctx context.Context, person int64, at geo.Point) (store.Walk, error) {
	return l.change(ctx, person, func(s *session, now time.Time) {
		s.walk.Aim, s.arrived = at, time.Time{}
		if s.aims() {
			s.walk.Chosen = true
		} else {
			s.skipTo(now)
		}
		s.arrive(s.received.radius, now)
	})
}

// aims reports whether the walk has an aim.
func (s *session) aims() bool { return s.walk.Aim != (geo.Point{}) }

// arrive takes note of an arrival at the aim and reports whether there is a new one. radius is the accuracy of the position in metres.
func (s *session) arrive(radius float64, now time.Time) bool {
	if !s.aims() || !s.arrived.IsZero() || geo.Distance(s.walk.Point, s.walk.Aim) > min(max(radius, arriveNear), arriveFar) {
		return false
	}
	s.arrived = now
	return true
}

// arrival returns when the story of the aim is due, and whether it is.
func (s *session) arrival() (time.Time, bool) {
	if s.arrived.IsZero() || s.walk.Paused {
		return time.Time{}, false
	}
	if s.aimAfter.After(s.arrived) {
		return s.aimAfter, true
	}
	return s.arrived, true
}
