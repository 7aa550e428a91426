package live

import (
	"context"
	"slices"
	"time"

	"excursobot/geo/track"
	"excursobot/store"
)

// If several processes share one store, one of them serves a walk at a time. Package bot decides which.

// TakeOver continues open walks that another process served, as they were stored. A walk that is here already stays as it is.
func (l *Live) TakeOver(walks []store.Walk) {
	now, lp := wall(), l.loop
	lp.mu.Lock()
	defer lp.mu.Unlock()
	for _, w := range oldestFirst(walks) {
		if lp.sessions.walks[key{w.Chat, w.Message}] == nil && !w.Closed {
			lp.continueLocked(w, now)
		}
	}
	signal(lp.wake)
}

// Release forgets the walks of a chat without a message or a write: another process serves them now. It cancels a delivery in progress.
func (l *Live) Release(chat int64) {
	lp := l.loop
	lp.mu.Lock()
	defer lp.mu.Unlock()
	for _, s := range lp.sessions.ofChat(chat) {
		s.released = true
		if s.delivery != nil {
			s.delivery.cancel()
		}
		lp.events.update(s)
		lp.sessions.remove(s)
		lp.saver.forgetLocked(s)
		lp.moves.remove(s)
	}
}

// MoveChat gives the walks of a group to the id that the group has as a supergroup, and stores that. Their IDs stay.
func (l *Live) MoveChat(ctx context.Context, from, to int64) error {
	if err := l.loaded(ctx); err != nil {
		return err
	}
	lp := l.loop
	lp.mu.Lock()
	for _, s := range lp.sessions.ofChat(from) {
		if lp.sessions.walks[key{to, s.walk.Message}] != nil {
			continue // the supergroup numbers its messages from the beginning, and one of its walks has this number
		}
		delete(lp.sessions.walks, s.key())
		s.walk.Chat = to
		lp.sessions.walks[s.key()] = s
		lp.saver.changeLocked(s)
	}
	lp.mu.Unlock()
	return lp.saver.save(ctx)
}

// Holds reports whether a walk of the chat is here. A walk that ended counts until its person has the summary.
func (l *Live) Holds(chat int64) bool {
	l.loop.mu.Lock()
	defer l.loop.mu.Unlock()
	return len(l.loop.sessions.ofChat(chat)) > 0
}

// continueLocked continues a walk of another process.
func (l *loop) continueLocked(w store.Walk, now time.Time) {
	s := &session{walk: w, index: -1, lastContact: now, choiceBy: w.Began.Add(choiceWait), notifyAt: now}
	s.walk.Track = s.encoder.Resume(w.Track, track.Fix{Point: w.Point, At: w.Fixed})
	l.sessions.add(s)
	if s.ended() {
		l.events.update(s)
		return
	}
	if older := l.sessions.current[w.Person]; older != nil { // more than one process wrote to the store
		l.endLocked(older, Replaced, now)
	}
	l.sessions.current[w.Person] = s
	s.blocked = l.sessions.delivering[w.Person] != nil // of a walk that was released
	s.resume(now)
	l.events.update(s)
}

// oldestFirst orders walks by their beginning, so that the newest walk of a person is the one that goes on.
func oldestFirst(walks []store.Walk) []store.Walk {
	walks = slices.Clone(walks)
	slices.SortFunc(walks, func(a, b store.Walk) int { return a.Began.Compare(b.Began) })
	return walks
}
