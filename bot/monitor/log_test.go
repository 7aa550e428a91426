package monitor

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// newLogger returns a logger with the monitor's handler, and the output of the next handler.
func newLogger(t *testing.T, level slog.Level, replace func([]string, slog.Attr) slog.Attr) (*world, *slog.Logger, *bytes.Buffer) {
	t.Helper()
	w := newWorld(t, Config{})
	var out bytes.Buffer
	next := slog.NewTextHandler(&out, &slog.HandlerOptions{Level: level})
	return w, slog.New(w.LogHandler(next, replace, "bot")), &out
}

func TestProblemsAreWarningsAndErrorsInWords(t *testing.T) {
	w, log, out := newLogger(t, slog.LevelError, nil)
	bot := log.With("part", "bot")
	bot.Info("fact_requested", "user_id", 7)
	bot.Warn("telegram_flood", "pause", "3s", "update", 12, "user_id", 7)
	log.With("part", "store").Error("sweep_failed", "error", errors.New("disk on fire"))
	bot.Error("something_else", "error", errors.New("no"))

	got := w.tick().Problems
	if len(got) != 3 {
		t.Fatalf("%d problems: %+v", len(got), got)
	}
	want := []Problem{
		{Level: "error", Part: "bot", Words: "something else", Details: "no", Times: 1},
		{Level: "error", Part: "store", Words: "Expired rows could not be removed", Details: "disk on fire", Times: 1},
		{Level: "warning", Part: "bot", Words: "Telegram asked for a pause: too many messages", Details: "pause 3s", Times: 1},
	}
	for i, p := range got {
		p.At = want[i].At
		if p != want[i] {
			t.Errorf("problem %d: %+v, want %+v", i, p, want[i])
		}
	}
	if strings.Contains(out.String(), "flood") || !strings.Contains(out.String(), "sweep") {
		t.Errorf("the log's own level does not hold:\n%s", out)
	}
	// bot reports its faults itself, so its log lines must not count too.
	if faults := w.Stats().Faults; faults["store"] != 1 || faults["bot"] != 0 {
		t.Errorf("faults: %v", faults)
	}
	if page := w.get("/dashboard").Body.String(); !strings.Contains(page, "disk on fire") {
		t.Error("the page does not show it")
	}
}

func TestTheSameProblemIsCounted(t *testing.T) {
	w, log, _ := newLogger(t, slog.LevelInfo, nil)
	for i := range 30 {
		log.Warn("card_failed", "error", "refused", "try", i, "after", time.Duration(i+1)*time.Millisecond)
		log.Warn("overload", "what", "story requests")
	}
	got := w.tick().Problems
	if len(got) != 2 || got[0].Times != 30 || got[1].Times != 30 || !strings.HasPrefix(got[0].Words, "Requests were refused") {
		t.Errorf("%+v", got)
	}
}

func TestProblemsAreBounded(t *testing.T) {
	w, log, _ := newLogger(t, slog.LevelInfo, nil)
	for i := range maxProblems + 10 {
		log.Warn("x", "error", letters(i)+strings.Repeat("й", maxDetails))
	}
	got := w.tick().Problems
	if len(got) != maxProblems || !strings.HasPrefix(got[0].Details, letters(maxProblems+9)) {
		t.Errorf("%d problems, the first is %q", len(got), got[0].Details)
	}
	if n := len(got[0].Details); n > maxDetails+len(" …") {
		t.Errorf("details of %d bytes", n)
	}
}

// letters returns a text that is unique to i and has no digits.
func letters(i int) string { return strings.Repeat("x", i) }

func TestProblemsHoldNoSecret(t *testing.T) {
	const secret = "123:AAE"
	w, log, _ := newLogger(t, slog.LevelInfo, func(_ []string, a slog.Attr) slog.Attr {
		a.Value = slog.StringValue(strings.ReplaceAll(a.Value.String(), secret, "***"))
		return a
	})
	log.With("kept", secret).WithGroup("g").Warn("about "+secret, "error", fmt.Errorf("post https://api/bot%s/x", secret), "url", secret)
	w.tick()
	for _, path := range []string{"/api/stats", "/dashboard"} {
		body := w.get(path).Body.String()
		if strings.Contains(body, secret) || !strings.Contains(body, "***") {
			t.Errorf("%s:\n%s", path, body)
		}
	}
}

func TestPageEscapesWhatItShows(t *testing.T) {
	w, log, _ := newLogger(t, slog.LevelInfo, nil)
	log.Warn("x", "error", `<script>alert(1)</script>`)
	w.tick()
	if body := w.get("/dashboard").Body.String(); strings.Contains(body, "<script>alert") {
		t.Error("a log line becomes markup")
	}
}

func BenchmarkInfoThroughTheHandler(b *testing.B) {
	w := newWorld(b, Config{})
	log := slog.New(w.LogHandler(slog.DiscardHandler, nil))
	b.ReportAllocs()
	for b.Loop() {
		log.Info("fact_requested", "source", "library")
	}
}
