package live

// sessions holds the walks and counts them. The mutex of the loop guards it.
type sessions struct {
	walks          map[key]*session   // all walks that are not closed
	current        map[int64]*session // by person: the walk that goes on
	delivering     map[int64]*session // by person: the walk with a delivery in progress
	active, parked int                // walks that go on
}

func newSessions() sessions {
	return sessions{walks: make(map[key]*session), current: make(map[int64]*session), delivering: make(map[int64]*session)}
}

// add adds a walk. It does not become the current one of its person.
func (ss *sessions) add(s *session) {
	ss.walks[s.key()] = s
	switch {
	case s.ended():
	case s.walk.Parked:
		ss.parked++
	default:
		ss.active++
	}
}

// retire stops counting a walk that is about to end.
func (ss *sessions) retire(s *session) {
	if s.walk.Parked {
		ss.parked--
	} else {
		ss.active--
	}
	if ss.current[s.walk.Person] == s {
		delete(ss.current, s.walk.Person)
	}
}

// remove removes a walk in any state.
func (ss *sessions) remove(s *session) {
	if !s.ended() && !s.walk.Closed {
		ss.retire(s)
	}
	delete(ss.walks, s.key())
}

func (ss *sessions) park(s *session) {
	s.walk.Parked = true
	ss.active--
	ss.parked++
}

func (ss *sessions) unpark(s *session) {
	s.walk.Parked = false
	ss.active++
	ss.parked--
}

// mostSilent returns the parked walk whose phone has been silent for the longest time, nil if none is parked.
func (ss *sessions) mostSilent() *session {
	var found *session
	for _, s := range ss.walks { // rare, and some hundreds at most
		if !s.ended() && s.walk.Parked && (found == nil || s.lastContact.Before(found.lastContact)) {
			found = s
		}
	}
	return found
}

// ofChat returns the walks of a chat.
func (ss *sessions) ofChat(chat int64) (found []*session) {
	for k, s := range ss.walks { // some hundreds at most
		if k.chat == chat {
			found = append(found, s)
		}
	}
	return found
}
