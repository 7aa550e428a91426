package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"excursobot/store"
)

// Started is the result of a share.
type Started struct {
	Walk     store.Walk
	Resumed  bool        // the walk had begun before
	Replaced *store.Walk // the person's other walk, which this one ended
}

// Start begins a walk. Its first story is due at once. For a known share it returns the walk as it is, and ErrEnded if that ended or was refused.
// If there are too many walks it returns ErrFull, once for each share. Another walk of the person ends first.
func (l *Live) Start(ctx context.Context, sh Share) (Started, error) {
	if err := l.loaded(ctx); err != nil {
		return Started{}, err
	}
	l.loop.mu.Lock()
	s := l.loop.sessions.walks[sh.key()]
	l.loop.mu.Unlock()
	if s != nil {
		return l.resumed(ctx, s)
	}
	if !sh.Point.Valid() {
		return Started{}, fmt.Errorf("start walk: %w: point off the globe", store.ErrInvalid)
	}
	known, err := l.loop.saver.store.Walk(ctx, sh.ID())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Started{}, fmt.Errorf("start walk: %w", err)
	}
	now := stamp(wall())
	if sh.over(now) || known.Closed || !known.Ended.IsZero() {
		return Started{}, ErrEnded
	}
	return l.begin(ctx, sh.session(l.cfg.Default, now, known.Revision), now)
}

// resumed waits until a known walk is stored, because another call may still begin it.
func (l *Live) resumed(ctx context.Context, s *session) (Started, error) {
	if err := l.loop.saver.save(ctx); err != nil {
		return Started{}, err
	}
	l.loop.mu.Lock()
	defer l.loop.mu.Unlock()
	switch {
	case s.ended():
		return Started{}, ErrEnded
	case s.walk.Closed:
		return Started{}, errors.New("start walk: its beginning was not stored")
	}
	return Started{Walk: s.snapshot(), Resumed: true}, nil
}

// begin adds the session, stores it and lets its events begin.
func (l *Live) begin(ctx context.Context, s *session, now time.Time) (Started, error) {
	lp := l.loop
	lp.mu.Lock()
	if twin := lp.sessions.walks[s.key()]; twin != nil {
		lp.mu.Unlock()
		return l.resumed(ctx, twin)
	}
	replaced, err := lp.admitLocked(s, now)
	lp.mu.Unlock()
	if saveErr := lp.saver.save(ctx); saveErr != nil || err != nil {
		lp.mu.Lock()
		defer lp.mu.Unlock()
		if err == nil {
			lp.takeBackLocked(s)
		}
		if saveErr != nil {
			err = saveErr
		}
		return Started{}, err
	}
	lp.mu.Lock()
	defer lp.mu.Unlock()
	s.starting = false
	lp.stats.Started++
	if s.ended() { // meanwhile
		lp.events.update(s)
		return Started{}, ErrEnded
	}
	s.blocked = lp.sessions.delivering[s.walk.Person] != nil
	lp.events.update(s)
	signal(lp.wake)
	lp.log.Info("walk_started", "user_id", s.walk.Person, "sessions", lp.sessions.active)
	return Started{Walk: s.snapshot(), Replaced: replaced}, nil
}

// admitLocked adds the session as the current walk of its person, and returns the walk that it replaces. If there are too many walks it
// refuses the session with ErrFull.
func (l *loop) admitLocked(s *session, now time.Time) (replaced *store.Walk, err error) {
	other := l.currentLocked(s.walk.Person, now)
	taken := l.sessions.active
	if other != nil && !other.walk.Parked {
		taken--
	}
	if taken >= l.cfg.MaxSessions {
		l.refuseLocked(s, now)
		return nil, ErrFull
	}
	if other != nil {
		l.endLocked(other, Replaced, now)
		w := other.snapshot()
		replaced = &w
	}
	l.sessions.add(s)
	l.sessions.current[s.walk.Person] = s
	l.saver.changeLocked(s)
	return replaced, nil
}

// refuseLocked records the share as closed, so that its edits are not taken for a new walk.
func (l *loop) refuseLocked(s *session, now time.Time) {
	l.stats.Refused++
	s.walk.Reason, s.walk.Ended = Refused, now
	closeWalk(&s.walk)
	l.sessions.add(s)
	l.saver.changeLocked(s)
}

// takeBackLocked removes a session whose beginning could not be stored.
func (l *loop) takeBackLocked(s *session) {
	l.sessions.remove(s)
	s.walk.Closed = true
	l.saver.forgetLocked(s)
}
