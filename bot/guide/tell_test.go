package guide

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

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
		w.mustTell(ask(1)) // now the store knows the places
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
				req := ask(2) // who has not been told the nearest place
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
