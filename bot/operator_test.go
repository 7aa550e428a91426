package bot

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/guide"
	"excursobot/store"
)

const operator = 99

func withOperator(c *Config) { c.Admins = []int64{operator} }

// TestOperatorsCommandsDoNotExistForOthers compares with a command that nobody has.
func TestOperatorsCommandsDoNotExistForOthers(t *testing.T) {
	inWorld(t, newWorld, worldConfig{edit: withOperator}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		unknown := w.ask(p, "/nosuchcommand").HTML
		for _, command := range []string{"/admin", "/ban 2", "/unban 2", "/pause", "/pause on", "/refund x 1", "/retire Q1", "/retired", "/ADMIN@excursobot_sim_bot"} {
			if got := w.ask(p, command).HTML; got != unknown {
				t.Errorf("%s got %q, an unknown command gets %q", command, got, unknown)
			}
		}
		if w.bot.pause.active(t.Context()) {
			t.Error("paused")
		}
		if _, err := w.store.User(t.Context(), 2); err == nil {
			t.Error("somebody else was written to the store")
		}
	})
}

func TestTheReportShowsTheNumbersOfTheDay(t *testing.T) {
	inWorld(t, newWorld, worldConfig{edit: func(c *Config) {
		withOperator(c)
		c.DailyTokens, c.PriceIn, c.PriceOut = 1_000_000, 1, 5
	}}, func(t *testing.T, w *world) {
		p, admin := w.person(1, "en"), w.person(operator, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		w.pay(p, w.ask(p, "/donate 50"))
		_, err := w.store.Spend(t.Context(), "2000-01-01", 0, store.Tokens{Prompt: 200_000, Answer: 50_000})
		w.must(err)
		spent, err := w.store.Spent(t.Context(), "2000-01-01", 0)
		w.must(err)
		w.cfg.Observe.Error("test")
		got := w.ask(admin, "/admin").HTML
		words := w.words("en")
		for _, want := range []string{
			"People: 2\n", "Answers: written 1\n", "Walks now: 0", words.Say("admin.speed", "first", 1.0, "whole", 2.5), words.Say("admin.tokens_left", "n", spent.Day, "left", 1_000_000-spent.Day), "0 calls",
			fmt.Sprintf("Money: %.2f $, left: ", (float64(spent.Day-spent.Answers)+5*float64(spent.Answers))/1e6), "Stars in all: 50", "Errors: test 1", "/refund",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("no %q in\n%s", want, got)
			}
		}
		parked := words.Say("admin.parked", "n", 1, "command", "excursobot parked")
		if strings.Contains(got, parked) {
			t.Errorf("there are no dead letters, but the report is\n%s", got)
		}
		_, err = w.store.Accept(t.Context(), store.Entry{Update: 7, Chat: 1, Arrived: time.Now(), Raw: []byte("{}")})
		w.must(err)
		for range store.MaxTries {
			_, err = w.store.Retry(t.Context(), 7)
			w.must(err)
		}
		if got := w.ask(admin, "/admin").HTML; !strings.Contains(got, parked) {
			t.Errorf("no %q in\n%s", parked, got)
		}
		time.Sleep(24 * time.Hour)
		if got := w.ask(admin, "/admin").HTML; !strings.Contains(got, "People: 1\n") {
			t.Errorf("the next day:\n%s", got)
		}
	})
}

func TestTheReportNamesAModelThatNeedsAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var note ModelNote
		w := newWorld(t, worldConfig{edit: func(c *Config) {
			withOperator(c)
			c.Model, c.ShortToken = func() ModelNote { return note }, true
		}})
		defer w.close()
		admin := w.person(operator, "en")
		if got := w.ask(admin, "/admin").HTML; strings.Contains(got, "openai.model") || !strings.Contains(got, "token is short") {
			t.Errorf("nothing is wrong with the model, but\n%s", got)
		}
		note = ModelNote{Name: "gpt-4.1-mini", Ends: time.Date(2027, 1, 14, 0, 0, 0, 0, time.UTC), DaysLeft: 41}
		if got := w.ask(admin, "/admin").HTML; !strings.Contains(got, "<code>gpt-4.1-mini</code> is shut down on 2027-01-14 (days left: 41)") {
			t.Errorf("no end of the model in\n%s", got)
		}
		note = ModelNote{Name: "gpt-x", Unknown: true}
		if got := w.ask(admin, "/admin").HTML; !strings.Contains(got, "does not know <code>gpt-x</code>") {
			t.Errorf("no unknown model in\n%s", got)
		}
	})
}

