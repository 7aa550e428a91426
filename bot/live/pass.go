package live

import (
	"math"
	"time"

	"excursobot/geo"
)

// A walk that tells what the walker passes has one due time: the end of the longest time without a story. Package bot names the untold
// places around (Hooks.Survey). With each position that is applied, the walk decides whether one of them is to be told now.

// Pass stands for an interval: a story comes when the walker passes something.
const Pass time.Duration = -1

const (
	passNear     = 60.0             // metres from a place within which the walker passes it
	passFar      = 120.0            // the same at the closest approach, and for a phone that hardly knows where it is
	corridor     = 600.0            // metres ahead in which places are known and prepared
	passWait     = 10 * time.Minute // walked without a story: then the best place near is told
	passBest     = 400.0            // metres within which that place is
	rideReach    = 1000.0           // metres within which a rich place is told to them
	standMetres  = 40.0             // from the last story, that a person who stands still must have walked before another one
	surveyMetres = 150.0            // from the last survey, after which there is another one
	surveyAge    = 5 * time.Minute  // the same as a time: others may have had stories written
	surveyTurn   = 45.0             // degrees of a turn, after which there is another survey
	surveyPause  = 10 * time.Second // between two surveys
	passStart    = 5 * time.Second  // for a story to begin: after that the walker is elsewhere, and the next position decides again
	maxSights    = 100              // the nearest ones are kept
	stillAfter   = time.Minute      // without an update of the phone, the walker counts as standing
)

// Sight is a place near a walk that was not told to the person.
type Sight struct {
	Place string // its ID
	Point geo.Point
	Value float64 // of two places the one with the greater value is the better one
	Rich  bool    // there is much to tell
}

// Survey asks for the sights around a walker, and for the stories of those ahead to be prepared.
type Survey struct {
	Point  geo.Point
	Radius float64 // metres
	Course float64 // degrees clockwise from north, negative = unknown
	Speed  float64 // metres per second
	Riding bool    // only rich places count
}

// Ahead reports whether a point lies in the corridor that the walker is about to walk through, and how far along it.
func (v Survey) Ahead(p geo.Point) (metres float64, ahead bool) {
	d := geo.Distance(v.Point, p)
	if v.Course < 0 {
		return d, d <= v.Radius
	}
	along, aside := onCourse(v.Point, p, v.Course)
	if v.Riding {
		return along, along >= 0 && d <= v.Radius
	}
	return along, along >= -passNear && along <= v.Radius && aside <= passFar
}

// onCourse returns how far p lies ahead of a walker on a course, and how far to the side, in metres. Behind is negative.
func onCourse(from, p geo.Point, course float64) (along, aside float64) {
	sin, cos := math.Sincos(geo.Turn(geo.Bearing(from, p), course) * math.Pi / 180)
	d := geo.Distance(from, p)
	return d * cos, math.Abs(d * sin)
}

// passing is what a walk knows of the places around.
type passing struct {
	sights []Sight         // untold; at most maxSights
	tried  map[string]bool // of the sights, those whose story was not ready at its moment

	asked  Survey    // the last one
	at     time.Time // when it was asked; zero = never
	wanted time.Time // when another one became due; zero = it is not
	asking bool
	failed bool // the last survey

	place string    // whose story is due now; "" = none
	since time.Time // when the walker came there
}

// passes reports whether the walk tells what the walker passes.
func (s *session) passes() bool { return s.walk.Pass && !s.walk.First && !s.aims() }

// setRhythm sets how often stories come: an interval or Pass.
func (s *session) setRhythm(every time.Duration) {
	w := &s.walk
	if every == Pass || w.Pass {
		w.Quiet, w.QuietAt = false, geo.Point{}
	}
	w.Interval, w.Pass = every, every == Pass
	if w.Pass {
		w.Interval = passWait
	}
	s.passing = passing{}
}

// waitAgain begins the wait for a story.
func (s *session) waitAgain(now time.Time) {
	s.walk.Anchor = stamp(now)
	s.walk.Due = s.walk.Anchor.Add(s.walk.Interval)
}

