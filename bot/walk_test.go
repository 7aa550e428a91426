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

	"excursobot/bot/live"
	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/store"
)

func TestAWholeWalk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalkWorld(t, worldConfig{})
		defer w.close()
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
			if data(m, "next:") == "" {
				t.Errorf("buttons %v", m.Buttons)
			}
		}
		w.waitDone(h.p.StopSharing(h.share))
		w.until("the end", func() bool { return len(h.sent("sendDocument")) == 1 })
		summary, photos := h.summary(), h.sent("sendPhoto")
		words := w.bot.cfg.Words.Words("en")
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

func TestTheDefaultHoldsWithoutAChoice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalkWorld(t, worldConfig{})
		defer w.close()
		start := time.Now()
		h := w.hike(1, time.Hour)
		question := h.waitSaid("live.question")
		h.walk(58 * time.Second)
		if m := answers(h.p)[1]; m.Edits != 0 {
			t.Errorf("after 58 s the question reads %q", m.Text)
		}
		h.walk(4 * time.Second)
		m := h.waitSaid("live.default_chosen", "interval", "10 seconds")
		if m.ID != question.ID || len(m.Buttons) != 0 {
			t.Errorf("the default became %+v", m)
		}
		for _, m := range h.told()[1:] {
			if late := finished(m).Sub(start) % (10 * time.Second); late > 3*time.Second {
				t.Errorf("%q came %v after a due time", title(m), late)
			}
		}
	})
}

// A choice, /stop and the end of sharing take effect while a story is being written.
func TestTheWalkIsSteeredWhileAStoryIsBeingWritten(t *testing.T) {
	t.Parallel()
	type steer func(w *world, h *hike)
	for name, tt := range map[string]struct {
		do   steer
		want string // the sentence it leads to at once
	}{
		"/stop":       {func(_ *world, h *hike) { h.p.Say("/stop") }, "live.end_stop_command"},
		"stop button": {func(w *world, h *hike) { h.p.Say("/live"); w.until("status", h.pressed("live:stop")) }, "live.end_stop_command"},
		"stop edit":   {func(_ *world, h *hike) { h.p.StopSharing(h.share) }, "live.end_stopped"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWalkWorld(t, worldConfig{slow: 9 * time.Second})
				defer w.close()
				h := w.hike(1, time.Hour)
				h.waitSaid("live.question")
				asked := time.Now()
				tt.do(w, h)
				w.until("the summary", func() bool { return h.has(w.bot.cfg.Words.Words("en").Say(tt.want)) })
				if took := time.Since(asked); took > 5*time.Second { // two messages are out, so the pace of the chat counts
					t.Errorf("took %v", took)
				}
				time.Sleep(30 * time.Second)
				if len(h.told()) != 0 || h.has("Writing the story") {
					t.Errorf("after the end: %+v", answers(h.p))
				}
			})
		})
	}
	t.Run("choice", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			w := newWalkWorld(t, worldConfig{slow: 9 * time.Second})
			defer w.close()
			h := w.hike(1, time.Hour)
			question := h.waitSaid("live.question")
			asked := time.Now()
			h.p.Press(question.ID, "every:5s")
			m := h.waitSaid("live.chosen", "interval", "5 seconds")
			if took := finished(m).Sub(asked); took > time.Second {
				t.Errorf("took %v", took)
			}
			if len(h.told()) != 0 {
				t.Fatal("the story was there already: the test shows nothing")
			}
			h.waitTold(2)
		})
	})
}

// has says whether a message of the bot holds the text.
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

func TestTheWalkEndsWithItsPeriod(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalkWorld(t, worldConfig{})
		defer w.close()
		start := time.Now()
		h := w.hike(1, 65*time.Second)
		h.walk(66 * time.Second)
		w.until("the summary", func() bool { return h.has(w.bot.cfg.Words.Words("en").Say("live.end_period")) })
		if took := h.summary().At.Sub(start); took > 67*time.Second {
			t.Errorf("noticed after %v, want 65 s", took)
		}
	})
}

