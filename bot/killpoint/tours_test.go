//go:build chaos

package killpoint

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"excursobot/bot/sim"
	"excursobot/bot/text"
	"excursobot/geo"
)

const (
	touristCount = 8 // people who take a tour; every second one shares a live location on it
	passerCount  = 4 // people who walk and hear of what they pass
	moveEvery    = time.Second
	actEvery     = 700 * time.Millisecond // between two acts of one person, so that their chat's lane holds what they asked while the bot was away
	passStep     = 7.0                    // metres between two positions of a passer
	tourStep     = 40.0                   // the same on a tour, so that a seed sees a whole one
)

// tourPoints are the points around the steps of a tour, for the first and for the second kill that is there in each run: tours begin before the one
// and end before the other.
var tourPoints = [tourKills][]string{
	{"plan.before", "plan.after", "step.before", "step.after"},
	{"over.before", "over.after", "step.before", "step.after"},
}

// stroller is a person whose live location moves all the time: on a tour, or past what there is.
type stroller struct {
	*sim.Person
	tours, shares bool

	mu      sync.Mutex
	message int // of the live location; 0 = it is not shared
	at      geo.Point
	course  float64
	steps   int

	acted time.Time // when the person last did something
}

// newStrollers returns the people who take tours, and those who walk past things.
func (r *crashRun) newStrollers() {
	for i := range touristCount + passerCount {
		s := &stroller{
			Person: r.tg.Person(sim.Profile{ID: int64(700 + i), FirstName: "T", LanguageCode: "en"}), tours: i < touristCount,
			course: float64(i) * 70,
		}
		s.shares = !s.tours || i%2 == 1
		s.at = geo.Offset(geo.Point{Lat: cityLat, Lon: cityLon}, s.course+180, 250)
		r.strollers = append(r.strollers, s)
	}
}

// share begins to share the live location.
func (s *stroller) share() (update int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.message == 0 {
		update, s.message = s.Share(s.at.Lat, s.at.Lon, 3600)
	}
	return update
}

// stroll moves everybody who shares a location, until stop is closed.
func (r *crashRun) stroll(stop <-chan struct{}) {
	tick := time.NewTicker(moveEvery)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			for _, s := range r.strollers {
				s.move()
			}
		}
	}
}

// move sends the next position: towards the aim of the tour, or along the course, which leads through the city and back.
func (s *stroller) move() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.message == 0 {
		return
	}
	aim, ok := s.aim()
	switch {
	case s.tours && !ok:
	case s.tours:
		s.at = geo.Offset(s.at, geo.Bearing(s.at, aim), min(tourStep, geo.Distance(s.at, aim)))
	default:
		if s.steps++; s.steps%70 == 0 {
			s.course += 190
		}
		s.at = geo.Offset(s.at, s.course, passStep)
	}
	s.Move(s.message, s.at.Lat, s.at.Lon, int(s.course)%360+1)
}

var mapQuery = regexp.MustCompile(`[?&]query=(-?[\d.]+),(-?[\d.]+)`)

// newest returns the newest message that leads on in the tour; its ID is 0 if there is none.
func (s *stroller) newest() (newest sim.Message) {
	for _, m := range s.Messages() {
		if m.FromBot && dataOf(m, "tour:end:") != "" {
			newest = m
		}
	}
	return newest
}

// aim returns where the newest message of the tour leads.
func (s *stroller) aim() (p geo.Point, ok bool) {
	for _, row := range s.newest().Buttons {
		for _, b := range row {
			if found := mapQuery.FindStringSubmatch(b.URL); found != nil {
				lat, err1 := strconv.ParseFloat(found[1], 64)
				lon, err2 := strconv.ParseFloat(found[2], 64)
				return geo.Point{Lat: lat, Lon: lon}, err1 == nil && err2 == nil
			}
		}
	}
	return p, false
}

func dataOf(m sim.Message, prefix string) string {
	for _, row := range m.Buttons {
		for _, b := range row {
			if strings.HasPrefix(b.Data, prefix) {
				return b.Data
			}
		}
	}
	return ""
}

// over reports whether the tour was summed up.
func (s *stroller) over(words *text.Words) bool {
	return slices.ContainsFunc(s.Messages(), func(m sim.Message) bool {
		return m.FromBot && strings.HasPrefix(m.HTML, words.Say("tour.end_none")[:12])
	})
}

