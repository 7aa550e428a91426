package live

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"excursobot/geo"
	"excursobot/geo/track"
	"excursobot/store"
)

// Forever is the live period of a location that is shared until it is stopped.
const Forever = math.MaxInt32 * time.Second

const (
	forgetForever = 30 * 24 * time.Hour // after its end a walk without live period is forgotten
	forgetSpare   = 24 * time.Hour      // a live period can be prolonged after the walk ended
)

// Share is a live location as Telegram says it: at its beginning, and again with each edit.
type Share struct {
	Person  int64
	Chat    int64
	Message int
	Point   geo.Point
	Heading float64       // degrees; 0 = unknown, as in Telegram
	Date    time.Time     // of the message
	Edited  time.Time     // when the phone was at Point; zero = at Date
	Period  time.Duration // the live period; 0 = sharing has ended
	Arrived time.Time     // zero = now
}

// Started says what became of a share.
type Started struct {
	Walk     store.Walk
	Resumed  bool        // the walk was there already
	Replaced *store.Walk // the person's other walk, which this one ended
}

func (sh *Share) key() key { return key{sh.Chat, sh.Message} }

// ID is that of the share's walk.
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
	f := fix{point: sh.Point, heading: sh.Heading, at: stamp(sh.Edited)}
	if sh.Edited.IsZero() {
		f.at = stamp(sh.Date)
	}
	if f.heading <= 0 {
		f.heading = -1
	}
	return f
}

// stamp cuts a time to what the store keeps of it, so that a walk read back is the walk that was written.
func stamp(t time.Time) time.Time { return t.Round(0).UTC().Truncate(time.Microsecond) }

// Start begins a walk, whose first story is due at once. For a share that is known it returns the walk as it is, for one
// that ended or was refused ErrEnded, and ErrFull when no place is free, once. Another walk of the person ends first.
func (l *Live) Start(ctx context.Context, sh Share) (Started, error) {
	if err := l.loaded(ctx); err != nil {
		return Started{}, err
	}
	l.mu.Lock()
	s := l.walks[sh.key()]
	l.mu.Unlock()
	if s != nil {
		return l.resumed(ctx, s)
	}
	if !sh.Point.Valid() {
		return Started{}, fmt.Errorf("start walk: %w: point off the globe", store.ErrInvalid)
	}
	known, err := l.cfg.Store.Walk(ctx, sh.ID())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Started{}, fmt.Errorf("start walk: %w", err)
	}
	now := stamp(wall())
	if sh.over(now) || known.Closed || !known.Ended.IsZero() {
		return Started{}, ErrEnded
	}
	return l.begin(ctx, sh, now, known.Revision)
}

