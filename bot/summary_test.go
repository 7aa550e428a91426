package bot

import (
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/live"
	"excursobot/bot/sim"
)

func TestTheWalkEndsWithItsPeriod(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{}, func(t *testing.T, w *world) {
		start := time.Now()
		h := w.hike(1, 65*time.Second)
		h.walk(66 * time.Second)
		w.until("the summary", func() bool { return h.has(w.words("en").Say("live.end_period")) })
		if took := h.summary().At.Sub(start); took > 67*time.Second {
			t.Errorf("noticed after %v, want 65 s", took)
		}
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

// The words of the summary arrive whatever becomes of picture and file.
func TestTheSummaryNeedsNoPicture(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{telegram: sim.TelegramConfig{Fault: func(m string, _ int) (int, string, int, bool) {
		return http.StatusBadRequest, "", 0, m == "sendPhoto" || m == "sendDocument"
	}}}, func(t *testing.T, w *world) {
		h := w.hike(1, time.Hour)
		h.waitTold(1)
		h.walk(90 * time.Second)
		h.p.Say("/stop")
		w.until("closed", func() bool { return w.walk(h).Closed })
		h.summary()
	})
}