func TestABannedPersonGetsNoAnswer(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{edit: withOperator}, func(t *testing.T, w *world) {
		words := w.words("en")
		admin := w.person(operator, "en")
		h := w.hike(1, time.Hour)
		h.walk(15 * time.Second)
		for _, junk := range []string{"/ban", "/ban x", "/ban 0", "/ban -5", "/unban -5", "/ban 1 2", "/ban 99999999999999999999"} {
			if got := w.ask(admin, junk); got.HTML != words.Say("admin.ban_usage") {
				t.Errorf("%s got %q", junk, got.HTML)
			}
		}
		if got := w.ask(admin, "/ban 99"); got.HTML != words.Say("admin.ban_operator") {
			t.Errorf("an operator: %q", got.HTML)
		}
		bill := w.ask(h.p, "/donate 50")
		if got := w.ask(admin, "/ban 1"); got.HTML != words.Say("admin.banned", "person", "1") {
			t.Errorf("ban: %q", got.HTML)
		}
		n := len(fromBot(h.p))
		w.waitDone(h.p.Say("/help"))
		h.walk(30 * time.Second)
		if got := len(fromBot(h.p)); got != n {
			t.Errorf("%d messages to somebody banned: %q", got-n, last(h.p).HTML)
		}
		w.pay(h.p, bill) // their payment counts anyway
		if w.given(1).Person != 50 {
			t.Error("a banned person's payment was lost")
		}
		w.ask(admin, "/unban 1")
		if got := w.ask(h.p, "/help"); got.HTML != words.Say("help.text") {
			t.Errorf("after the ban: %q", got.HTML)
		}
	})
}

func TestThePauseAnswersOnceAndPaymentsGoOn(t *testing.T) {
	inWorld(t, newWorld, worldConfig{edit: withOperator}, func(t *testing.T, w *world) {
		words := w.words("en")
		p, admin := w.person(1, "en"), w.person(operator, "en")
		bill := w.ask(p, "/donate 50")
		w.ask(admin, "/pause")
		if got := w.ask(p, "/help"); got.HTML != words.Say("error.maintenance") {
			t.Errorf("a command got %q", got.HTML)
		}
		n := len(answers(p))
		w.waitDone(p.Locate(cityLat, cityLon))
		if got := len(answers(p)); got != n {
			t.Errorf("a second sentence within the minute: %q", last(p).HTML)
		}
		w.pay(p, bill)
		if got := last(p); got.HTML != words.Say("donate.thanks", "n", 50) {
			t.Errorf("a payment got %q", got.HTML)
		}
		if got := w.ask(admin, "/admin"); !strings.Contains(got.HTML, words.Say("admin.is_paused")) {
			t.Errorf("report %q", got.HTML)
		}
		value, err := w.store.Setting(t.Context(), pauseSetting)
		w.must(err)
		if value == "" {
			t.Error("a restart would end the pause")
		}
		for command, want := range map[string]string{"/pause on": "admin.paused", "/pause junk": "admin.pause_usage"} {
			if got := w.ask(admin, command); got.HTML != words.Say(want) {
				t.Errorf("%s got %q", command, got.HTML)
			}
		}
		w.ask(admin, "/pause off")
		w.waitDone(p.Locate(cityLat, cityLon))
		w.waitStory(p, len(answers(p))-1)
	})
}

func TestCountsAreListedLargestFirst(t *testing.T) {
	t.Parallel()
	counts := map[string]uint64{"library": 1, "extract": 1, "pack": 3, "new": 2}
	words := loadWords(t)
	for prefix, want := range map[string]string{
		"":              "pack 3, new 2, extract 1, library 1",
		"admin.answer_": "built in 3, new 2, extracts 1, from the library 1",
	} {
		if got := listed(words.Words("en"), prefix, counts); got != want {
			t.Errorf("%q: got %q, want %q", prefix, got, want)
		}
		if got := listed(words.Words("en"), prefix, nil); got != "–" {
			t.Errorf("%q: nothing is %q", prefix, got)
		}
	}
}

// Each answer and each voice that is counted has words in /admin.
func TestEachCountHasWords(t *testing.T) {
	t.Parallel()
	words := loadWords(t).Words("en")
	for _, source := range []guide.Source{guide.FromLibrary, guide.FromPack, guide.FromModel, guide.FromExtract, guide.FromNone, fromBusy} {
		if key := "admin.answer_" + string(source); words.Plain(key) == key {
			t.Errorf("no words for %s", source)
		}
	}
	for _, outcome := range []string{"known", "made", "ahead", "busy", "budget", "down", "none", "unsent"} {
		if key := "admin.voice_" + outcome; words.Plain(key) == key {
			t.Errorf("no words for %s", outcome)
		}
	}
}

// TestThePauseIsNotToldToThoseWhoDidNotAsk sends what gets no answer without a pause either: a step of a walk that is over, and the news that a
// person unblocked the bot.
func TestThePauseIsNotToldToThoseWhoDidNotAsk(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{edit: withOperator}, func(t *testing.T, w *world) {
		maintenance := w.words("en").Say("error.maintenance")
		h, asker := w.hike(1, time.Hour), w.person(2, "en")
		h.waitTold(1)
		w.waitDone(h.p.Say("/stop"))
		w.ask(asker, "/help")
		w.ask(w.person(operator, "en"), "/pause on")
		h.p.Move(h.share, h.at.Lat, h.at.Lon, 0)
		h.p.Block()
		h.p.Unblock()
		time.Sleep(time.Minute)
		if got := h.said("error.maintenance"); len(got) != 0 {
			t.Errorf("%d sentences about the pause to somebody who did not ask", len(got))
		}
		if got := w.ask(asker, "/help"); got.HTML != maintenance {
			t.Errorf("somebody who asked got %q", got.HTML)
		}
	})
}