// resumed waits until a known walk is stored, which it is not while another call begins it.
func (l *Live) resumed(ctx context.Context, s *session) (Started, error) {
	if err := l.save(ctx); err != nil {
		return Started{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case s.ended():
		return Started{}, ErrEnded
	case s.walk.Closed:
		return Started{}, errors.New("start walk: its beginning was not stored")
	}
	return Started{Walk: s.snapshot(), Resumed: true}, nil
}

func (l *Live) begin(ctx context.Context, sh Share, now time.Time, revision uint64) (Started, error) {
	s := l.newSession(sh, now, revision)
	l.mu.Lock()
	if twin := l.walks[s.key()]; twin != nil {
		l.mu.Unlock()
		return l.resumed(ctx, twin)
	}
	other := l.goingLocked(sh.Person, now)
	taken := l.active
	if other != nil && !other.walk.Parked {
		taken--
	}
	if taken >= l.cfg.MaxSessions {
		l.refuseLocked(s, now)
		l.mu.Unlock()
		if err := l.save(ctx); err != nil {
			return Started{}, err
		}
		return Started{}, ErrFull
	}
	var replaced *store.Walk
	if other != nil {
		l.endLocked(other, Replaced, now)
		w := other.snapshot()
		replaced = &w
	}
	l.active++
	l.walks[s.key()], l.people[sh.Person] = s, s
	l.changeLocked(s)
	l.mu.Unlock()

	err := l.save(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.forgetLocked(s)
		return Started{}, err
	}
	s.starting = false
	l.stats.Started++
	if s.ended() { // meanwhile
		l.events.place(s)
		return Started{}, ErrEnded
	}
	s.blocked = l.telling[sh.Person] != nil
	l.events.place(s)
	signal(l.wake)
	l.log.Info("live_started", "user_id", sh.Person, "sessions", l.active)
	return Started{Walk: s.snapshot(), Replaced: replaced}, nil
}

func (l *Live) newSession(sh Share, now time.Time, revision uint64) *session {
	arrived := stamp(sh.Arrived)
	if sh.Arrived.IsZero() || arrived.After(now) {
		arrived = now
	}
	f := sh.fix()
	s := &session{
		index: -1, starting: true, heard: now, choiceBy: arrived.Add(choiceWait),
		walk: store.Walk{
			ID: sh.ID(), Person: sh.Person, Revision: revision,
			Share:    store.Share{Chat: sh.Chat, Message: sh.Message, Began: arrived, Date: stamp(sh.Date), Ends: sh.ends()},
			Rhythm:   store.Rhythm{Interval: l.cfg.Default, Anchor: arrived, Due: arrived, First: true},
			Position: store.Position{Point: f.point, Heading: f.heading, Fixed: f.at},
		},
	}
	s.walk.Track, _ = s.encoder.Step(nil, track.Fix{Point: f.point, At: f.at})
	return s
}

// refuseLocked remembers the share, so that its edits are not taken for a walk.
func (l *Live) refuseLocked(s *session, now time.Time) {
	l.stats.Refused++
	s.walk.Reason, s.walk.Ended = Refused, now
	closeWalk(&s.walk)
	l.walks[s.key()] = s
	l.changeLocked(s)
}

// forgetLocked takes back a beginning that could not be stored.
func (l *Live) forgetLocked(s *session) {
	if !s.ended() {
		l.active--
	}
	s.walk.Closed = true
	delete(l.walks, s.key())
	if l.people[s.walk.Person] == s {
		delete(l.people, s.walk.Person)
	}
	for i, c := range l.changed {
		if c == s {
			l.changed = append(l.changed[:i], l.changed[i+1:]...)
			break
		}
	}
}

// Edit takes an edit of a live location: a move, or with Period 0 its end. A walk that is not known, because the process
// stopped before it was stored, is begun as by Start and returned; otherwise there is none to return. Moves are
// taken at once and stored with their batch. An edit of a share that ended or was refused is ErrEnded: there is nothing to say.
func (l *Live) Edit(ctx context.Context, sh Share) (*Started, error) {
	if err := l.loaded(ctx); err != nil {
		return nil, err
	}
	now := wall()
	l.mu.Lock()
	s := l.walks[sh.key()]
	if s == nil {
		l.mu.Unlock()
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
		l.mu.Unlock()
		return nil, ErrEnded
	}
	if sh.Period <= 0 {
		l.endLocked(s, Unshared, now)
		l.mu.Unlock()
		return nil, l.save(ctx)
	}
	l.editLocked(s, &sh, now)
	l.mu.Unlock()
	return nil, nil
}

// Move takes an edit that needs no answer: a new position of a walk that is known. It is Edit without waiting and without a write, and
// says whether that was all there was to do; if not, Edit is to be called.
func (l *Live) Move(sh Share) bool {
	now := wall()
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.walks[sh.key()]
	if s == nil || sh.Period <= 0 {
		return false
	}
	if !s.ended() {
		l.editLocked(s, &sh, now)
	}
	return true
}

func (l *Live) editLocked(s *session, sh *Share, now time.Time) {
	w := &s.walk
	s.heard = now // its event is now too early, which costs less than to move it with each edit
	if ends := sh.ends(); !ends.Equal(w.Ends) {
		w.Ends = ends
		l.changeLocked(s)
		l.events.place(s)
	}
	if w.Parked && l.active < l.cfg.MaxSessions {
		l.unparkLocked(s, now)
	}
	l.moveLocked(s, sh.fix(), now)
}
