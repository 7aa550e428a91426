package live

import (
	"context"
	"slices"
	"time"

	"excursobot/store"
)

// Choose sets the interval, or Pass. With an interval, from then on a story is due at each multiple of it after arrived, the moment of the choice.
func (l *Live) Choose(ctx context.Context, person int64, interval time.Duration, arrived time.Time) (store.Walk, error) {
	if interval != Pass && !slices.Contains(l.cfg.Intervals, interval) {
		return store.Walk{}, ErrInterval
	}
	return l.change(ctx, person, func(s *session, now time.Time) {
		w := &s.walk
		s.setRhythm(interval)
		w.Anchor, w.Chosen = stamp(arrived), true
		if arrived.IsZero() || arrived.After(now) {
			w.Anchor = stamp(now)
		}
		if !w.First {
			w.Due = nextDue(w.Anchor, w.Interval, now)
		}
		if w.Pass {
			s.passing.wanted = now
		}
	})
}

// SetQuestion records the message that asks the person for the interval. This process or the next one changes it when the person has chosen.
func (l *Live) SetQuestion(ctx context.Context, person int64, message int) (store.Walk, error) {
	return l.change(ctx, person, func(s *session, _ time.Time) { s.walk.Question = message })
}

// Pause stops the stories until Resume. The walk still counts, and ends with its live period.
func (l *Live) Pause(ctx context.Context, person int64) (store.Walk, error) {
	return l.change(ctx, person, func(s *session, _ time.Time) { s.walk.Paused = true })
}

// Resume continues with the next due time. The due times stay as they were.
func (l *Live) Resume(ctx context.Context, person int64) (store.Walk, error) {
	return l.change(ctx, person, func(s *session, now time.Time) {
		if s.walk.Paused {
			s.walk.Paused = false
			s.skipTo(now)
		}
	})
}

// Next tells a story now, also in a paused walk, and moves no due time. It returns ErrBusy while a story is in progress. The request is stored:
// after a crash the next process tells the story.
func (l *Live) Next(ctx context.Context, person int64) error {
	if err := l.loaded(ctx); err != nil {
		return err
	}
	if err := l.loop.ask(person, wall()); err != nil {
		return err
	}
	return l.loop.saver.save(ctx)
}

// ask makes a story due now.
func (l *loop) ask(person int64, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.currentLocked(person, now)
	switch {
	case s == nil:
		return ErrNoWalk
	case s.starting, s.blocked, s.delivery != nil, !s.asked.IsZero(), s.walk.First && s.retry.IsZero() && !s.walk.Paused:
		return ErrBusy
	}
	if s.walk.Parked { // a pressed button is a contact
		if l.sessions.active >= l.cfg.MaxSessions {
			return ErrFull
		}
		l.unparkLocked(s, now)
	}
	s.asked = now
	if next := s.walk.Number + 1; s.walk.Attempt.Number != next {
		s.walk.Attempt = store.Attempt{Number: next}
	}
	s.walk.Attempt.Asked = true
	l.saver.changeLocked(s)
	l.events.update(s)
	signal(l.wake)
	return nil
}

// Stop ends the walk of the person with a reason, for example Stopped, and returns it. It cancels a story in progress.
func (l *Live) Stop(ctx context.Context, person int64, reason string) (store.Walk, error) {
	return l.change(ctx, person, func(s *session, now time.Time) { l.loop.endLocked(s, reason, now) })
}

// change changes the current walk of a person and stores it.
func (l *Live) change(ctx context.Context, person int64, fn func(s *session, now time.Time)) (store.Walk, error) {
	if err := l.loaded(ctx); err != nil {
		return store.Walk{}, err
	}
	now, lp := wall(), l.loop
	lp.mu.Lock()
	s := lp.currentLocked(person, now)
	if s == nil {
		lp.mu.Unlock()
		return store.Walk{}, ErrNoWalk
	}
	fn(s, now)
	lp.saver.changeLocked(s)
	lp.events.update(s)
	signal(lp.wake)
	w := s.snapshot()
	lp.mu.Unlock()
	return w, lp.saver.save(ctx)
}

// currentLocked returns the current walk of a person, or nil. It ends a walk whose live period is over.
func (l *loop) currentLocked(person int64, now time.Time) *session {
	s := l.sessions.current[person]
	if s != nil && s.over(now) {
		l.endLocked(s, Expired, now)
		return nil
	}
	return s
}
