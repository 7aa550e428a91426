package live

import (
	"time"

	"excursobot/store"
)

const (
	notifyRetry    = 5 * time.Second // after an Ended hook that failed; doubles up to maxNotifyRetry
	maxNotifyRetry = 10 * time.Minute
	notifyFor      = 24 * time.Hour // after that the walk is closed without a summary
)

const (
	keepForever = 30 * 24 * time.Hour // a closed walk without live period is remembered this long after its end
	keepSpare   = 24 * time.Hour      // a closed walk is remembered this long after its live period, which can be prolonged
)

// endLocked ends a walk: it no longer counts, its delivery is cancelled, and its Ended hook is called afterwards.
func (l *loop) endLocked(s *session, reason string, now time.Time) {
	if s.ended() {
		return
	}
	if s.pending {
		l.applyLocked(s, now)
	}
	l.sessions.retire(s)
	w := &s.walk
	w.Track = s.encoder.Finish(w.Track)
	w.Ended, w.Reason = stamp(now), reason
	if s.delivery != nil {
		s.delivery.cancel()
	}
	s.notifyAt = now
	l.stats.Ended++
	l.saver.changeLocked(s)
	l.events.update(s)
	signal(l.wake)
	l.log.Info("walk_ended", "user_id", w.Person, "reason", reason, "stories", w.Number, "duration", w.Ended.Sub(w.Began).Round(time.Second))
}

// closeWalk reduces an ended walk to the fields that keep its share from being taken for a new one.
func closeWalk(w *store.Walk) {
	expires := w.Ended.Add(keepForever)
	if !w.Ends.IsZero() {
		expires = w.Ends.Add(keepSpare)
	}
	*w = store.Walk{
		ID: w.ID, Person: w.Person, Revision: w.Revision, Share: w.Share,
		Ended: w.Ended, Reason: w.Reason, Closed: true, Expires: expires,
	}
}

// notifyEndLocked returns the call of the Ended hook.
func (l *loop) notifyEndLocked(s *session) func() {
	s.notifying = true
	l.notifying++
	w, answered := s.snapshot(), false
	done := func(err error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if answered {
			return
		}
		answered = true
		l.endNotifiedLocked(s, wall(), err)
	}
	return func() { l.hooks.Ended(w, done) }
}

// endNotifiedLocked closes the walk, or schedules the next call of the Ended hook after an error.
func (l *loop) endNotifiedLocked(s *session, now time.Time, err error) {
	s.notifying = false
	l.notifying--
	defer signal(l.wake)
	defer l.events.update(s)
	if err != nil && now.Sub(s.walk.Ended) < notifyFor {
		s.notifyAt = now.Add(min(notifyRetry<<min(s.notifyTries, 16), maxNotifyRetry))
		s.notifyTries++
		return
	}
	if err != nil {
		l.log.Warn("summary_dropped", "walk", s.walk.ID, "error", err)
	}
	closeWalk(&s.walk)
	l.saver.changeLocked(s)
}

// parkLocked parks a walk whose phone is silent: it no longer counts against MaxSessions. If too many are parked, it ends one.
func (l *loop) parkLocked(s *session, now time.Time) {
	l.sessions.park(s)
	l.saver.changeLocked(s)
	if l.sessions.parked > parkedFactor*l.cfg.MaxSessions {
		l.endLocked(l.sessions.mostSilent(), Silent, now)
	}
}

// unparkLocked continues a parked walk. There must be fewer than MaxSessions walks.
func (l *loop) unparkLocked(s *session, now time.Time) {
	l.sessions.unpark(s)
	s.lastContact = now
	s.skipTo(now)
	l.saver.changeLocked(s)
	l.events.update(s)
}
