package monitor

import (
	"strings"
	"testing"
	"time"
)

func TestState(t *testing.T) {
	tests := []struct {
		name   string
		change func(*world)
		state  State
		reason string
	}{
		{"nothing wrong", func(*world) {}, Serving, ""},
		{"not ready", func(w *world) { w.reasons = map[string]string{"store": "closed"} }, Down, "store: closed"},
		{"polls unanswered", func(w *world) { w.reading.Ingest = Ingest{Polling: true, Silence: 400} }, Down, "not answered a poll for 6 min"},
		{"a silent webhook", func(w *world) { w.reading.Ingest = Ingest{Silence: 4000} }, Serving, ""},
		{"slow", func(w *world) { repeat(5, func() { w.First("static", 4*time.Second) }) }, Strained, "first content takes"},
		{"one slow answer is not enough", func(w *world) { w.First("static", 4*time.Second) }, Serving, ""},
		{"late", func(w *world) { repeat(5, func() { w.Late(10 * time.Second) }) }, Strained, "late: walks"},
		{"overloaded", func(w *world) { w.Request("static", "busy", 0) }, Strained, "were refused"},
		{"Telegram's pause", func(w *world) { w.reading.Sender.Pause = 7 }, Strained, "7.0 s"},
		{"breaker", func(w *world) { w.reading.Model = Model{Name: "m", BreakerOpen: true} }, Strained, "people get extracts"},
		{"voices", func(w *world) { w.reading.Speech = Speech{Languages: []string{"ru"}, Down: true} }, Strained, "as text only"},
		{"unknown model", func(w *world) { w.reading.Model = Model{Name: "m", Unknown: true} }, Strained, "does not know m"},
		{"a model that ends", func(w *world) { w.reading.Model = Model{Name: "m", Ends: "2026-06-01", DaysLeft: 28, EndsSoon: true} }, Serving, ""},
		{"budget", func(w *world) { w.reading.Budget = Budget{Spent: 80, Limit: 100} }, Strained, "80 %"},
		{"no budget", func(w *world) { w.reading.Budget = Budget{Spent: 1 << 40} }, Serving, ""},
		{"disk", func(w *world) { w.reading.Disk = Disk{FreeBytes: 9, TotalBytes: 100} }, Strained, "9 %"},
		{"backlog", func(w *world) { w.reading.Inbox.Pending = 300 }, Strained, "300 updates"},
		{"full queue", func(w *world) { w.reading.Gate = Gate{Room: 2, Waiting: map[string]int{"interactive": 2}} }, Strained, "queue before the model"},
		{"walks", func(w *world) { w.reading.Live = Live{Sessions: 50, Cap: 50} }, Strained, "all 50"},
		{"Wikipedia's pause", func(w *world) { w.reading.Places.Pause = 60 }, Strained, "Wikipedia"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, Config{})
			w.tick()
			w.tick() // the time of starting is over
			tt.change(w)
			s := w.tick()
			if s.State != tt.state || !strings.Contains(strings.Join(s.Reasons, "\n"), tt.reason) || (tt.reason == "") != (len(s.Reasons) == 0) {
				t.Errorf("%s %q, want %s %q", s.State, s.Reasons, tt.state, tt.reason)
			}
			page := w.get("/dashboard").Body.String()
			if tt.reason != "" && !strings.Contains(page, tt.reason) {
				t.Error("the page does not show the reason")
			}
		})
	}
}

func TestNotReadyAtFirstIsStarting(t *testing.T) {
	w := newWorld(t, Config{})
	w.reasons = map[string]string{"ingest": "bot: not started"}
	if s := w.tick(); s.State != Starting || len(s.Reasons) != 1 {
		t.Errorf("%s %q", s.State, s.Reasons)
	}
}

func repeat(n int, fn func()) {
	for range n {
		fn()
	}
}
