package loadtest

import (
	"context"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo"
)

// soakWalker is a person who shares a live location, chooses how often, and walks.
type soakWalker struct {
	person  *sim.Person
	id      int64
	log     *soakLog
	rng     *rand.Rand
	at      geo.Point
	heading float64
	share   int
}

func (s soak) people(telegram *sim.Telegram, log *soakLog, articles []sim.Article) []*soakWalker {
	spots := landmarks(s.Seed, articles)
	list := make([]*soakWalker, s.Walks)
	for i := range list {
		id := int64(i + 1)
		rng := rand.New(rand.NewPCG(s.Seed, uint64(id)))
		list[i] = &soakWalker{
			person: telegram.Person(sim.Profile{ID: id, FirstName: "Soak", LanguageCode: language(rng)}),
			id:     id, log: log, rng: rng, at: geo.Offset(spots[zipf(rng, len(spots))], rng.Float64()*360, 100), heading: rng.Float64() * 360,
		}
	}
	return list
}

// walk shares after the delay, presses the interval's button as soon as it is there, and goes at 1.4 m/s, with as many fixes as its
// part of all moves.
func (p *soakWalker) walk(ctx context.Context, s soak, delay time.Duration) {
	if !wait(ctx, delay) {
		return
	}
	p.log.shared(p.id)
	_, p.share = p.person.Share(p.at.Lat, p.at.Lon, 8*3600)
	chosen := false
	pause := max(time.Second, (s.For-delay)*time.Duration(s.Walks)/time.Duration(max(1, s.Moves)))
	fixes := time.NewTicker(pause)
	defer fixes.Stop()
	look := time.NewTicker(50 * time.Millisecond) // for the question
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			if chosen = chosen || p.choose(s.Every); chosen {
				look.Stop()
			}
		case <-fixes.C:
			p.heading += p.rng.NormFloat64() * 20
			p.at = geo.Offset(p.at, p.heading, 1.4*pause.Seconds())
			p.person.Move(p.share, p.at.Lat, p.at.Lon, 1+int(p.heading+720)%360)
			p.log.moved()
		}
	}
}

// choose presses the button, if it is there.
func (p *soakWalker) choose(every time.Duration) bool {
	question := p.log.question(p.id)
	if question == 0 {
		return false
	}
	p.log.chose(p.id)
	return p.person.Press(question, "every:"+every.String()) != 0
}

func (p *soakWalker) stop() { p.person.StopSharing(p.share) }

// soakLog notes what people see in their chats.
type soakLog struct {
	mu       sync.Mutex
	walks    map[int64]*soakChat
	moves    int
	killed   time.Time
	answered time.Time // when the process after the kill was ready
}

type soakChat struct {
	shared, first, chosen time.Time
	question              int
	stories               []soakStory
	summary, picture      bool
}

type soakStory struct {
	number int
	place  string
	at     time.Time
}

func newSoakLog() *soakLog { return &soakLog{walks: map[int64]*soakChat{}} }

func (l *soakLog) chat(id int64) *soakChat {
	c := l.walks[id]
	if c == nil {
		c = &soakChat{}
		l.walks[id] = c
	}
	return c
}

func (l *soakLog) shared(id int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.chat(id).shared = time.Now()
}

func (l *soakLog) chose(id int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.chat(id).chosen = time.Now()
}

func (l *soakLog) moved() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.moves++
}

func (l *soakLog) question(id int64) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.chat(id).question
}

var numbered = regexp.MustCompile(`^(\d+)\. (.*?) · `)

// event is the simulated Telegram's subscriber.
func (l *soakLog) event(e sim.Event) {
	if !e.Message.FromBot || (e.Kind != "message" && e.Kind != "edit") {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	c, m := l.chat(e.Chat), e.Message
	if c.first.IsZero() {
		c.first = e.At
	}
	switch part := numbered.FindStringSubmatch(m.Text); {
	case m.Method == "sendPhoto":
		c.picture = true
	case part != nil && len(m.Buttons) > 0:
		n, err := strconv.Atoi(part[1])
		if err == nil {
			c.stories = append(c.stories, soakStory{number: n, place: mapButton(m.Buttons), at: e.At})
		}
	case len(m.Buttons) > 0 && strings.HasPrefix(m.Buttons[0][0].Data, "every:"):
		c.question = m.ID
	case strings.Count(m.Text, "\n") > 3 && !c.summary && len(m.Buttons) == 0:
		c.summary = true
	}
}

// mapButton knows a place in every language.
func mapButton(buttons [][]sim.Button) string {
	for _, row := range buttons {
		for _, b := range row {
			if b.URL != "" {
				return b.URL
			}
		}
	}
	return ""
}

// settle waits for the summaries with their pictures.
func (l *soakLog) settle(ctx context.Context, walks int) {
	for end := time.Now().Add(loadPatience); time.Now().Before(end) && wait(ctx, time.Second/2); {
		l.mu.Lock()
		n := 0
		for _, c := range l.walks {
			if c.summary && c.picture {
				n++
			}
		}
		l.mu.Unlock()
		if n == walks {
			return
		}
	}
}

// result draws the conclusions. What was due while nobody answered is late by as much, and is no measure of the schedule.
func (l *soakLog) result(people []*soakWalker, s soak) soakResult {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := soakResult{Walks: len(people), Moves: l.moves}
	var late, first []time.Duration
	for _, p := range people {
		c := l.chat(p.id)
		if !c.first.IsZero() {
			first = append(first, c.first.Sub(c.shared))
		}
		late = append(late, l.judge(c, s, &r)...)
		if c.summary {
			r.Summaries++
		}
		if c.picture {
			r.Pictures++
		}
		goesOn := len(c.stories) > 0 && (l.killed.IsZero() || c.stories[len(c.stories)-1].at.After(l.answered))
		if !c.summary || !goesOn {
			r.Lost++
		}
	}
	r.Lateness, r.First = quantilesOf(late), quantilesOf(first)
	return r
}

// judge adds a walk's stories to the result and returns how late each was.
func (l *soakLog) judge(c *soakChat, s soak, r *soakResult) (late []time.Duration) {
	places := map[string]bool{}
	slots := map[int]bool{} // due times that got their story
	last := 0
	for i, story := range c.stories {
		r.Stories++
		if places[story.place] {
			r.Twice++
		}
		places[story.place] = true
		if story.number != last+1 {
			r.Misnumbered++
			if story.number == last && !l.killed.IsZero() && c.stories[i-1].at.Sub(l.killed).Abs() < time.Second {
				r.Again++
			}
		}
		last = story.number
		if i == 0 || c.chosen.IsZero() || story.at.Before(c.chosen) {
			continue
		}
		since := story.at.Sub(c.chosen)
		slots[int(since/s.Every)] = true
		if l.killed.IsZero() || story.at.Before(l.killed) || story.at.After(l.answered.Add(s.Every)) {
			late = append(late, since%s.Every)
		}
	}
	if len(c.stories) > 0 && !c.chosen.IsZero() {
		due := int(c.stories[len(c.stories)-1].at.Sub(c.chosen) / s.Every)
		for n := 1; n <= due; n++ {
			if !slots[n] {
				r.Missed++
			}
		}
	}
	return late
}
