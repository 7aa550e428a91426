package guide

import (
	"context"
	"testing"
	"time"

	"excursobot/geo"
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

// The places of other editions are read again only after an hour, or elsewhere.
func TestReadAheadReadsANeighbourhoodOnce(t *testing.T) {
	run(t, setting{articles: articles(25, 20, "en")}, func(w *world) {
		reads := func(meters float64) uint64 {
			before := w.cfg.Places.Stats().TileHits
			req := ask(1)
			req.Point = geo.Offset(req.Point, 90, meters)
			must(w.t, w.newSearch(req, nil, prepareWithin).describeOthers(w.t.Context()))
			return w.cfg.Places.Stats().TileHits - before
		}
		reads(0)
		if got := reads(0); got != 0 {
			t.Errorf("%d tiles read a second time", got)
		}
		if got := reads(300); got == 0 {
			t.Error("no tile read 300 m away")
		}
		time.Sleep(time.Hour)
		if got := reads(0); got == 0 {
			t.Error("no tile read an hour later")
		}
	})
}
