package live

import (
	"context"
	"time"

	"excursobot/geo"
	"excursobot/geo/track"
	"excursobot/store"
)

// key is a walk's ID as a map likes it.
type key struct {
	chat    int64
	message int
}

// session is a walk with what is not stored of it.
type session struct {
	walk store.Walk

	index    int       // in the queue, -1 = not in it
	at       time.Time // of its next event; may be too early, never too late
	changed  bool      // since it was last stored
	starting bool      // it was never stored: nothing may be told
	dropped  bool      // another process keeps it: nothing may be told or stored
	heard    time.Time // the phone
	choiceBy time.Time // the default holds from then on
	prepared time.Time // the due time that was prepared
	retry    time.Time // of a first story that could not start
	asked    time.Time // a story by Next; zero = none
	telling  *delivery // under way
	blocked  bool      // by a delivery of the person's last walk

	offering bool // the Ended hook is under way
	offers   int
	offerAt  time.Time

	moved   bool // next holds a move not yet applied
	move    fix
	suspect *fix // a jump, until the next fix
	motion  motion
	encoder track.Encoder // of walk.Track
}

// fix is a position from the phone.
type fix struct {
	point   geo.Point
	heading float64
	at      time.Time
}

// delivery is one call of the Deliver hook.
type delivery struct {
	tick   Tick
	cancel context.CancelFunc
}

func (s *session) key() key { return key{s.walk.Chat, s.walk.Message} }

// over says whether the live period is.
func (s *session) over(now time.Time) bool {
	return !s.walk.Ends.IsZero() && !s.walk.Ends.After(now)
}

func (s *session) ended() bool { return !s.walk.Ended.IsZero() }

// snapshot returns the walk as a value that shares nothing that changes.
func (s *session) snapshot() store.Walk {
	w := s.walk
	w.Track = w.Track[:len(w.Track):len(w.Track)]
	return w
}

// next returns when something is to be done for the session, and whether there is such a moment.
func (s *session) next() (time.Time, bool) {
	w := &s.walk
	if s.starting || s.dropped || w.Closed {
		return time.Time{}, false
	}
	if s.ended() {
		return s.offerAt, s.telling == nil && !s.offering
	}
	at, found := w.Ends, !w.Ends.IsZero()
	sooner := func(t time.Time) {
		if !found || t.Before(at) {
			at, found = t, true
		}
	}
	if !w.Chosen {
		sooner(s.choiceBy)
	}
	if w.Parked {
		return at, found
	}
	sooner(s.heard.Add(parkAfter))
	if s.telling != nil || s.blocked {
		return at, found
	}
	if !s.asked.IsZero() {
		sooner(s.asked)
	}
	if !w.Paused && !w.Quiet {
		sooner(s.due())
		if s.ahead() {
			sooner(w.Due.Add(-aheadOf))
		}
	}
	return at, found
}

// due is when the next story is to be told; not always a due time, for a first story may be tried again.
func (s *session) due() time.Time {
	if !s.retry.IsZero() {
		return s.retry
	}
	return s.walk.Due
}

// ahead says whether there is a due time to be prepared.
func (s *session) ahead() bool { return !s.walk.First && !s.prepared.Equal(s.walk.Due) }

// rearm moves on to the first due time after now and returns how many it left out.
func (s *session) rearm(now time.Time) (dropped int) {
	w := &s.walk
	if w.First {
		return 0
	}
	dropped = passed(w.Due, w.Interval, now)
	if dropped > 0 {
		w.Due = nextDue(w.Anchor, w.Interval, now)
	}
	return dropped
}

// align brings a due time back that is too far off because the clock was set back.
func (s *session) align(now time.Time) {
	w := &s.walk
	switch {
	case w.First && w.Due.After(now):
		w.Due = now
	case w.Due.Sub(now) > w.Interval:
		w.Anchor = realign(w.Anchor, w.Interval, now)
		w.Due = nextDue(w.Anchor, w.Interval, now)
	}
}

// heading is where the person goes, as far as that is known.
func (s *session) heading() float64 {
	if speed, bearing := s.motion.course(); speed >= standing {
		return bearing
	}
	return s.walk.Heading
}
