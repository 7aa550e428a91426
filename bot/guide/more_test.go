package guide

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo/places/wikitext"
	"excursobot/store"
)

// mansion is one place with an article of three sections.
func mansion() []sim.Article {
	all := articles(1, 40, "en")
	all[0].Body = "== History ==\n" +
		"A sugar baker opened his shop on the ground floor in 1851. The dough was mixed by a blind horse that walked in circles below the kitchen. " +
		"His widow sold gingerbread hearts to sailors until the harbour was closed. Nobody has found the recipe since then.\n" +
		"== Architecture ==\n" +
		"Green tiles from Delft cover the staircase up to the third landing. Each of them shows another ship, and one ship sails upside down. " +
		"The banister ends in a carved pike with glass eyes. A skylight was cut into the roof for a painter who moved out after a week.\n" +
		"== Today ==\n" +
		"A school of music has rented the upper rooms since 1977. Trombones practise on Tuesdays with open windows. " +
		"Pupils touch the pike before an examination. In the courtyard grows a fig tree that was planted as a joke.\n"
	return all
}

func TestMoreTellsOtherPartsOfTheArticle(t *testing.T) {
	run(t, setting{articles: mansion()}, func(w *world) {
		ctx := context.Background()
		first := w.mustTell(Request{Person: 1, Point: square, Language: "en"})
		if first.More != 1 {
			t.Fatalf("after the story aspect %d can be told, want 1", first.More)
		}
		told := []string{first.Text}
		for aspect := 1; aspect <= store.MaxAspect; aspect++ {
			s, err := w.More(ctx, MoreRequest{Person: 1, Place: first.Place.ID, Aspect: aspect, Language: "en"})
			must(t, err)
			if s.Source != FromModel || s.Key.Aspect != aspect || s.Key.Place != first.Place.ID {
				t.Fatalf("aspect %d: %s %+v %q", aspect, s.Source, s.Key, s.Reason)
			}
			for _, earlier := range told {
				for _, sentence := range wikitext.Sentences(s.Text) {
					if strings.Contains(earlier, sentence) {
						t.Errorf("aspect %d repeats %q", aspect, sentence)
					}
				}
			}
			told = append(told, s.Text)
			want := aspect + 1
			if aspect == store.MaxAspect {
				want = 0
			}
			if s.More != want {
				t.Errorf("after aspect %d the next is %d, want %d", aspect, s.More, want)
			}
		}
		_, err := w.More(ctx, MoreRequest{Person: 1, Place: first.Place.ID, Aspect: store.MaxAspect + 1, Language: "en"})
		if !errors.Is(err, ErrNoMore) {
			t.Errorf("beyond the last aspect: %v", err)
		}
	})
}

func TestMoreIsSharedByAll(t *testing.T) {
	run(t, setting{articles: mansion()}, func(w *world) {
		ctx := context.Background()
		place := w.mustTell(Request{Person: 1, Point: square, Language: "en"}).Place.ID
		calls := w.asked.Load()
		var wg sync.WaitGroup
		texts := make([]string, 3)
		for i := range texts {
			wg.Go(func() {
				s, err := w.More(ctx, MoreRequest{Person: int64(i + 1), Place: place, Aspect: 1, Language: "en"})
				if err != nil {
					t.Error(err)
				}
				texts[i] = s.Text
			})
		}
		wg.Wait()
		if texts[0] == "" || texts[0] != texts[1] || texts[1] != texts[2] {
			t.Errorf("texts %q", texts)
		}
		later, err := w.More(ctx, MoreRequest{Person: 9, Place: place, Aspect: 1, Language: "en", Length: store.Long})
		must(t, err)
		if later.Source != FromLibrary || later.Text != texts[0] {
			t.Errorf("later from %s: %q", later.Source, later.Text)
		}
		if n := w.asked.Load() - calls; n != 1 {
			t.Errorf("%d calls to the model, want 1", n)
		}
	})
}

func TestMoreWithoutTheModelIsTheArticle(t *testing.T) {
	fails := false
	run(t, setting{articles: mansion(), model: sim.ModelConfig{Fault: func(int) string {
		if fails {
			return "500"
		}
		return ""
	}}}, func(w *world) {
		first := w.mustTell(Request{Person: 1, Point: square, Language: "en"})
		fails = true
		s, err := w.More(context.Background(), MoreRequest{Person: 1, Place: first.Place.ID, Aspect: 1, Language: "en"})
		must(t, err)
		if s.Source != FromExtract || s.Reason != ModelDown || !strings.HasPrefix(s.Text, "A sugar baker") {
			t.Errorf("%s (%s): %q", s.Source, s.Reason, s.Text)
		}
	})
}

func TestNoMoreOfAThinArticle(t *testing.T) {
	run(t, setting{articles: articles(1, 40, "en")}, func(w *world) {
		first := w.mustTell(Request{Person: 1, Point: square, Language: "en"})
		if first.Source != FromModel || first.More != 0 {
			t.Errorf("%s, aspect %d can be told", first.Source, first.More)
		}
		_, err := w.More(context.Background(), MoreRequest{Person: 1, Place: first.Place.ID, Aspect: 1, Language: "en"})
		if !errors.Is(err, ErrNoMore) {
			t.Errorf("error %v", err)
		}
	})
}

func TestMoreIsJudgedByItsOwnPassage(t *testing.T) {
	var source string
	var mu sync.Mutex
	run(t, setting{articles: mansion(), judge: true, model: sim.ModelConfig{Object: func(_, passage, _ string) []string {
		mu.Lock()
		defer mu.Unlock()
		source = passage
		return nil
	}}}, func(w *world) {
		first := w.mustTell(Request{Person: 1, Point: square, Language: "en"})
		time.Sleep(time.Minute)
		s, err := w.More(context.Background(), MoreRequest{Person: 1, Place: first.Place.ID, Aspect: 1, Language: "en"})
		must(t, err)
		time.Sleep(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if !strings.HasPrefix(source, "A sugar baker") || strings.Contains(source, "Matvey") {
			t.Errorf("the judge read %q", source)
		}
		if got := w.stored(s.Key).Judged; got != store.JudgedPassed {
			t.Errorf("judged %q", got)
		}
	})
}

func TestUnused(t *testing.T) {
	t.Parallel()
	sections := wikitext.Sections("The intro tells of a house.\n" + mansion()[0].Body)
	text := func(parts []part) string {
		var headings []string
		for _, p := range parts {
			if p.Text != "" {
				headings = append(headings, p.Heading)
			}
		}
		return strings.Join(headings, ", ")
	}
	for _, tc := range []struct {
		name string
		told []*store.Story
		want string
	}{
		{"the intro was told", []*store.Story{{Quotes: []string{"tells of a house"}}}, "History, Architecture, Today"},
		{"a section was told", []*store.Story{{Quotes: []string{"A sugar baker opened his shop"}}}, "Architecture, Today"},
		{"two texts", []*store.Story{{Quotes: []string{"A sugar baker opened his shop"}}, {Quotes: []string{"one ship sails upside down"}}}, "Today"},
		{"no quotes are known", []*store.Story{{}}, ""},
		{"the story is gone", []*store.Story{nil}, ""},
	} {
		if got := text(unused(sections, tc.told, 6000)); got != tc.want {
			t.Errorf("%s: left %q, want %q", tc.name, got, tc.want)
		}
	}
}