func TestANewShareReplacesTheWalk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalkWorld(t, worldConfig{})
		defer w.close()
		h := w.hike(1, time.Hour)
		h.waitTold(1)
		h.walk(20 * time.Second)
		old := len(h.told())
		_, second := h.p.Share(h.at.Lat, h.at.Lon, 3600)
		w.until("the summary", func() bool { return h.has(w.bot.cfg.Words.Words("en").Say("live.end_replaced")) })
		w.until("the new walk's story", func() bool {
			got := storiesOf(h.p)
			return strings.HasPrefix(got[len(got)-1].Text, "1. ") && len(got) > old
		})
		w.until("a question for each walk", func() bool { return len(h.said("live.question")) == 2 })
		h.p.Move(h.share, h.at.Lat, h.at.Lon, 0) // the old share lives on in the phone
		time.Sleep(5 * time.Second)
		if got, _ := w.bot.live.Walk(1); got.Message != second {
			t.Errorf("the walk is of message %d, want %d", got.Message, second)
		}
	})
}

func TestOneWalkTooMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalkWorld(t, worldConfig{edit: func(c *Config) { c.Live.MaxSessions = 1 }})
		defer w.close()
		first := w.hike(1, time.Hour)
		first.waitTold(1)
		second := w.hike(2, time.Hour)
		full := second.waitSaid("live.full")
		second.walk(20 * time.Second)
		if got := answers(second.p); len(got) != 1 {
			t.Fatalf("answers %+v, want one sentence", got)
		}
		if second.p.Press(full.ID, data(full, "more:")) == 0 {
			t.Fatal("no button for a single story")
		}
		w.until("a single story", func() bool { return len(storiesOf(second.p)) == 2 })
		first.p.Say("/stop")
		w.until("a free place", func() bool { return w.bot.Stats().Walks.Sessions == 0 })
		third := w.hike(3, time.Hour)
		third.waitTold(1)
	})
}

func TestABlockedBotEndsTheWalk(t *testing.T) {
	t.Parallel()
	for name, hears := range map[string]bool{"as Telegram says": true, "as a send finds out": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var gone atomic.Bool
				w := newWalkWorld(t, worldConfig{telegram: sim.TelegramConfig{Fault: func(m string, _ int) (int, string, int, bool) {
					body := `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`
					return http.StatusForbidden, body, 0, m == "sendMessage" && gone.Load()
				}}})
				defer w.close()
				h := w.hike(1, time.Hour)
				h.waitTold(1)
				gone.Store(true)
				if hears {
					h.p.Block()
				}
				w.until("no walk", func() bool { return w.bot.Stats().Walks.Sessions == 0 })
				gone.Store(false)
				h.p.Unblock()
				n := len(answers(h.p))
				h.walk(40 * time.Second)
				if got := answers(h.p)[n:]; len(got) != 0 {
					t.Errorf("after the end: %+v", got)
				}
				if got := w.walk(h); got.Reason != live.Blocked {
					t.Errorf("ended as %q", got.Reason)
				}
			})
		})
	}
}

func TestAPinnedLocationDuringAWalkIsAnswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalkWorld(t, worldConfig{})
		defer w.close()
		h := w.hike(1, time.Hour)
		h.waitTold(1)
		h.p.Locate(h.at.Lat, h.at.Lon)
		w.until("the single story", func() bool { return len(storiesOf(h.p)) > len(h.told()) })
		h.walk(30 * time.Second)
		if n := len(h.told()); n < 3 {
			t.Errorf("%d stories: the walk did not go on", n)
		}
	})
}

