package guide

import (
	"context"
	"testing"
	"time"

	"excursobot/limiter"
)

func TestReadAheadKeepsTwoStoriesReady(t *testing.T) {
	run(t, setting{articles: town(), guide: func(c *Config) { c.PlacesPerCall = 1 }}, func(w *world) {
		w.mustTell(ask(1))
		for i := range 2 {
			time.Sleep(time.Minute)
			start := time.Now()
			if next := w.mustTell(ask(1)); next.Source != FromLibrary {
				t.Errorf("story %d came from %s after %v, want it ready", i+2, next.Source, time.Since(start))
			}
		}
	})
}

func TestReadAheadIsNotJoinedWhenItCannotStartInTime(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		block, err := w.cfg.Gate.Acquire(w.t.Context(), limiter.Job{})
		must(t, err)
		defer block.Release()
		w.Prepare(ask(9)) // its call waits behind all others, at most a minute
		time.Sleep(2 * time.Second)
		if w.Stats().Open == 0 {
			t.Fatal("no read-ahead is queued")
		}
		for i := range int64(5) { // jobs of other people for 30 s
			ticket, err := w.cfg.Gate.Enter(limiter.Job{Key: 100 + i})
			must(t, err)
			ctx, cancel := context.WithCancel(w.t.Context())
			cancel()
			defer func() { _, _ = ticket.Wait(ctx) }()
		}
		story, _, err := w.Tell(w.t.Context(), ask(1), func(Card) { t.Error("a card was shown for a call that starts too late") })
		must(t, err)
		if story.Source != FromExtract || story.Reason != ModelBusy {
			t.Errorf("got %s (%s), want the extract", story.Source, story.Reason)
		}
	})
}