// still reports whether the person stands still, as far as that is known.
func (s *session) still(now time.Time) bool {
	speed, _ := s.motion.course()
	return speed < standing || now.Sub(s.lastContact) > stillAfter
}

// hold lets no time of the wait pass: the person does not walk.
func (s *session) hold(d time.Duration, now time.Time) {
	w := &s.walk
	if due := w.Due.Add(d); d > 0 && !due.After(now.Add(w.Interval)) {
		w.Anchor, w.Due = w.Anchor.Add(d), due
	}
}

// look decides, after a position was applied, whether a place is to be told and whether another survey is due. It reports whether there is an event.
func (s *session) look(radius float64, cfg *Config, now time.Time) bool {
	if !s.passes() || s.walk.Paused {
		return false
	}
	p := &s.passing
	if p.wanted.IsZero() && s.wantsSurvey(now) {
		p.wanted = now
	}
	if p.place == "" && s.delivery == nil && now.Sub(s.walk.Told) >= cfg.PassGap && !(s.still(now) && s.toldHere()) {
		if sight, ok := s.pick(min(max(radius, passNear), passFar), cfg.Riding); ok {
			p.place, p.since = sight.Place, s.lastContact
		}
	}
	return p.place != "" || !p.wanted.IsZero()
}

// toldHere reports whether the last story was told where the walker is.
func (s *session) toldHere() bool {
	w := &s.walk
	return w.ToldAt != (geo.Point{}) && geo.Distance(w.ToldAt, w.Point) < standMetres
}

func (s *session) wantsSurvey(now time.Time) bool {
	p := &s.passing
	age := now.Sub(p.at)
	if p.at.IsZero() || age >= surveyAge {
		return !p.asking
	}
	if p.asking || age < surveyPause {
		return false
	}
	if p.failed {
		return true
	}
	moved := geo.Distance(p.asked.Point, s.walk.Point)
	speed, _ := s.motion.course()
	if speed < standing {
		return moved > surveyMetres
	}
	turned := p.asked.Course < 0 || math.Abs(geo.Turn(s.heading(), p.asked.Course)) > surveyTurn
	return moved > max(surveyMetres, speed*15) || turned && moved > standMetres
}

// survey returns the survey that is due.
func (s *session) survey(riding float64, now time.Time) Survey {
	v := Survey{Point: s.walk.Point, Course: s.heading(), Radius: corridor}
	if v.Speed, _ = s.motion.course(); v.Speed > riding {
		v.Radius, v.Riding = rideReach, true
	}
	s.passing.asked, s.passing.at, s.passing.asking, s.passing.wanted = v, now, true, time.Time{}
	return v
}

// pick returns the place to tell now: one within reach, or one that the walker will not come closer to. Nothing behind is told while something is ahead.
func (s *session) pick(reach, riding float64) (best Sight, found bool) {
	w := &s.walk
	speed, _ := s.motion.course()
	course, sure := s.motion.facing(w.Heading, w.Fixed)
	recedes := func(p geo.Point) bool { return s.motion.recedes(w.Point, p, w.Fixed) }
	ahead := func(p geo.Point) bool {
		along, _ := onCourse(w.Point, p, course)
		return (course < 0 || along >= 0) && !recedes(p)
	}
	const step = 5 * time.Second // about from one position to the next
	passed := func(c Sight) bool {
		d := geo.Distance(w.Point, c.Point)
		switch {
		case speed > riding:
			return c.Rich && d <= rideReach && ahead(c.Point)
		case d <= reach:
			return true
		case speed < standing || d > passFar || !sure:
			return false
		}
		along, _ := onCourse(w.Point, c.Point, course)
		return along >= 0 && along <= max(speed*step.Seconds(), 10)
	}
	better := func(a, b Sight) bool {
		if fa, fb := ahead(a.Point), ahead(b.Point); fa != fb {
			return fa
		}
		return geo.Distance(w.Point, a.Point) < geo.Distance(w.Point, b.Point)
	}
	for _, c := range s.passing.sights {
		if !s.passing.tried[c.Place] && passed(c) && (!found || better(c, best)) {
			best, found = c, true
		}
	}
	return best, found && (ahead(best.Point) || !s.somethingAhead())
}

