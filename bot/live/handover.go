package live

import (
	"slices"

	"excursobot/store"
)

// Several replicas on one store have each walk in one of them at a time. Which, the bot decides; here walks come and go.

// Adopt goes on with open walks that another process kept, as they were stored. One that is here already stays as it is.
func (l *Live) Adopt(walks []store.Walk) {
	now := wall()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range oldestFirst(walks) {
		if l.walks[key{w.Chat, w.Message}] == nil && !w.Closed {
			l.adoptLocked(w, now)
		}
	}
	signal(l.wake)
}

// Drop forgets the walks of a chat without a word and without a write: another process keeps them now. A delivery under way is cancelled.
func (l *Live) Drop(chat int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for k, s := range l.walks {
		if k.chat == chat {
			l.dropLocked(s)
		}
	}
}

func (l *Live) dropLocked(s *session) {
	s.dropped = true
	switch {
	case s.ended(), s.walk.Closed:
	case s.walk.Parked:
		l.parked--
	default:
		l.active--
	}
	if s.telling != nil {
		s.telling.cancel()
	}
	l.events.place(s)
	delete(l.walks, s.key())
	if l.people[s.walk.Person] == s {
		delete(l.people, s.walk.Person)
	}
	l.changed = slices.DeleteFunc(l.changed, func(c *session) bool { return c == s })
	l.pending = slices.DeleteFunc(l.pending, func(p *session) bool { return p == s })
}

// Keeps says whether a walk of the chat is here, one whose end was not said yet included.
func (l *Live) Keeps(chat int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for k := range l.walks { // some hundreds at most
		if k.chat == chat {
			return true
		}
	}
	return false
}

// oldestFirst orders walks by when they began, so that the newest of a person is the one that goes on.
func oldestFirst(walks []store.Walk) []store.Walk {
	walks = slices.Clone(walks)
	slices.SortFunc(walks, func(a, b store.Walk) int { return a.Began.Compare(b.Began) })
	return walks
}
