package bot

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"excursobot/bot/live"
	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/store"
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

var numberedStory = regexp.MustCompile(`^<b>(\d+)\. (.*?)</b>\n`)

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

// said returns the messages that are the key's text, in English.
func (h *hike) said(key string, args ...any) []sim.Message {
	want := h.w.words("en").Say(key, args...)
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

// summary is the message with which the walk ended.
func (h *hike) summary() sim.Message {
	for _, m := range answers(h.p) {
		if strings.Contains(m.Text, "on foot") {
			return m
		}
	}
	h.w.t.Helper()
	h.w.t.Fatalf("no summary; log:\n%s", h.w.logs)
	return sim.Message{}
}

// walk reads the walk from the store.
func (w *world) walk(h *hike) store.Walk {
	w.t.Helper()
	id := (&live.Share{Chat: h.id, Message: h.share}).ID()
	got, err := w.store.Walk(w.t.Context(), id)
	w.must(err)
	return got
}

// has reports whether a message of the bot contains the text.
func (h *hike) has(text string) bool {
	for _, m := range answers(h.p) {
		if strings.Contains(m.HTML, text) {
			return true
		}
	}
	return false
}

// pressed presses the button as soon as there is one.
func (h *hike) pressed(button string) func() bool {
	return func() bool {
		for _, m := range answers(h.p) {
			if data(m, button) != "" && h.p.Press(m.ID, data(m, button)) != 0 {
				return true
			}
		}
		return false
	}
}

// straight goes on for the time at 2 m/s along the bearing.
func (h *hike) straight(d time.Duration, bearing float64) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(4 * time.Second)
		h.at = geo.Offset(h.at, bearing, 8)
		h.p.Move(h.share, h.at.Lat, h.at.Lon, int(bearing))
	}
}
