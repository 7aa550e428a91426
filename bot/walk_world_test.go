package bot

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"
	"time"

	"excursobot/bot/live"
	"excursobot/bot/sim"
	"excursobot/geo"
)

// hike is a person who shares a live location and walks.
type hike struct {
	w     *world
	id    int64
	p     *sim.Person
	at    geo.Point
	share int // the message
}

// newWalkWorld is a world whose walks tell every few seconds, in a city with enough to tell.
func newWalkWorld(t testing.TB, cfg worldConfig) *world {
	t.Helper()
	edit := cfg.edit
	cfg.edit = func(c *Config) {
		c.Live = live.Config{Intervals: []time.Duration{5 * time.Second, 10 * time.Second, time.Minute}, Default: 10 * time.Second}
		if edit != nil {
			edit(c)
		}
	}
	if cfg.articles == 0 {
		cfg.articles = 120
	}
	return newWorld(t, cfg)
}

// hike begins a walk in the middle of the city.
func (w *world) hike(id int64, period time.Duration) *hike {
	h := &hike{w: w, id: id, p: w.person(id, "en"), at: geo.Point{Lat: cityLat, Lon: cityLon}}
	_, h.share = h.p.Share(h.at.Lat, h.at.Lon, int(period.Seconds()))
	return h
}

// walk goes on for the time at 3 m/s in a circle, with a fix every 2 s.
func (h *hike) walk(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(2 * time.Second)
		h.at = geo.Offset(h.at, float64(time.Now().Unix()%360), 6)
		h.p.Move(h.share, h.at.Lat, h.at.Lon, 0)
	}
}

var numberedStory = regexp.MustCompile(`^<b>(\d+)\. (.*?)</b> · `)

// told returns the walk's stories as the person sees them, and proves that they are numbered without a gap and that no place comes twice.
func (h *hike) told() []sim.Message {
	h.w.t.Helper()
	var list []sim.Message
	titles := map[string]bool{}
	for _, m := range answers(h.p) {
		part := numberedStory.FindStringSubmatch(m.HTML)
		if part == nil {
			continue
		}
		list = append(list, m)
		if part[1] != strconv.Itoa(len(list)) {
			h.w.t.Errorf("story %d is numbered %s", len(list), part[1])
		}
		if titles[part[2]] {
			h.w.t.Errorf("%s told twice", part[2])
		}
		titles[part[2]] = true
	}
	return list
}

// say finds the messages that read as the key does, in English.
func (h *hike) said(key string, args ...any) []sim.Message {
	want := h.w.bot.cfg.Words.Words("en").Say(key, args...)
	var list []sim.Message
	for _, m := range answers(h.p) {
		if m.HTML == want {
			list = append(list, m)
		}
	}
	return list
}

// waitTold waits for the n-th story.
func (h *hike) waitTold(n int) []sim.Message {
	h.w.t.Helper()
	h.w.until(fmt.Sprintf("story %d", n), func() bool { return len(h.told()) >= n })
	return h.told()
}

// waitSaid waits for a sentence.
func (h *hike) waitSaid(key string, args ...any) sim.Message {
	h.w.t.Helper()
	h.w.until(key, func() bool { return len(h.said(key, args...)) > 0 })
	return h.said(key, args...)[0]
}

// sent returns what the bot sent by the method.
func (h *hike) sent(method string) []sim.Message {
	var list []sim.Message
	for _, m := range fromBot(h.p) {
		if m.Method == method {
			list = append(list, m)
		}
	}
	return list
}

// finished is when the message became what it is.
func finished(m sim.Message) time.Time {
	if m.EditedAt.IsZero() {
		return m.At
	}
	return m.EditedAt
}