// strollOn lets a stroller do the next thing: ask for a tour, begin it, say that they are there, skip a stop; or choose to hear of what is passed.
func (r *crashRun) strollOn(s *stroller, dice int) {
	if time.Since(s.acted) < actEvery {
		return
	}
	s.acted = time.Now()
	press := func(m sim.Message, prefix string) {
		if data := dataOf(m, prefix); data != "" {
			r.updates = append(r.updates, s.Press(m.ID, data))
		}
	}
	newest, messages := s.newest(), s.Messages()
	start, data := buttonOf(s.Person, "tour:start:")
	switch waits := len(messages) > 0 && !messages[len(messages)-1].FromBot; {
	case !s.tours:
		r.updates = append(r.updates, s.share())
		if m, data := buttonOf(s.Person, "every:pass"); data != "" {
			r.updates = append(r.updates, s.Press(m, data))
		}
	case s.over(r.words):
	case newest.ID != 0 && dataOf(newest, "tour:there:") == "" && !s.shares:
		press(newest, "tour:end:") // the person is back at the start
	case newest.ID != 0 && dice < 25:
		press(newest, "tour:skip:")
	case newest.ID != 0 && s.shares:
		r.updates = append(r.updates, s.share())
	case newest.ID != 0:
		press(newest, "tour:there:")
	case data != "":
		r.updates = append(r.updates, s.Press(start, data))
	case waits: // for the answer
	case len(messages) == 0:
		r.updates = append(r.updates, s.Locate(s.at.Lat, s.at.Lon))
	default:
		r.updates = append(r.updates, s.Say("/tour 30"))
	}
}

// endTours lets everybody take their tour to its end, and the passers walk on meanwhile. Nobody may be stuck. If the clock is set by more than a day, tours
// are over.
func (r *crashRun) endTours() {
	if r.plan.clock {
		return
	}
	const patience = 100 * time.Second
	left := func() (list []*stroller) {
		for _, s := range r.strollers {
			if s.tours && !s.over(r.words) {
				list = append(list, s)
			}
		}
		return list
	}
	for late := time.Now().Add(patience); len(left()) > 0 && time.Now().Before(late); time.Sleep(time.Second / 2) {
		for _, s := range left() {
			if messages := s.Messages(); len(messages) == 0 || messages[len(messages)-1].FromBot && time.Since(lastChanged(messages[len(messages)-1])) > time.Second ||
				time.Since(messages[len(messages)-1].At) > 15*time.Second {
				r.strollOn(s, 25+r.rng.IntN(75))
			}
		}
	}
	for _, s := range left() {
		r.t.Errorf("the tour of person %d did not end", s.ID())
	}
}

// stopStrolling ends the live locations.
func (r *crashRun) stopStrolling() {
	for _, s := range r.strollers {
		s.mu.Lock()
		if s.message != 0 {
			r.updates = append(r.updates, s.StopSharing(s.message))
			r.walkers[s.Person] = s.message
		}
		s.message = 0
		s.mu.Unlock()
	}
}

var (
	listedStop = regexp.MustCompile(`(?m)^\d+\. <a href="[^"]*">(.*?)</a> · `)
	nextStop   = regexp.MustCompile(`^Next, stop (\d+) of (\d+): `)
	endOfTour  = regexp.MustCompile(`^The tour is over(?:: (\d+) of (\d+) stops)?`)
)

// auditTour checks that a tour led from stop to stop without leaving one out, that each stop was told once, or as attribute allows, and that the end counted
// them.
func (r *crashRun) auditTour(a *audit, s *stroller) {
	who := fmt.Sprint("the tour of person ", s.ID())
	var stops []string
	told, used := map[string]sim.Message{}, map[int]bool{}
	led, again, ends := 0, 0, 0
	for _, m := range s.Messages() {
		if !m.FromBot {
			continue
		}
		_, title, isStory := titleOf(m)
		next, end := nextStop.FindStringSubmatch(m.Text), endOfTour.FindStringSubmatch(m.Text)
		switch {
		case dataOf(m, "tour:start:") != "":
			if led > 0 && !r.plan.clock {
				a.fault("%s was planned again", who)
			}
			stops, led = nil, 0
			for _, found := range listedStop.FindAllStringSubmatch(m.HTML, -1) {
				stops = append(stops, html.UnescapeString(found[1]))
			}
		case next != nil:
			n, _ := strconv.Atoi(next[1])
			switch {
			case n == led:
				again++
			case n != led+1:
				a.fault("%s led to stop %d after stop %d", who, n, led)
			}
			led = n
		case strings.Contains(m.Text, "nothing new to tell"):
			a.fault("%s: %q", who, m.Text)
		case end != nil:
			ends++
			if n, _ := strconv.Atoi(end[1]); n != len(told) && !r.plan.clock {
				a.fault("%s told of %d stops, and counted %d", who, len(told), n)
			}
		case isStory && slices.Contains(stops, title) && ends == 0:
			a.stops++
			if first, twice := told[title]; twice {
				r.attribute(a, who, used, first, m)
			}
			told[title] = m
		}
	}
	a.tours++
	if shared := 1; again > len(r.crashes)+r.cuts+shared { // to share a location names the stop again
		a.fault("%s named a stop again %d times", who, again)
	}
	if ends == 0 && !r.plan.clock || ends > 1+len(r.crashes) {
		a.fault("%s has %d ends", who, ends)
	}
}
