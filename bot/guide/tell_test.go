package guide

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/store"
)

func TestColdPlaceGivesCardThenStory(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		start := time.Now()
		var card Card
		var after time.Duration
		story, claim, err := w.Tell(w.t.Context(), ask(1), func(c Card) { card, after = c, time.Since(start) })
		must(t, err)
		if card.Place.ID != "Q500" || card.Place.Title != "Дом 1" {
			t.Errorf("card shows %s %q, want Q500, the nearest house", card.Place.ID, card.Place.Title)
		}
		if after > time.Second {
			t.Errorf("card came after %v of simulated time, want at most 1s", after)
		}
		if story.Source != FromModel || story.Place.ID != card.Place.ID || story.Text == "" {
			t.Errorf("story = %s of %s, want a generated one of the card's place", story.Source, story.Place.ID)
		}
		if story.Distance < 35 || story.Distance > 45 {
			t.Errorf("distance = %.0f m, want about 40", story.Distance)
		}
		w.deliver(1, story, claim)
	})
}

func TestStoryOfOnePersonServesTheNext(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		first := w.mustTell(ask(1))
		calls := w.model.Stats().Calls
		start := time.Now()
		second := w.mustTell(ask(2))
		if second.Source != FromLibrary || second.Place.ID != first.Place.ID || second.Text != first.Text {
			t.Errorf("second person got %s of %s, want the library's story of %s", second.Source, second.Place.ID, first.Place.ID)
		}
		if waited := time.Since(start); waited > 100*time.Millisecond {
			t.Errorf("second person waited %v", waited)
		}
		if got := w.model.Stats().Calls; got != calls {
			t.Errorf("model was called %d times more", got-calls)
		}
	})
}

func TestNothingIsToldTwice(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		seen := map[string]bool{}
		for i := range 12 {
			req := ask(1)
			if i%2 == 1 {
				req.Language = "en" // the same places under other names
			}
			story := w.mustTell(req)
			if seen[story.Place.ID] {
				t.Fatalf("story %d: %s was told before", i+1, story.Place.ID)
			}
			seen[story.Place.ID] = true
		}
		if _, err := w.tell(ask(1)); !errors.Is(err, ErrAllTold) {
			t.Errorf("after all places: %v, want ErrAllTold", err)
		}
	})
}

func TestTwoQuestionsAtOnceChooseTwoPlaces(t *testing.T) {
	run(t, setting{articles: town(), slots: 3}, func(w *world) {
		const n = 6
		got := make([]string, n)
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				req := ask(1)
				if i%2 == 1 {
					req.Class, req.Due = LiveTick, time.Now()
				}
				story, _, err := w.Tell(w.t.Context(), req, nil)
				if err != nil {
					t.Error(err)
					return
				}
				got[i] = story.Place.ID
			})
		}
		wg.Wait()
		seen := map[string]bool{}
		for _, id := range got {
			if seen[id] {
				t.Errorf("%s was chosen twice at once: %v", id, got)
			}
			seen[id] = true
		}
	})
}

func TestUndeliveredPlaceIsOfferedAgain(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		first, claim, err := w.Tell(w.t.Context(), ask(1), nil)
		must(t, err)
		claim.Release()
		again := w.mustTell(ask(1))
		if again.Place.ID != first.Place.ID {
			t.Errorf("after a send that failed %s is told, want %s", again.Place.ID, first.Place.ID)
		}
	})
}

func TestCardOfACrashIsResumed(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		w.mustTell(ask(1)) // now the places are known to the store
		req := ask(2)
		req.Place = "Q503"
		cards := 0
		story, claim, err := w.Tell(w.t.Context(), req, func(Card) { cards++ })
		must(t, err)
		if story.Place.ID != "Q503" || cards != 0 {
			t.Errorf("got %s with %d cards, want Q503 and none", story.Place.ID, cards)
		}
		w.deliver(2, story, claim)
		if again := w.mustTell(req); again.Place.ID == "Q503" {
			t.Error("the resumed place was told twice")
		}
	})
}

func TestTickGetsNoCardAndTheExtractInTime(t *testing.T) {
	slow := sim.ModelConfig{Latency: func(int) time.Duration { return 20 * time.Second }}
	run(t, setting{articles: town(), model: slow}, func(w *world) {
		req := ask(1)
		req.Class, req.Due = LiveTick, time.Now().Add(time.Second)
		start := time.Now()
		story, _, err := w.Tell(w.t.Context(), req, func(Card) { t.Error("a tick showed a card") })
		must(t, err)
		if story.Source != FromExtract || story.Reason != ModelSlow {
			t.Errorf("got %s (%s), want the extract because the model is slow", story.Source, story.Reason)
		}
		if got, want := time.Since(start), 3*time.Second; got != want {
			t.Errorf("answered after %v, want %v (due + 2s)", got, want)
		}
	})
}

func TestSlowModelBecomesExtractAndEndsInTheLibrary(t *testing.T) {
	slow := sim.ModelConfig{Latency: func(int) time.Duration { return 60 * time.Second }}
	run(t, setting{articles: town(), model: slow, guide: func(c *Config) { c.PlacesPerCall = 1 }}, func(w *world) {
		start := time.Now()
		story := w.mustTell(ask(1))
		if got := time.Since(start); got != answerWithin {
			t.Errorf("answered after %v, want %v", got, answerWithin)
		}
		if story.Source != FromExtract || story.Text != story.Place.Extract {
			t.Errorf("got %s, want the extract", story.Source)
		}
	})
	slower := sim.ModelConfig{Latency: func(int) time.Duration { return 20 * time.Second }}
	run(t, setting{articles: town(), model: slower, guide: func(c *Config) { c.PlacesPerCall = 1 }}, func(w *world) {
		w.mustTell(ask(1))
		time.Sleep(time.Minute)
		if next := w.mustTell(ask(2)); next.Source != FromLibrary {
			t.Errorf("after the call ended the next person gets %s, want library", next.Source)
		}
	})
}

