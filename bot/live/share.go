package live

import (
	"context"
	"math"
	"strconv"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// Forever is the live period of a location that is shared until the person stops it.
const Forever = math.MaxInt32 * time.Second

// Share is a live location as Telegram reports it, at its beginning and with each edit.
type Share struct {
	Person  int64
	Chat    int64
	Message int
	Topic   int // of the chat; 0 = none
	Point   geo.Point
	Heading float64       // degrees; 0 = unknown, as in Telegram
	Radius  float64       // metres around Point within which the phone is, as it estimates; 0 = unknown
	Date    time.Time     // of the message
	Edited  time.Time     // when the phone was at Point; zero = at Date
	Period  time.Duration // the live period; 0 = sharing has ended
	Arrived time.Time     // zero = now
	Aim     geo.Point     // of a walk that begins with the share, as SetAim sets it
}

func (sh *Share) key() key { return key{sh.Chat, sh.Message} }

// ID returns the ID of the walk of the share.
func (sh *Share) ID() string {
	return strconv.FormatInt(sh.Chat, 10) + ":" + strconv.Itoa(sh.Message)
}

func (sh *Share) ends() time.Time {
	if sh.Period >= Forever {
		return time.Time{}
	}
	return stamp(sh.Date.Add(sh.Period))
}

func (sh *Share) over(now time.Time) bool {
	ends := sh.ends()
	return sh.Period <= 0 || !ends.IsZero() && !ends.After(now)
}

func (sh *Share) fix() fix {
	f := fix{point: sh.Point, heading: sh.Heading, radius: sh.Radius, at: stamp(sh.Edited)}
	if sh.Edited.IsZero() {
		f.at = stamp(sh.Date)
	}
	if f.heading <= 0 {
		f.heading = -1
	}
	return f
}

// session returns a session that begins with the share.
func (sh *Share) session(interval time.Duration, now time.Time, revision uint64) *session {
	arrived := stamp(sh.Arrived)
	if sh.Arrived.IsZero() || arrived.After(now) {
		arrived = now
	}
	f := sh.fix()
	s := &session{
		index: -1, starting: true, lastContact: now, choiceBy: arrived.Add(choiceWait),
		walk: store.Walk{
			ID: sh.ID(), Person: sh.Person, Revision: revision,
			Share:    store.Share{Chat: sh.Chat, Message: sh.Message, Topic: sh.Topic, Began: arrived, Date: stamp(sh.Date), Ends: sh.ends()},
			Rhythm:   store.Rhythm{Anchor: arrived, Due: arrived, First: true, Aim: sh.Aim},
			Position: store.Position{Point: f.point, Heading: f.heading, Fixed: f.at},
		},
	}
	s.setRhythm(interval)
	s.walk.Chosen = s.aims()
	s.walk.Track, _ = s.encoder.Step(nil, f.step())
	s.motion.observe(f)
	s.arrive(f.radius, now)
	return s
}

// Edit handles an edit of a live location: a move, or the end if Period is 0. An unknown walk, which the process before did not store any more,
// is begun as by Start and returned; otherwise Edit returns nil. Moves take effect at once and are stored with their batch. Edit returns
// ErrEnded for a share that ended or was refused.
func (l *Live) Edit(ctx context.Context, sh Share) (*Started, error) {
	if err := l.loaded(ctx); err != nil {
		return nil, err
	}
	now, lp := wall(), l.loop
	lp.mu.Lock()
	s := lp.sessions.walks[sh.key()]
	if s == nil {
		lp.mu.Unlock()
		if sh.Period <= 0 {
			return nil, ErrEnded
		}
		started, err := l.Start(ctx, sh)
		if err != nil {
			return nil, err
		}
		return &started, nil
	}
	if s.ended() {
		lp.mu.Unlock()
		return nil, ErrEnded
	}
	if sh.Period <= 0 {
		lp.endLocked(s, Unshared, now)
		lp.mu.Unlock()
		return nil, lp.saver.save(ctx)
	}
	lp.editLocked(s, &sh, now)
	lp.mu.Unlock()
	return nil, nil
}

// Move handles an edit that is only a new position of a known walk: it neither waits nor writes. If it reports false, call Edit.
func (l *Live) Move(sh Share) bool {
	now, lp := wall(), l.loop
	lp.mu.Lock()
	defer lp.mu.Unlock()
	s := lp.sessions.walks[sh.key()]
	if s == nil || sh.Period <= 0 {
		return false
	}
	if !s.ended() {
		lp.editLocked(s, &sh, now)
	}
	return true
}

func (l *loop) editLocked(s *session, sh *Share, now time.Time) {
	w := &s.walk
	s.lastContact = now // its event is too early now, which costs less than an update with each edit
	if ends := sh.ends(); !ends.Equal(w.Ends) {
		w.Ends = ends
		l.saver.changeLocked(s)
		l.events.update(s)
	}
	if w.Parked && l.sessions.active < l.cfg.MaxSessions {
		l.unparkLocked(s, now)
	}
	l.moveLocked(s, sh.fix(), now)
}
