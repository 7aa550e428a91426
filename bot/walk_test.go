package bot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo"
)

func TestAWalkIsToldFromShareToSummary(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{}, func(t *testing.T, w *world) {
		start := time.Now()
		h := w.hike(1, time.Hour)
		w.until("the question", func() bool { return len(h.said("live.question")) == 1 })
		first := answers(h.p)
		if len(first) != 2 || !strings.Contains(first[0].Text, "Writing the story") {
			t.Fatalf("a walk begins with %+v, want a card and the question", first)
		}
		if took := first[0].At.Sub(start); took > time.Second {
			t.Errorf("first content after %v", took)
		}
		question := first[1]
		if got := data(question, "every:"); got != "every:5s" || question.Buttons[0][0].Data != got {
			t.Errorf("the question's buttons are %v", question.Buttons)
		}
		h.waitTold(1)
		chosen := time.Now()
		w.waitDone(h.p.Press(question.ID, "every:5s"))
		if m := h.waitSaid("live.chosen", "interval", "5 seconds"); m.ID != question.ID || len(m.Buttons) != 0 {
			t.Errorf("the choice became %+v", m)
		}
		h.walk(42 * time.Second)
		told := h.told()
		if len(told) < 8 {
			t.Errorf("%d stories in 42 s, want 8 and more", len(told))
		}
		for _, m := range told[1:] {
			if late := finished(m).Sub(chosen) % (5 * time.Second); late > 3*time.Second {
				t.Errorf("%q came %v after a due time", title(m), late)
			}
			if m.Edits != 0 {
				t.Errorf("%q had a card", title(m))
			}
			if rows := m.Buttons; len(rows) > 2 || data(m, "next:") == "" || data(m, "vote:") != "" || mapOf(m) != "" {
				t.Errorf("buttons %v", rows)
			}
			if !strings.Contains(m.HTML, "</b>\n<a href=\"https://www.google.com/maps/search/?api=1&amp;query=48.") {
				t.Errorf("no link to the map: %q", m.HTML)
			}
		}
		w.waitDone(h.p.StopSharing(h.share))
		w.until("the end", func() bool { return len(h.sent("sendDocument")) == 1 })
		summary, photos := h.summary(), h.sent("sendPhoto")
		words := w.words("en")
		if !strings.HasPrefix(summary.HTML, words.Say("live.end_stopped")) {
			t.Errorf("summary %q", summary.HTML)
		}
		for i, m := range told {
			_, name, _ := strings.Cut(title(m), ". ")
			if !strings.Contains(summary.Text, "\n"+title(m)) || !strings.Contains(summary.HTML, `&amp;query=48.`) {
				t.Errorf("story %d, %q, is not in the summary %q", i+1, name, summary.Text)
			}
		}
		if len(photos) != 1 {
			t.Fatalf("%d pictures", len(photos))
		}
		if _, err := png.Decode(bytes.NewReader(photos[0].File)); err != nil {
			t.Errorf("the picture: %v", err)
		}
		gpx := h.sent("sendDocument")[0]
		if !bytes.Contains(gpx.File, []byte("<trkpt")) || !bytes.Contains(gpx.File, []byte("<wpt")) {
			t.Errorf("the file: %s", gpx.File)
		}
		w.until("closed", func() bool { return w.walk(h).Closed })
		if got := w.walk(h); got.Track != nil {
			t.Error("the track was kept")
		}
		n := len(answers(h.p))
		h.walk(30 * time.Second) // late edits of the phone
		if got := len(answers(h.p)); got != n {
			t.Errorf("%d messages after the end", got-n)
		}
		if len(pinsOf(h.p)) == 0 {
			t.Error("no pins")
		}
	})
}

func TestAfterACrashAWalksCardBecomesItsStory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var away atomic.Bool // Telegram: what ends now leaves its cards where they are
		w := newWalkWorld(t, worldConfig{telegram: sim.TelegramConfig{Fault: func(string, int) (int, string, int, bool) {
			return http.StatusBadGateway, "", 0, away.Load()
		}}})
		defer func() { w.close() }()
		h := w.hike(1, time.Hour)
		cards := func() []sim.Message {
			return slices.DeleteFunc(answers(h.p), func(m sim.Message) bool { return len(m.Buttons) > 0 })
		}
		w.until("the card", func() bool { return len(cards()) > 0 })
		card := cards()[0]
		synctest.Wait()
		away.Store(true)
		w.cut()
		away.Store(false)
		w.start()
		told := h.waitTold(1)[0]
		if told.ID != card.ID || !strings.Contains(told.Text, title(card)) {
			t.Errorf("the card %q became %q", card.Text, told.Text)
		}
		if left := cards(); len(left) != 0 {
			t.Errorf("left without a story: %q", left[0].Text)
		}
	})
}

