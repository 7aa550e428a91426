package live

import (
	"time"

	"excursobot/store"
)

const (
	offerAgain    = 5 * time.Second // after an Ended hook that failed, doubled up to offerAgainMax
	offerAgainMax = 10 * time.Minute
	offerFor      = 24 * time.Hour // after that the walk is closed without a word
)

// endLocked ends a walk: its place is free, its delivery is cancelled, its Ended hook follows.
func (l *Live) endLocked(s *session, reason string, now time.Time) {
	if s.ended() {
		return
	}
	if s.moved {
		l.applyLocked(s, now)
	}
	w := &s.walk
	w.Ended, w.Reason = stamp(now), reason
	if w.Parked {
		l.parked--
	} else {
		l.active--
	}
	if l.people[w.Person] == s {
		delete(l.people, w.Person)
	}
	if s.telling != nil {
		s.telling.cancel()
	}
	s.offerAt = now
	l.stats.Ended++
	l.changeLocked(s)
	l.events.place(s)
	signal(l.wake)
	l.log.Info("live_ended", "user_id", w.Person, "reason", reason, "stories", w.Number, "duration", w.Ended.Sub(w.Began).Round(time.Second))
}

// closeWalk leaves of an ended walk what keeps its share from being taken for a new one.
func closeWalk(w *store.Walk) {
	forget := w.Ended.Add(forgetForever)
	if !w.Ends.IsZero() {
		forget = w.Ends.Add(forgetSpare)
	}
	*w = store.Walk{
		ID: w.ID, Person: w.Person, Revision: w.Revision, Share: w.Share,
		Ended: w.Ended, Reason: w.Reason, Closed: true, Expires: forget,
	}
}

// offerLocked returns the call of the Ended hook.
func (l *Live) offerLocked(s *session) func() {
	s.offering = true
	l.offered++
	w, answered := s.snapshot(), false
	done := func(err error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if answered {
			return
		}
		answered = true
		l.offeredLocked(s, wall(), err)
	}
	return func() { l.hooks.Ended(w, done) }
}

func (l *Live) offeredLocked(s *session, now time.Time, err error) {
	s.offering = false
	l.offered--
	defer signal(l.wake)
	defer l.events.place(s)
	if err != nil && now.Sub(s.walk.Ended) < offerFor {
		s.offerAt = now.Add(min(offerAgain<<min(s.offers, 16), offerAgainMax))
		s.offers++
		return
	}
	if err != nil {
		l.log.Warn("summary was never sent", "walk", s.walk.ID, "error", err)
	}
	closeWalk(&s.walk)
	l.changeLocked(s)
}

// parkLocked takes the walk's place away: its phone is silent.
func (l *Live) parkLocked(s *session, now time.Time) {
	s.walk.Parked = true
	l.active--
	l.parked++
	l.changeLocked(s)
	if l.parked <= parkedFactor*l.cfg.MaxSessions {
		return
	}
	longest := s
	for _, o := range l.walks { // rare, and some hundreds at most
		if !o.ended() && o.walk.Parked && o.heard.Before(longest.heard) {
			longest = o
		}
	}
	l.endLocked(longest, Silent, now)
}

// unparkLocked gives the walk a place again; the caller knows that there is one.
func (l *Live) unparkLocked(s *session, now time.Time) {
	s.walk.Parked = false
	l.active++
	l.parked--
	s.heard = now
	s.rearm(now)
	l.changeLocked(s)
	l.events.place(s)
}
