package bot

import (
	"testing"
	"time"
)

func TestTheDefaultHoldsWithoutAChoice(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{}, func(t *testing.T, w *world) {
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
			inWorld(t, newWalkWorld, worldConfig{slow: 9 * time.Second}, func(t *testing.T, w *world) {
				h := w.hike(1, time.Hour)
				h.waitSaid("live.question")
				asked := time.Now()
				tt.do(w, h)
				w.until("the summary", func() bool { return h.has(w.words("en").Say(tt.want)) })
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
		inWorld(t, newWalkWorld, worldConfig{slow: 9 * time.Second}, func(t *testing.T, w *world) {
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

func TestAPausedWalkIsSilentUntilResumed(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{}, func(t *testing.T, w *world) {
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
		w.until("the status", func() bool { return h.has(w.words("en").Say("live.status_paused", "n", n)) })
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