func TestStandingStillIsSaidOnce(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{articles: 4, edit: func(c *Config) { c.Live.Default = 5 * time.Second }}, func(t *testing.T, w *world) {
		h := w.hike(1, time.Hour)
		for range 60 {
			time.Sleep(2 * time.Second)
			h.p.Move(h.share, cityLat, cityLon, 0)
		}
		if n := len(h.said("live.quiet")); n != 1 {
			t.Errorf("said %d times that all is told; %d stories", n, len(h.told()))
		}
	})
}

// Before a due time the stories are written where the person will be, so that the story comes on time and is not an extract.
func TestStoriesAreReadyWhenDue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const every = 3 * time.Minute
		w := newWalkWorld(t, worldConfig{slow: 9 * time.Second, articles: 500, edit: func(c *Config) {
			c.Live.Intervals, c.Live.Default = []time.Duration{every}, every
		}})
		defer w.close()
		start := time.Now()
		h := w.hike(1, time.Hour)
		h.straight(10*time.Minute, 30)
		told := h.told()
		if len(told) != 4 {
			t.Fatalf("%d stories in 10 min, want 4", len(told))
		}
		for _, m := range told[1:] {
			if late := m.At.Sub(start) % every; late > time.Second {
				t.Errorf("%q came %v late", title(m), late)
			}
			if strings.Contains(m.HTML, "From the article") {
				t.Errorf("%q is an extract", title(m))
			}
		}
	})
}

func TestASilentPhoneParksTheWalkWithoutAWord(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{edit: func(c *Config) {
		c.Live.Intervals, c.Live.Default, c.Live.MaxSessions = []time.Duration{10 * time.Minute}, 10*time.Minute, 1
	}}, func(t *testing.T, w *world) {
		h := w.hike(1, 8*time.Hour)
		h.waitTold(1)
		time.Sleep(16 * time.Minute)
		n := len(answers(h.p))
		time.Sleep(time.Hour)
		if got := answers(h.p)[n:]; len(got) != 0 {
			t.Errorf("said to a silent phone: %+v", got)
		}
		other := w.hike(2, time.Hour) // the place is free
		other.waitTold(1)
		other.p.StopSharing(other.share)
		w.until("a free place", func() bool { return w.bot.Stats().Walks.Sessions == 0 })
		told := len(h.told())
		h.straight(11*time.Minute, 30)
		if got := len(h.told()); got != told+1 {
			t.Errorf("%d stories after the phone was back, want one", got-told)
		}
	})
}

func TestTheOperatorsPauseHoldsForWalks(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{}, func(t *testing.T, w *world) {
		h := w.hike(1, time.Hour)
		h.waitTold(1)
		w.must(w.store.SetSetting(t.Context(), pauseSetting, "on"))
		h.walk(10 * time.Second)
		n := len(h.told())
		h.walk(30 * time.Second)
		if got := len(h.told()); got != n {
			t.Errorf("%d stories in the pause", got-n)
		}
		w.must(w.store.SetSetting(t.Context(), pauseSetting, ""))
		h.walk(30 * time.Second)
		if got := len(h.told()); got < n+2 {
			t.Errorf("%d stories after the pause", got-n)
		}
	})
}

func TestAPhoneThatLiesStillWalksNowhere(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		spot := geo.Point{Lat: cityLat, Lon: cityLon}
		inject := func(kind string, at geo.Point, more string) {
			w.tg.Inject(json.RawMessage(fmt.Sprintf(`{%q:{"message_id":50,"date":%d,"edit_date":%d,"from":{"id":1,"language_code":"en"},"chat":{"id":1,"type":"private"},
				"location":{"latitude":%f,"longitude":%f,"horizontal_accuracy":65%s}}}`, kind, time.Now().Unix(), time.Now().Unix(), at.Lat, at.Lon, more)))
		}
		inject("message", spot, `,"live_period":3600`)
		for i := range 34 {
			time.Sleep(3 * time.Second)
			inject("edited_message", geo.Offset(spot, float64(i*137%360), float64(i*29%41)), `,"live_period":3600`)
		}
		time.Sleep(3 * time.Second)
		inject("edited_message", spot, "")
		w.until("the end", func() bool {
			return strings.HasPrefix(last(p).Text, w.words("en").Plain("live.end_stopped"))
		})
		time.Sleep(5 * time.Second)
		user, err := w.store.User(t.Context(), 1)
		if w.must(err); user.Walks != 1 || user.Metres >= 10 {
			t.Errorf("%d walks of %.0f m", user.Walks, user.Metres)
		}
		for _, m := range fromBot(p) {
			if m.Method == "sendPhoto" || m.Method == "sendDocument" {
				t.Errorf("%s of a route of no steps", m.Method)
			}
		}
	})
}
