package guide

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// older returns a story of the first edition about a stored place whose text says when it was built.
func (w *world) older(i int, language, text string) store.Story {
	w.t.Helper()
	now := time.Now()
	id := fmt.Sprintf("wd:Q%d", 9000+i)
	p := geo.Offset(square, 90, float64(i))
	must(w.t, w.store.PutPlaces(w.t.Context(), []store.Place{{
		ID: id, Language: language, Title: "House", Point: p, Fetched: now,
		Extract: "The house was built in 1812 to a design by Matvey Kazakov. It has three floors.",
	}}))
	s := store.Story{
		StoryKey: store.StoryKey{Place: id, Language: language, Length: store.Short}, Title: "House", Point: p, Text: text, Source: "model",
		Likes: 3, Created: now, Expires: now.Add(store.StoryLife),
	}
	must(w.t, w.store.PutStories(w.t.Context(), []store.Story{s}))
	return s
}

func (w *world) told(s store.Story) bool {
	w.t.Helper()
	found, err := w.store.Stories(w.t.Context(), []store.StoryKey{s.StoryKey}, time.Now())
	must(w.t, err)
	return len(found) == 1 && !found[0].Retired && found[0].Likes == 3
}

const (
	faithful = "Matvey Kazakov drew this house, which was built in 1812 and has three floors."
	invented = "Matvey Kazakov drew this house, which burned down in 1937 and has three floors."
)

func TestOlderStoriesAreRecheckedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{noWiki: true})
		good, bad := w.older(1, "en", faithful), w.older(2, "en", invented)
		newer := w.older(3, "en", invented)
		newer.Version = storyVersion
		must(t, w.store.PutStories(t.Context(), []store.Story{newer}))
		unknown := w.older(4, "en", invented)
		unknown.Place = "wd:Q1"
		must(t, w.store.PutStories(t.Context(), []store.Story{unknown}))

		w.recheck(t.Context())
		for _, c := range []struct {
			name  string
			story store.Story
			told  bool
		}{{"faithful", good, true}, {"refuted", bad, false}, {"of today's rules", newer, true}, {"without a source", unknown, true}} {
			if got := w.told(c.story); got != c.told {
				t.Errorf("%s: told %v, want %v", c.name, got, c.told)
			}
		}
		late := w.older(5, "en", invented)
		w.recheck(t.Context())
		if !w.told(late) {
			t.Error("the stories were read a second time")
		}
	})
}

// A recheck of several pages that is stopped between any two of them goes on where it was.
func TestARecheckGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{noWiki: true})
		var all []store.Story
		for i := range 2*recheckPage + 30 {
			all = append(all, w.older(i, []string{"en", "ru"}[i%2], invented))
		}
		runs := 0
		for state := ""; state != fmt.Sprintf("%d done", storyVersion); runs++ {
			if runs > 10 {
				t.Fatalf("state %q after %d runs", state, runs)
			}
			ctx, cancel := context.WithTimeout(t.Context(), recheckPause/2) // it ends in the first pause
			w.recheck(ctx)
			cancel()
			var err error
			state, err = w.store.Setting(t.Context(), recheckedSetting)
			must(t, err)
		}
		for _, s := range all {
			if w.told(s) {
				t.Errorf("%v is still told", s.StoryKey)
			}
		}
		if runs < 2 {
			t.Errorf("%d runs, want several", runs)
		}
	})
}
