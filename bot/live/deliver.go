package live

import (
	"context"
	"slices"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// startDeliveryLocked returns the call of the Deliver hook.
func (l *loop) startDeliveryLocked(work context.Context, s *session, now time.Time) func() {
	w := &s.walk
	t := Tick{
		Walk: w.ID, Person: w.Person, Chat: w.Chat, Topic: w.Topic, Number: w.Number + 1,
		Due: w.Due, Point: w.Point, Heading: s.heading(), First: w.First, Asked: !s.asked.IsZero(),
	}
	if t.Asked {
		t.Due = s.asked
	} else if at, ok := s.arrival(); ok && s.aims() {
		t.Due, t.Arrived, t.Aim = at, true, w.Aim
	}
	t.Next = nextDue(w.Anchor, w.Interval, now)
	if s.passes() && !t.Asked {
		if t.Place = s.passing.place; t.Place != "" {
			t.Pass, t.Due, t.Next = true, s.passing.since, now.Add(passStart)
		} else {
			t.Place, t.Within = s.bestNear(), passBest
		}
	}
	if w.Attempt.Number == t.Number {
		t.Attempt = w.Attempt
	}
	s.passing.place, s.passing.since = "", time.Time{}
	s.asked, s.retry, s.arrived = time.Time{}, time.Time{}, time.Time{}
	ctx, cancel := context.WithCancel(work)
	d := &delivery{tick: t, cancel: cancel}
	s.delivery = d
	l.sessions.delivering[w.Person] = s
	return func() {
		l.hooks.Deliver(ctx, t, func(o Outcome) { l.finishDelivery(s, d, o, wall()) })
	}
}

// RecordAttempt stores what the person sees, or is about to see, of the story in progress. A try after a crash continues with the same place.
func (l *Live) RecordAttempt(ctx context.Context, t Tick, place string, message int) error {
	lp := l.loop
	lp.mu.Lock()
	s := lp.sessions.delivering[t.Person]
	if s == nil || s.walk.ID != t.Walk {
		lp.mu.Unlock()
		return ErrNoWalk
	}
	s.walk.Attempt = store.Attempt{Number: t.Number, Asked: t.Asked, Place: place, Message: message}
	lp.saver.changeLocked(s)
	lp.mu.Unlock()
	return lp.saver.save(ctx)
}

// finishDelivery ends a delivery. A second call for the same one does nothing.
func (l *loop) finishDelivery(s *session, d *delivery, o Outcome, now time.Time) {
	l.mu.Lock()
	if s.delivery != d {
		l.mu.Unlock()
		return
	}
	d.cancel()
	s.delivery = nil
	delete(l.sessions.delivering, s.walk.Person)
	var calls []func()
	if !s.released {
		calls = l.outcomeLocked(s, d.tick, o, now)
	}
	l.events.update(s)
	if waiting := l.sessions.current[s.walk.Person]; waiting != nil && waiting.blocked {
		waiting.blocked = false
		l.events.update(waiting)
	}
	l.mu.Unlock()
	signal(l.wake)
	for _, call := range calls {
		call()
	}
}

// outcomeLocked applies an outcome to the walk: its number, its next due time, whether it is quiet or ends. It returns the calls of hooks.
func (l *loop) outcomeLocked(s *session, t Tick, o Outcome, now time.Time) []func() {
	w := &s.walk
	var calls []func()
	switch o {
	case Delivered:
		w.Number, w.Told, w.ToldAt = t.Number, stamp(now), w.Point
		l.stats.Delivered++
		if !t.First && !t.Asked {
			late := now.Sub(t.Due)
			l.stats.Late, l.stats.LateMax = late, max(l.stats.LateMax, late)
			calls = append(calls, func() { l.cfg.Observe(late) })
		}
	case Failed:
		l.stats.Failed++
	case Dropped:
		l.stats.Dropped++
	case Unready:
		l.stats.Unready++
	case Nothing, Unreachable:
	}
	if t.Place != "" {
		s.passing.passed(t.Place, o)
	}
	if w.Pass && o == Delivered {
		s.passing.wanted = now
	}
	if t.Arrived {
		s.aimAfter = now.Add(min(aimPause, slices.Min(l.cfg.Intervals)))
	}
	owed := l.stopping && (o == Failed || o == Dropped) // the next process tells it
	seen := o == Failed && t.Attempt.Place != ""        // the person may have seen the number with this place, so it must not get another one
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
	case o == Nothing && !w.Quiet && !t.Arrived && !t.Pass && geo.Distance(t.Point, w.Point) <= quietRadius: // the person has not moved on meanwhile
		w.Quiet, w.QuietAt = true, t.Point
		quiet := s.snapshot()
		calls = append(calls, func() { l.hooks.Quiet(quiet) })
	}
	l.saver.changeLocked(s)
	if !owed {
		l.scheduleNextLocked(s, t, o, now)
	}
	return calls
}

// scheduleNextLocked sets the due time after a delivery, or the next try of a first story that could not start.
func (l *loop) scheduleNextLocked(s *session, t Tick, o Outcome, now time.Time) {
	w := &s.walk
	if s.aims() || t.Arrived {
		w.First = w.First && o != Delivered
		return
	}
	if w.Pass && !w.First {
		switch {
		case o == Delivered:
			s.waitAgain(now)
		case !t.Pass && !t.Asked:
			w.Due = nextDue(w.Anchor, w.Interval, now)
		}
		return
	}
	switch {
	case w.First && o == Dropped && !now.Add(firstRetry).After(t.Next):
		s.retry = now.Add(firstRetry)
		return
	case w.First:
		w.First = false
		if w.Pass {
			s.waitAgain(now)
			return
		}
		w.Due = nextDue(w.Anchor, w.Interval, t.Due)
	case !t.Asked && w.Due.Equal(t.Due):
		w.Due = nextDue(w.Anchor, w.Interval, t.Due)
	}
	l.stats.Dropped += uint64(s.skipTo(now))
}
