package live

import (
	"context"
	"fmt"
	"time"

	"excursobot/store"
)

// load reads the walks that are not closed. All count as heard of now: while nobody listened no phone was silent.
func (l *Live) load(ctx context.Context) error {
	var walks []store.Walk
	if !l.cfg.Shared {
		var err error
		if walks, err = l.cfg.Store.OpenWalks(ctx); err != nil {
			return fmt.Errorf("load walks: %w", err)
		}
	}
	now := wall()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range oldestFirst(walks) {
		l.adoptLocked(w, now)
	}
	close(l.ready)
	return nil
}

// adoptLocked goes on with a walk of an earlier process.
func (l *Live) adoptLocked(w store.Walk, now time.Time) {
	s := &session{walk: w, index: -1, heard: now, choiceBy: w.Began.Add(choiceWait), offerAt: now}
	s.walk.Track = s.encoder.Resume(w.Track)
	l.walks[s.key()] = s
	if s.ended() {
		l.events.place(s)
		return
	}
	if w.Parked {
		l.parked++
	} else {
		l.active++
	}
	if older := l.people[w.Person]; older != nil { // the store was written by more than one process
		l.endLocked(older, Replaced, now)
	}
	l.people[w.Person] = s
	s.blocked = l.telling[w.Person] != nil // of a walk that was dropped
	s.resume(now)
	l.events.place(s)
}

// resume makes a walk as stored fit the present: what was told since, a clock that was set, intervals no longer offered.
func (s *session) resume(now time.Time) {
	w := &s.walk
	w.Interval = max(w.Interval, time.Second)
	if w.Number > 0 && (w.First || !w.Told.Before(w.Due)) { // told, and the process ended before that was noted here
		w.First = false
		w.Due = nextDue(w.Anchor, w.Interval, w.Told)
	}
	if w.Attempt.Asked && w.Attempt.Number == w.Number+1 {
		s.asked = now
	}
	s.align(now)
}
