package bot

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"excursobot/bot/sim"
)

func TestAFullChatIsToldSoOnceAMinute(t *testing.T) {
	inWorld(t, newWorld, worldConfig{edit: func(c *Config) { c.PerChat = 2 }}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		for range 6 {
			p.Locate(cityLat, cityLon)
		}
		notice := w.words("en").Plain("limit.story", "wait", overloadAgain)
		told := func() (n int) {
			for _, m := range answers(p) {
				if m.Text == notice {
					n++
				}
			}
			return n
		}
		w.until("a notice", func() bool { return told() > 0 })
		time.Sleep(time.Minute)
		if n := told(); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}

func TestPollingTakesAWebhookAway(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Say("/start"))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://api.telegram.org/bot"+w.token+"/setWebhook", strings.NewReader(`{"url":"https://else.test/hook"}`))
		w.must(err)
		r.Header.Set("Content-Type", "application/json")
		resp, err := sim.Transport(map[string]http.Handler{"api.telegram.org": w.tg}).RoundTrip(r)
		w.must(err)
		resp.Body.Close()
		update := p.Say("/help")
		w.waitDone(update)
		if !strings.Contains(w.logs.String(), "webhook") {
			t.Errorf("no word about the webhook in the log")
		}
	})
}

func TestDescribesItselfInEachLanguage(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		want := len(w.bot.cfg.Words.Languages()) + 1
		w.until("described", func() bool { return w.tg.Calls()["setMyShortDescription"] == want })
		if got := w.tg.Calls()["setMyCommands"]; got != want {
			t.Errorf("commands set %d times, want %d", got, want)
		}
		if n := w.seen.count("call setMyCommands refused") + w.seen.count("call setMyDescription refused") + w.seen.count("call setMyShortDescription refused"); n != 0 {
			t.Errorf("%d refused: %s", n, w.logs)
		}
	})
}
