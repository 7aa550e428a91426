package live

import (
	"context"
	"slices"
	"time"

	"excursobot/store"
)

// Choose sets the interval. From arrived on, when the person chose, a story is due at each multiple of it.
func (l *Live) Choose(ctx context.Context, person int64, interval time.Duration, arrived time.Time) (store.Walk, error) {
	if !slices.Contains(l.cfg.Intervals, interval) {
		return store.Walk{}, ErrInterval
	}
	return l.change(ctx, person, func(s *session, now time.Time) {
		w := &s.walk
		w.Interval, w.Anchor, w.Chosen = interval, stamp(arrived), true
		if arrived.IsZero() || arrived.After(now) {
			w.Anchor = stamp(now)
		}
		if !w.First {
			w.Due = nextDue(w.Anchor, interval, now)
		}
	})
}

// Asked notes which message asks the person how often, so that it can be changed when the question is answered, also by the
// next process.
func (l *Live) Asked(ctx context.Context, person int64, message int) (store.Walk, error) {
	return l.change(ctx, person, func(s *session, _ time.Time) { s.walk.Question = message })
}

// Pause stops the stories until Resume. The walk keeps its place, and ends when its live period does.
func (l *Live) Pause(ctx context.Context, person int64) (store.Walk, error) {
	return l.change(ctx, person, func(s *session, _ time.Time) {
		s.walk.Paused = true
	})
}

// Resume goes on with the due times of before, from the next one on.
func (l *Live) Resume(ctx context.Context, person int64) (store.Walk, error) {
	return l.change(ctx, person, func(s *session, now time.Time) {
		if s.walk.Paused {
			s.walk.Paused = false
			s.rearm(now)
		}
	})
}

// Next tells a story now, paused or not, and moves no due time. It is ErrBusy while one is on its way. That it was asked for is stored: after
// a crash it is told by the next process.
func (l *Live) Next(ctx context.Context, person int64) error {
	if err := l.loaded(ctx); err != nil {
		return err
	}
	if err := l.askFor(person, wall()); err != nil {
		return err
	}
	return l.save(ctx)
}

func (l *Live) askFor(person int64, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.goingLocked(person, now)
	switch {
	case s == nil:
		return ErrNoWalk
	case s.starting, s.blocked, s.telling != nil, !s.asked.IsZero(), s.walk.First && s.retry.IsZero() && !s.walk.Paused:
		return ErrBusy
	}
	if s.walk.Parked { // the button says that somebody is there
		if l.active >= l.cfg.MaxSessions {
			return ErrFull
		}
		l.unparkLocked(s, now)
	}
	s.asked = now
	if next := s.walk.Number + 1; s.walk.Attempt.Number != next {
		s.walk.Attempt = store.Attempt{Number: next}
	}
	s.walk.Attempt.Asked = true
	l.changeLocked(s)
	l.events.place(s)
	signal(l.wake)
	return nil
}

// Stop ends the person's walk, for instance as Stopped, and returns it. A story under way is cancelled.
func (l *Live) Stop(ctx context.Context, person int64, reason string) (store.Walk, error) {
	return l.change(ctx, person, func(s *session, now time.Time) {
		l.endLocked(s, reason, now)
	})
}

// change changes the walk of a person and stores it.
func (l *Live) change(ctx context.Context, person int64, fn func(s *session, now time.Time)) (store.Walk, error) {
	if err := l.loaded(ctx); err != nil {
		return store.Walk{}, err
	}
	now := wall()
	l.mu.Lock()
	s := l.goingLocked(person, now)
	if s == nil {
		l.mu.Unlock()
		return store.Walk{}, ErrNoWalk
	}
	fn(s, now)
	l.changeLocked(s)
	l.events.place(s)
	signal(l.wake)
	w := s.snapshot()
	l.mu.Unlock()
	return w, l.save(ctx)
}

// goingLocked returns the walk of a person that goes on, nil if there is none: a period that is over may not have been noticed yet.
func (l *Live) goingLocked(person int64, now time.Time) *session {
	s := l.people[person]
	if s != nil && s.over(now) {
		l.endLocked(s, Expired, now)
		return nil
	}
	return s
}
