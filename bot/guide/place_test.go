package guide

import (
	"errors"
	"slices"
	"testing"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// shared asks for one place, as a link to it does.
func shared(person int64, place, language string) Request {
	return Request{Person: person, Place: place, Language: language, Class: Interactive}
}

func TestASharedPlaceIsToldInTheReadersLanguage(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		first := w.mustTell(ask(1)) // in Russian
		time.Sleep(time.Minute)     // until the read-ahead is over
		for _, language := range []string{"ru", "en"} {
			carded := 0
			story, claim, err := w.TellPlace(w.t.Context(), shared(2, first.Place.ID, language), []string{"ru", "en"}, func(Card) { carded++ })
			must(t, err)
			if story.Place.ID != first.Place.ID || story.Key.Language != language || story.Text == "" {
				t.Errorf("in %s: %s in %q (%s), %q", language, story.Place.ID, story.Key.Language, story.Reason, story.Text)
			}
			if want := map[string]int{"ru": 0, "en": 1}[language]; carded != want {
				t.Errorf("in %s: %d cards, want %d", language, carded, want)
			}
			w.deliver(2, story, claim)
		}
		again, claim, err := w.TellPlace(w.t.Context(), shared(2, first.Place.ID, "en"), nil, nil)
		must(t, err)
		if again.Place.ID != first.Place.ID || claim != nil {
			t.Errorf("heard before: %s with the claim %v, want the story without a claim", again.Place.ID, claim)
		}
	})
}

func TestASharedPlaceMustBeKnownAndWorthAVisit(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		first := w.mustTell(ask(1))
		p, err := w.store.Place(w.t.Context(), first.Place.ID, "ru")
		must(t, err)
		p.ID, p.PageID, p.Title, p.About = "Q999", 999, "Battle", "2018 mass shooting in Riverside"
		p.Fetched = time.Now()
		must(t, w.store.PutPlaces(w.t.Context(), []store.Place{p}))
		for _, id := range []string{"Q999", "Q12345", "wp:ru:77", ""} {
			if _, _, err := w.TellPlace(w.t.Context(), shared(2, id, "ru"), []string{"en"}, nil); !errors.Is(err, ErrNothing) {
				t.Errorf("%q: %v, want ErrNothing", id, err)
			}
		}
	})
}

func TestASharedPlaceOfThePackIsTold(t *testing.T) {
	run(t, setting{noWiki: true, noModel: true, pack: true}, func(w *world) {
		story, _, err := w.TellPlace(w.t.Context(), shared(1, "Q129846", "fr"), nil, nil)
		must(t, err)
		if story.Source != FromPack || story.Key.Language != "en" {
			t.Errorf("%s in %s, want the pack's story in English", story.Source, story.Key.Language)
		}
	})
}

func TestAWithheldPlaceIsNotTold(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		first := w.mustTell(ask(1))
		time.Sleep(time.Minute)
		ready, err := w.Ready(w.t.Context(), square, "ru", 10)
		must(t, err)
		if !offers(ready, first.Place.ID) {
			t.Fatalf("the story that was told is not offered: %d stories", len(ready))
		}
		must(t, w.store.Withhold(w.t.Context(), store.ReportKey{Place: first.Place.ID}, "", time.Now()))
		w.library.invalidate(first.Place.Point, "ru")
		if _, _, err := w.TellPlace(w.t.Context(), shared(2, first.Place.ID, "ru"), []string{"en"}, nil); !errors.Is(err, ErrNothing) {
			t.Errorf("a withheld place: %v, want ErrNothing", err)
		}
		if ready, err = w.Ready(w.t.Context(), square, "ru", 10); err != nil || offers(ready, first.Place.ID) {
			t.Errorf("a withheld place is offered: %v", err)
		}
	})
}

func offers(stories []Story, place string) bool {
	return slices.ContainsFunc(stories, func(s Story) bool { return s.Place.ID == place })
}

// TestReadyOffersNearAndGoodStories holds that a few votes and a picture make up for some way, and that what the judge has not seen is kept back.
func TestReadyOffersNearAndGoodStories(t *testing.T) {
	run(t, setting{noWiki: true, noModel: true}, func(w *world) {
		story := func(id string, metres float64, likes int, judged store.Judged) store.Story {
			return store.Story{
				StoryKey: store.StoryKey{Place: id, Language: "en", Length: store.Short}, Title: id, Text: "A text.", Source: "model",
				Point: geo.Offset(square, 90, metres), Likes: likes, Judged: judged, Created: time.Now(), Expires: time.Now().Add(time.Hour), Version: 1,
			}
		}
		must(t, w.store.PutStories(w.t.Context(), []store.Story{
			story("near", 100, 0, store.JudgedPassed), story("liked", 350, 3, store.JudgedPassed), story("pending", 50, 0, store.JudgedPending),
			story("far", 2900, 0, store.JudgedSkipped), story("beyond", 3100, 5, store.JudgedPassed),
		}))
		ready, err := w.Ready(w.t.Context(), square, "en", 10)
		must(t, err)
		var got []string
		for _, s := range ready {
			got = append(got, s.Place.ID)
		}
		if want := []string{"liked", "near", "far"}; !slices.Equal(got, want) {
			t.Errorf("offered %v, want %v", got, want)
		}
	})
}