// somethingAhead reports whether an untold place lies in the corridor ahead. While the walker turns, that is wherever they come closer to one.
func (s *session) somethingAhead() bool {
	w := &s.walk
	course, sure := s.motion.facing(w.Heading, w.Fixed)
	turns := !sure && s.motion.goes(w.Fixed)
	v := Survey{Point: w.Point, Course: course, Radius: corridor}
	for _, c := range s.passing.sights {
		if turns && geo.Distance(w.Point, c.Point) <= corridor && !s.motion.recedes(w.Point, c.Point, w.Fixed) {
			return true
		}
		if along, ahead := v.Ahead(c.Point); ahead && along >= 0 {
			return true
		}
	}
	return false
}

// bestNear returns the best place within passBest, ahead if there is one; "" if none is known.
func (s *session) bestNear() string {
	v := Survey{Point: s.walk.Point, Course: s.heading(), Radius: passBest}
	var best Sight
	var bestAhead bool
	for _, c := range s.passing.sights {
		ahead := true
		if v.Course >= 0 {
			along, _ := onCourse(s.walk.Point, c.Point, v.Course)
			ahead = along >= 0
		}
		if geo.Distance(s.walk.Point, c.Point) > passBest || best.Place != "" && bestAhead && !ahead {
			continue
		}
		if best.Place == "" || ahead && !bestAhead || c.Value > best.Value {
			best, bestAhead = c, ahead
		}
	}
	return best.Place
}

// surveyLocked returns the call of the Survey hook.
func (l *loop) surveyLocked(s *session, now time.Time) func() {
	v, walk := s.survey(l.cfg.Riding, now), s.snapshot()
	answered := false
	return func() {
		l.hooks.Survey(walk, v, func(sights []Sight, err error) {
			l.mu.Lock()
			defer l.mu.Unlock()
			if answered {
				return
			}
			answered = true
			l.surveyedLocked(s, sights, err, wall())
		})
	}
}

// surveyedLocked takes the sights. After an error the old ones stay.
func (l *loop) surveyedLocked(s *session, sights []Sight, err error, now time.Time) {
	p := &s.passing
	p.asking, p.failed = false, err != nil
	if err == nil {
		p.sights = append([]Sight(nil), sights[:min(len(sights), maxSights)]...)
		tried := map[string]bool{}
		for _, c := range p.sights {
			if p.tried[c.Place] {
				tried[c.Place] = true
			}
		}
		p.tried = tried
	}
	if !s.ended() && s.look(s.received.radius, &l.cfg, now) {
		l.events.update(s)
		signal(l.wake)
	}
}

// passed removes a place from the sights, or remembers that its story was not ready.
func (p *passing) passed(place string, o Outcome) {
	switch o {
	case Dropped:
	case Delivered:
		for i, c := range p.sights {
			if c.Place == place {
				p.sights = append(p.sights[:i], p.sights[i+1:]...)
				break
			}
		}
	case Unready, Failed, Nothing, Unreachable:
		if p.tried == nil {
			p.tried = map[string]bool{}
		}
		p.tried[place] = true
	}
}

// resumePass adapts a stored walk to a story that was told since it was stored, and to one that was on its way.
func (s *session) resumePass(now time.Time) {
	w := &s.walk
	s.passing.wanted = now
	if w.Number > 0 && (w.First || w.Told.After(w.Anchor)) {
		w.First = false
		s.waitAgain(w.Told)
		w.ToldAt = w.Point
	}
	if a := w.Attempt; a.Number == w.Number+1 && a.Place != "" && !a.Asked && !w.First {
		s.passing.place, s.passing.since = a.Place, now
	}
}