func TestCallerWhoLeavesGetsHisError(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		ctx, cancel := context.WithCancel(w.t.Context())
		ended := make(chan error)
		go func() {
			_, _, err := w.Tell(ctx, ask(1), nil)
			ended <- err
		}()
		time.Sleep(2 * time.Second) // the call runs
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Tell = %v, want context.Canceled", err)
		}
		if n := w.Stats().Claims; n != 0 {
			t.Errorf("%d claims left", n)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if next := w.mustTell(ask(2)); next.Source != FromLibrary {
			t.Errorf("the started call did not end in the library: next got %s", next.Source)
		}
	})
}

func TestErrorsAreToldApart(t *testing.T) {
	sea := geo.Point{Lat: 0, Lon: -150}
	down := func(int) string { return "503" }
	tests := []struct {
		name string
		set  setting
		at   geo.Point
		want error
	}{
		{"nothing within 10 km", setting{articles: town()}, sea, ErrNothing},
		{"source down", setting{articles: town(), wiki: down}, square, ErrSource},
		{"pack alone, far from its cities", setting{noWiki: true, pack: true}, sea, ErrNothing},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run(t, tt.set, func(w *world) {
				req := ask(1)
				req.Point = tt.at
				if _, err := w.tell(req); !errors.Is(err, tt.want) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
			})
		})
	}
	run(t, setting{}, func(w *world) {
		req := ask(1)
		req.Point = geo.Point{Lat: 91}
		if _, err := w.tell(req); err == nil {
			t.Error("a point that is not on Earth was accepted")
		}
	})
}

func TestGoesOnWithAPlaceThatIsNotTheNearest(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		set  setting
	}{
		{"of the library", setting{articles: town()}},
		{"of the pack", setting{noWiki: true, noModel: true, pack: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			run(t, test.set, func(w *world) {
				first, second := w.mustTell(ask(1)), w.mustTell(ask(1))
				req := ask(2) // to whom the nearest one is news
				req.Place = second.Place.ID
				again, claim, err := w.Tell(w.t.Context(), req, func(Card) { t.Error("a card") })
				must(t, err)
				claim.Release()
				if again.Place.ID != second.Place.ID || again.Text != second.Text || first.Place.ID == second.Place.ID {
					t.Errorf("went on with %s as %q, want %s as %q", again.Place.ID, again.Text, second.Place.ID, second.Text)
				}
			})
		})
	}
}

func TestPackSpeaksWhenTheSourceIsDown(t *testing.T) {
	run(t, setting{pack: true, wiki: func(int) string { return "503" }}, func(w *world) {
		story := w.mustTell(ask(1))
		if story.Source != FromPack || story.Text == "" {
			t.Errorf("got %s, want the pack", story.Source)
		}
		req := ask(2)
		req.Language = "fr" // the pack has no French: better English than silence
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

func TestOtherLengthServesWhenOnlyItIsReady(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		w.mustTell(ask(1))
		calls := w.model.Stats().Calls
		req := ask(2)
		req.Length = store.Long
		if story := w.mustTell(req); story.Key.Length != store.Short {
			t.Errorf("got the %s story, want the short one that is ready", story.Key.Length)
		}
		if w.model.Stats().Calls != calls {
			t.Error("a call was made for the other length")
		}
	})
}

func TestBriefQuestionMakesNoCall(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		req := ask(1)
		req.Brief = true
		story, claim, err := w.Tell(w.t.Context(), req, func(Card) { t.Error("a card was shown") })
		must(t, err)
		if story.Source != FromExtract || story.Reason != Crowd {
			t.Errorf("got %s (%s), want the extract because of the load", story.Source, story.Reason)
		}
		w.deliver(1, story, claim)
		time.Sleep(time.Minute)
		if n := w.model.Stats().Calls; n != 0 {
			t.Errorf("%d calls were made", n)
		}
		w.mustTell(ask(2))
		if story := w.mustTell(Request{Person: 3, Point: square, Language: "ru", Brief: true}); story.Source != FromLibrary {
			t.Errorf("with a story ready: %s, want the library", story.Source)
		}
	})
}

func TestSlowSourceIsNotWaitedForWhenSomethingIsKnown(t *testing.T) {
	set := setting{articles: town(), noModel: true}
	slow := false
	set.wiki = func(int) string {
		if slow {
			return "hang"
		}
		return ""
	}
	run(t, set, func(w *world) {
		w.mustTell(ask(1)) // the places round the square are known now
		slow = true
		req := ask(2)
		req.Point = geo.Offset(square, 0, 900) // nothing is known of that corner
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

// knownFar stores a place three kilometres away, with its article, and returns its ID.
func (w *world) knownFar() string {
	w.t.Helper()
	far := store.Place{
		ID: "Q900", Language: "ru", PageID: 900, Title: "Дальняя усадьба", Point: geo.Offset(square, 180, 3000), Source: "wikipedia",
		Extract: "Усадьба построена в 1790 году по проекту неизвестного архитектора.", Length: 9000, Fetched: time.Now(),
	}
	must(w.t, w.store.PutPlaces(w.t.Context(), []store.Place{far}))
	return far.ID
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
		for _, language := range []string{"ru", "en"} { // within walking distance there is nothing, and that is known
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
