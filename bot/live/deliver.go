package live

import (
	"context"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// fireLocked hands a story over to the Deliver hook.
func (l *Live) fireLocked(work context.Context, s *session, now time.Time) func() {
	w := &s.walk
	t := Tick{
		Walk: w.ID, Person: w.Person, Chat: w.Chat, Number: w.Number + 1,
		Due: w.Due, Point: w.Point, Heading: s.heading(), First: w.First, Asked: !s.asked.IsZero(),
	}
	if t.Asked {
		t.Due = s.asked
	}
	t.Next = nextDue(w.Anchor, w.Interval, now)
	if w.Attempt.Number == t.Number {
		t.Attempt = w.Attempt
	}
	s.asked, s.retry = time.Time{}, time.Time{}
	ctx, cancel := context.WithCancel(work)
	d := &delivery{tick: t, cancel: cancel}
	s.telling = d
	l.telling[w.Person] = s
	return func() {
		l.hooks.Deliver(ctx, t, func(o Outcome) { l.finish(s, d, o, wall()) })
	}
}

// Begin notes what the person is about to see of a story under way, or sees of it already, and stores that: a try after a crash goes on
// with it and with no other place.
func (l *Live) Begin(ctx context.Context, t Tick, place string, message int) error {
	l.mu.Lock()
	s := l.telling[t.Person]
	if s == nil || s.walk.ID != t.Walk {
		l.mu.Unlock()
		return ErrNoWalk
	}
	s.walk.Attempt = store.Attempt{Number: t.Number, Asked: t.Asked, Place: place, Message: message}
	l.changeLocked(s)
	l.mu.Unlock()
	return l.save(ctx)
}

// finish ends a delivery. The second call for one does nothing.
func (l *Live) finish(s *session, d *delivery, o Outcome, now time.Time) {
	l.mu.Lock()
	if s.telling != d {
		l.mu.Unlock()
		return
	}
	d.cancel()
	s.telling = nil
	delete(l.telling, s.walk.Person)
	calls := l.settleLocked(s, d.tick, o, now)
	l.events.place(s)
	if waiting := l.people[s.walk.Person]; waiting != nil && waiting.blocked {
		waiting.blocked = false
		l.events.place(waiting)
	}
	l.mu.Unlock()
	signal(l.wake)
	for _, call := range calls {
		call()
	}
}

// settleLocked draws the conclusions from an outcome: numbering, the next due time, silence.
func (l *Live) settleLocked(s *session, t Tick, o Outcome, now time.Time) []func() {
	if s.dropped {
		return nil
	}
	w := &s.walk
	var calls []func()
	switch o {
	case Delivered:
		w.Number, w.Told = t.Number, stamp(now)
		l.stats.Delivered++
		if !t.First && !t.Asked {
			l.stats.Late = now.Sub(t.Due)
			l.stats.LateMax = max(l.stats.LateMax, l.stats.Late)
			late := l.stats.Late
			calls = append(calls, func() { l.cfg.Observe(late) })
		}
	case Failed:
		l.stats.Failed++
	case Dropped:
		l.stats.Dropped++
	case Nothing, Unreachable:
	}
	owed := l.stopping && (o == Failed || o == Dropped) // to be told by the next process
	seen := o == Failed && t.Attempt.Place != ""        // an earlier try may have been: the same number about another place would be a riddle
	if o != Dropped && !owed && !seen {
		w.Attempt = store.Attempt{}
	}
	w.Attempt.Asked = w.Attempt.Asked && owed
	if s.ended() {
		return calls
	}
	switch {
	case o == Unreachable:
		l.endLocked(s, Blocked, now)
		return calls
	case o == Nothing && !w.Quiet && geo.Distance(t.Point, w.Point) <= awayMetres: // not gone on meanwhile
		w.Quiet, w.QuietAt = true, t.Point
		quiet := s.snapshot()
		calls = append(calls, func() { l.hooks.Quiet(quiet) })
	}
	l.changeLocked(s)
	if owed {
		return calls
	}
	switch {
	case w.First && o == Dropped && !now.Add(firstAgain).After(t.Next):
		s.retry = now.Add(firstAgain)
		return calls
	case w.First:
		w.First = false
		w.Due = nextDue(w.Anchor, w.Interval, t.Due)
	case !t.Asked && w.Due.Equal(t.Due):
		w.Due = nextDue(w.Anchor, w.Interval, t.Due)
	}
	l.stats.Dropped += uint64(s.rearm(now))
	return calls
}
