package live

import (
	"context"
	"time"

	"excursobot/geo"
	"excursobot/geo/track"
	"excursobot/store"
)

// key is the ID of a walk as the key of a map.
type key struct {
	chat    int64
	message int
}

// session is a walk with its state that is not stored. The mutex of the loop guards it.
type session struct {
	walk store.Walk

	index       int       // in the queue, -1 = not in it
	at          time.Time // of its next event; may be too early, but never too late
	changed     bool      // since it was last stored
	starting    bool      // it was never stored: nothing may be told
	released    bool      // another process has it: nothing may be told or stored
	lastContact time.Time // with the phone
	choiceBy    time.Time // the default holds from then on
	prefetched  time.Time // the due time that stories were prepared for
	retry       time.Time // of a first story that could not start
	asked       time.Time // when the person asked for a story by Next; zero = not
	arrived     time.Time // at the aim, whose story is not told yet; zero = not there
	aimAfter    time.Time // no arrival counts before
	passing     passing   // of a walk that tells what the walker passes
	delivery    *delivery // in progress
	blocked     bool      // by a delivery of the last walk of the person

	notifying   bool // the Ended hook is in progress
	notifyTries int
	notifyAt    time.Time

	encoder     track.Encoder // of walk.Track
	motion      motion
	took        time.Duration // the last step
	received    fix           // the newest position
	pending     bool          // received is not applied yet
	unconfirmed fix           // a jump, until the next position
	jumped      bool          // unconfirmed is set
}

// fix is a position from the phone.
type fix struct {
	point   geo.Point
	heading float64
	radius  float64 // metres, as track.Fix.Accuracy
	at      time.Time
}

func (f fix) step() track.Fix { return track.Fix{Point: f.point, At: f.at, Accuracy: f.radius} }

// delivery is one call of the Deliver hook.
type delivery struct {
	tick   Tick
	cancel context.CancelFunc
}

func (s *session) key() key { return key{s.walk.Chat, s.walk.Message} }

// over reports whether the live period is over.
func (s *session) over(now time.Time) bool {
	return !s.walk.Ends.IsZero() && !s.walk.Ends.After(now)
}

func (s *session) ended() bool { return !s.walk.Ended.IsZero() }

// snapshot returns the walk as a value that shares no memory that changes.
func (s *session) snapshot() store.Walk {
	w := s.walk
	w.Track = w.Track[:len(w.Track):len(w.Track)]
	return w
}

// next returns the moment of the next event of the session, and whether there is one.
func (s *session) next() (time.Time, bool) {
	w := &s.walk
	if s.starting || s.released || w.Closed {
		return time.Time{}, false
	}
	if s.ended() {
		return s.notifyAt, s.delivery == nil && !s.notifying
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
	sooner(s.lastContact.Add(parkAfter))
	if s.delivery != nil || s.blocked {
		return at, found
	}
	if !s.asked.IsZero() {
		sooner(s.asked)
	}
	if s.aims() {
		if at, ok := s.arrival(); ok {
			sooner(at)
		}
		return at, found
	}
	if s.passes() && !w.Paused {
		if s.passing.place != "" {
			sooner(s.passing.since)
		}
		if !s.passing.wanted.IsZero() {
			sooner(s.passing.wanted)
		}
	}
	if !w.Paused && (!w.Quiet || w.Pass) {
		sooner(s.due())
		if s.wantsPrefetch() {
			sooner(w.Due.Add(-prefetchLead))
		}
	}
	return at, found
}

// due returns when to tell the next story: the due time, or the time of the next try of a first story.
func (s *session) due() time.Time {
	if !s.retry.IsZero() {
		return s.retry
	}
	return s.walk.Due
}

// wantsPrefetch reports whether stories are still to be prepared for the next due time.
func (s *session) wantsPrefetch() bool { return !s.walk.First && !s.prefetched.Equal(s.walk.Due) }

// skipTo moves to the first due time after now and returns the number of due times left out.
func (s *session) skipTo(now time.Time) (skipped int) {
	w := &s.walk
	if w.First {
		return 0
	}
	skipped = passed(w.Due, w.Interval, now)
	if skipped > 0 {
		w.Due = nextDue(w.Anchor, w.Interval, now)
	}
	return skipped
}

// align corrects a due time that is too far in the future because the clock was set back.
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

// resume adapts a stored walk to the present: stories told since it was stored, a clock that was set, an interval that is no longer offered.
func (s *session) resume(now time.Time) {
	w := &s.walk
	w.Interval = max(w.Interval, time.Second)
	if w.Pass {
		s.resumePass(now)
	}
	if w.Number > 0 && (w.First || !w.Told.Before(w.Due)) { // the story was told, and the process ended before the walk was stored
		w.First = false
		w.Due = nextDue(w.Anchor, w.Interval, w.Told)
	}
	if w.Attempt.Asked && w.Attempt.Number == w.Number+1 {
		s.asked = now
	}
	s.align(now)
	s.arrive(0, now)
	if a := w.Attempt; s.aims() && a.Place != "" && a.Number == w.Number { // the story was told, and the process may have ended before it led on
		s.arrived = now
	}
}

// heading returns the direction of the movement, or else of the phone, in degrees; negative = unknown.
func (s *session) heading() float64 {
	bearing, _ := s.motion.facing(s.walk.Heading, s.walk.Fixed)
	return bearing
}
