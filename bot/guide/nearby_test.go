package guide

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

func TestPackSpeaksWhenTheSourceIsDown(t *testing.T) {
	run(t, setting{pack: true, wiki: func(int) string { return "503" }}, func(w *world) {
		story := w.mustTell(ask(1))
		if story.Source != FromPack || story.Text == "" {
			t.Errorf("got %s, want the pack", story.Source)
		}
		req := ask(2)
		req.Language = "fr" // the pack has no French: English is better than nothing
		if story := w.mustTell(req); story.Key.Language != "en" {
			t.Errorf("a French request got the pack in %q", story.Key.Language)
		}
	})
}

func TestRicherPlaceBeatsAStubNearBy(t *testing.T) {
	set := setting{articles: town(), noModel: true}
	for i := range set.articles {
		if set.articles[i].QID == "Q500" {
			set.articles[i].Length = 600
			set.articles[i].Extract = "Дом построен в 1810 году по проекту неизвестного."
		}
	}
	run(t, set, func(w *world) {
		story := w.mustTell(ask(1))
		if story.Place.ID != "Q501" {
			t.Errorf("told %s, want Q501 40 m behind the stub", story.Place.ID)
		}
		if story.Source != FromExtract || story.Reason != ModelOff {
			t.Errorf("got %s (%s), want the extract because the model is off", story.Source, story.Reason)
		}
	})
}

func TestSlowSourceIsNotWaitedForWhenSomethingIsKnown(t *testing.T) {
	set := setting{articles: town(), noModel: true}
	var slow atomic.Bool
	set.wiki = func(int) string {
		if slow.Load() {
			return "hang"
		}
		return ""
	}
	run(t, set, func(w *world) {
		w.mustTell(ask(1)) // now the store knows the places around the square
		slow.Store(true)
		req := ask(2)
		req.Point = geo.Offset(square, 0, 900) // the store knows nothing there
		start := time.Now()
		story := w.mustTell(req)
		if got := time.Since(start); got != sourcePatience {
			t.Errorf("told %s after %v, want %v", story.Place.ID, got, sourcePatience)
		}
		if story.Distance > walkable {
			t.Errorf("told a place %.0f m away", story.Distance)
		}
	})
}

func TestSlowSourceIsWaitedForWhenNothingIsKnown(t *testing.T) {
	run(t, setting{articles: town(), noModel: true, wikiLatency: 2 * time.Second}, func(w *world) {
		start := time.Now()
		story := w.mustTell(ask(1))
		if got := time.Since(start); got < 4*time.Second || got > sourceWithin {
			t.Errorf("told %s after %v, want after two slow replies", story.Place.ID, got)
		}
	})
	run(t, setting{articles: town(), wiki: func(int) string { return "hang" }}, func(w *world) {
		start := time.Now()
		if _, err := w.tell(ask(1)); !errors.Is(err, ErrSource) {
			t.Errorf("got %v, want ErrSource", err)
		}
		if got := time.Since(start); got > sourceWithin+retryPatience {
			t.Errorf("the sentence came after %v, want at most %v", got, sourceWithin+retryPatience)
		}
	})
}

func TestSlowSourceIsWaitedForWhenOnlyAFarPlaceIsKnown(t *testing.T) {
	run(t, setting{articles: town(), noModel: true, wikiLatency: 2 * time.Second}, func(w *world) {
		w.knownFar()
		start := time.Now()
		story := w.mustTell(ask(1))
		if got := time.Since(start); story.Distance > walkable || got < 4*time.Second || got > sourceWithin {
			t.Errorf("told %s at %.0f m after %v, want a near place after two slow replies", story.Place.ID, story.Distance, got)
		}
	})
}

func TestSlowSourceBeyondTheWalkableRingDoesNotHoldTheAnswer(t *testing.T) {
	run(t, setting{noModel: true, wiki: func(int) string { return "hang" }}, func(w *world) {
		want := w.knownFar()
		for _, language := range []string{"ru", "en"} { // the store knows that nothing is within walking distance
			for _, cell := range geo.CellsWithin(nil, square, walkable, geo.LevelTile) {
				key := store.TileKey{Cell: cell, Language: language}
				must(t, w.store.PutTile(t.Context(), store.Tile{TileKey: key, Expires: time.Now().Add(time.Hour)}))
			}
		}
		start := time.Now()
		story := w.mustTell(ask(1))
		if got := time.Since(start); story.Place.ID != want || got != sourcePatience {
			t.Errorf("told %s after %v, want %s after %v", story.Place.ID, got, want, sourcePatience)
		}
	})
}