func TestPauseNextAndResume(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalkWorld(t, worldConfig{})
		defer w.close()
		h := w.hike(1, time.Hour)
		h.waitTold(1)
		h.p.Say("/live")
		w.until("the status", h.pressed("live:pause"))
		h.waitSaid("live.paused")
		n := len(h.told())
		h.walk(40 * time.Second)
		if got := len(h.told()); got > n+1 { // one may have been on its way
			t.Fatalf("%d stories while paused", got-n)
		}
		n = len(h.told())
		h.p.Say("/live")
		w.until("the status", func() bool { return h.has(w.bot.cfg.Words.Words("en").Say("live.status_paused", "n", n)) })
		w.until("next", h.pressed("next:"))
		h.waitTold(n + 1)
		w.until("resume", h.pressed("live:resume"))
		h.walk(25 * time.Second)
		if got := len(h.told()); got < n+3 {
			t.Errorf("%d stories after going on, want 2 and more", got-n-1)
		}
		if w.seen.count("call answerCallbackQuery ok") != 3 {
			t.Errorf("buttons answered %d times, want 3", w.seen.count("call answerCallbackQuery ok"))
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
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalkWorld(t, worldConfig{articles: 4, edit: func(c *Config) { c.Live.Default = 5 * time.Second }})
		defer w.close()
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

func TestALiveLocationInAGroupIsAStaticOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalkWorld(t, worldConfig{})
		defer w.close()
		group := w.tg.Person(sim.Profile{ID: -100, FirstName: "G"})
		inject := func(kind string) {
			w.tg.Inject(json.RawMessage(fmt.Sprintf(`{"%s":{"message_id":50,"date":%d,"from":{"id":1,"language_code":"en"},"chat":{"id":-100,"type":"supergroup"},"location":{"latitude":48.2,"longitude":11.5,"live_period":3600}}}`, kind, time.Now().Unix())))
		}
		inject("message")
		w.until("the hint", func() bool { return len(answers(group)) == 2 })
		for range 20 {
			inject("edited_message")
			time.Sleep(2 * time.Second)
		}
		got := answers(group)
		if len(got) != 2 || len(got[0].Buttons) == 0 || got[1].Text != w.bot.cfg.Words.Words("en").Plain("group.hint") {
			t.Errorf("answers %+v, want a story and the hint", got)
		}
		if w.bot.Stats().Walks.Started != 0 {
			t.Error("a walk in a group")
		}
	})
}

// The words of the summary arrive whatever becomes of picture and file.
func TestTheSummaryNeedsNoPicture(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalkWorld(t, worldConfig{telegram: sim.TelegramConfig{Fault: func(m string, _ int) (int, string, int, bool) {
			return http.StatusBadRequest, "", 0, m == "sendPhoto" || m == "sendDocument"
		}}})
		defer w.close()
		h := w.hike(1, time.Hour)
		h.waitTold(1)
		h.walk(90 * time.Second)
		h.p.Say("/stop")
		w.until("closed", func() bool { return w.walk(h).Closed })
		h.summary()
	})
}

// A step of a known walk is neither looked up nor written.
func TestStepsAreCheap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalkWorld(t, worldConfig{edit: func(c *Config) { c.Live.Default = time.Minute }})
		defer w.close()
		h := w.hike(1, time.Hour)
		h.waitTold(1)
		var last int64
		for range 5 {
			time.Sleep(2 * time.Second)
			last = h.p.Move(h.share, cityLat+0.001, cityLon, 0)
		}
		time.Sleep(2 * time.Second)
		if done, err := w.store.Done(t.Context(), last); err != nil || done {
			t.Errorf("a step is remembered as done: %v, %v", done, err)
		}
		if got := w.bot.Stats().Walks.Moves; got != 5 {
			t.Errorf("%d moves applied, want 5", got)
		}
	})
}

// Before a due time the stories are written where the person will be, so that the story comes on time and is no extract.
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
			if strings.Contains(m.HTML, "CC BY-SA") {
				t.Errorf("%q is an extract", title(m))
			}
		}
	})
}

// straight goes on for the time at 2 m/s along the bearing.
func (h *hike) straight(d time.Duration, bearing float64) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(4 * time.Second)
		h.at = geo.Offset(h.at, bearing, 8)
		h.p.Move(h.share, h.at.Lat, h.at.Lon, int(bearing))
	}
}

func TestASilentPhoneParksTheWalkWithoutAWord(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalkWorld(t, worldConfig{edit: func(c *Config) {
			c.Live.Intervals, c.Live.Default, c.Live.MaxSessions = []time.Duration{10 * time.Minute}, 10*time.Minute, 1
		}})
		defer w.close()
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
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalkWorld(t, worldConfig{})
		defer w.close()
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
