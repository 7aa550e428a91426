package guide

import (
	"errors"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/store"
)

// edits is a Wikipedia whose articles change while the test runs.
type edits struct{ now atomic.Pointer[sim.Wikipedia] }

func (e *edits) source(first http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if now := e.now.Load(); now != nil {
			now.ServeHTTP(w, r)
			return
		}
		first.ServeHTTP(w, r)
	})
}

// calledWrong has two experienced people hear the nearest extract and call it wrong.
func (w *world) calledWrong() Story {
	w.t.Helper()
	w.experience(1, 2)
	first, second := w.mustTell(ask(1)), w.mustTell(ask(2))
	if first.Source != FromExtract || first.ReportKey() != second.ReportKey() || first.ReportKey().Place == "" {
		w.t.Fatalf("told were %+v and %+v", first.ReportKey(), second.ReportKey())
	}
	for person := range int64(2) {
		must(w.t, w.Report(w.t.Context(), person+1, first.ReportKey()))
		must(w.t, w.Report(w.t.Context(), person+1, first.ReportKey())) // pressing twice counts once
	}
	return first
}

func revised(articles []sim.Article, change func(*sim.Article)) *sim.Wikipedia {
	articles = slices.Clone(articles)
	for i := range articles {
		if articles[i].Title == "Дом 1" {
			change(&articles[i])
		}
	}
	return sim.NewWikipedia(sim.WikipediaConfig{Articles: articles, Latency: 200 * time.Millisecond})
}

func TestAReportedExtractIsReadAgain(t *testing.T) {
	t.Parallel()
	const better = "Дом номер 1 построен в 1790 году. На фасаде сохранилась лепнина с головами львов и орлов."
	for name, c := range map[string]struct {
		now      func(*sim.Article) // the article as it is then; nil = the source is down
		withheld bool
		text     string // what the third person is told of the place; "" = nothing
	}{
		"the same text is withheld":             {func(*sim.Article) {}, true, ""},
		"another revision of it too":            {func(a *sim.Article) { a.Revision = 77 }, true, ""},
		"another text takes its place":          {func(a *sim.Article) { a.Revision, a.Extract = 77, better }, false, better},
		"what cannot be read again is withheld": {nil, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var e edits
			run(t, setting{articles: town(), noModel: true, source: e.source}, func(w *world) {
				first := w.mustTell(ask(9))
				time.Sleep(time.Minute) // read-ahead
				if c.now != nil {
					e.now.Store(revised(town(), c.now))
				} else {
					e.now.Store(sim.NewWikipedia(sim.WikipediaConfig{Fault: func(int) string { return "503" }}))
				}
				w.calledWrong()
				time.Sleep(time.Minute)
				synctest.Wait()
				list, err := w.store.WithheldPlaces(t.Context(), store.ReportKey{}, 10)
				must(t, err)
				if (len(list) == 1) != c.withheld {
					t.Fatalf("withheld %+v", list)
				}
				if c.withheld && (list[0].Place != first.Place.ID || list[0].Title != first.Place.Title || list[0].Language != "ru") {
					t.Errorf("withheld %+v", list[0])
				}
				got := w.mustTell(ask(3))
				if c.text == "" && got.Place.ID == first.Place.ID || c.text != "" && got.Text != c.text {
					t.Errorf("told %q of %s", got.Text, got.Place.ID)
				}
			})
		})
	}
}

func TestFreshAccountsWithholdNothing(t *testing.T) {
	t.Parallel()
	run(t, setting{articles: town(), noModel: true}, func(w *world) {
		first := w.mustTell(ask(1))
		time.Sleep(time.Minute) // read-ahead
		requests := w.wiki.Stats().Requests
		for person := int64(2); person < 12; person++ {
			w.mustTell(ask(person))
			must(t, w.Report(t.Context(), person, first.ReportKey()))
		}
		time.Sleep(time.Minute)
		if got := w.mustTell(ask(20)); got.Place.ID != first.Place.ID {
			t.Errorf("ten fresh people withheld the place")
		}
		if got := w.wiki.Stats().Requests; got != requests {
			t.Errorf("they cost %d requests", got-requests)
		}
		if err := w.Report(t.Context(), 99, first.ReportKey()); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("somebody who did not hear it: %v", err)
		}
		if got := w.Stats().Reported; got != 10 {
			t.Errorf("%d reports counted", got)
		}
	})
}

func TestAReportDoesNotWaitForTheSource(t *testing.T) {
	t.Parallel()
	run(t, setting{articles: town(), noModel: true}, func(w *world) {
		w.experience(1, 2)
		first := w.mustTell(ask(1))
		w.mustTell(ask(2))
		must(t, w.Report(t.Context(), 1, first.ReportKey()))
		before := time.Now()
		must(t, w.Report(t.Context(), 2, first.ReportKey()))
		if took := time.Since(before); took != 0 {
			t.Errorf("the report took %s", took)
		}
		time.Sleep(time.Minute)
		if got := w.mustTell(ask(3)); got.Place.ID == first.Place.ID {
			t.Error("it is told still")
		}
	})
}

// TestARetiredPlaceIsToldInNoForm goes through all ways to hear of a place.
func TestARetiredPlaceIsToldInNoForm(t *testing.T) {
	t.Parallel()
	for _, pack := range []bool{false, true} {
		run(t, setting{articles: town(), pack: pack, noWiki: pack, noModel: pack}, func(w *world) {
			req, languages := ask(1), []string{"ru", "en"}
			if pack {
				req.Point = w.cfg.Pack.Cities()[0].Places[0].Point
			}
			first := w.mustTell(req)
			if _, err := w.Retire(t.Context(), first.Place.ID); err != nil {
				t.Fatal(err)
			}
			for i, language := range languages {
				for j, length := range []store.Length{store.Short, store.Long} {
					req.Person, req.Language, req.Length = int64(10+2*i+j), language, length
					if got, err := w.tell(req); err == nil && got.Place.ID == first.Place.ID {
						t.Errorf("told in %s, %s, from %s", language, length, got.Source)
					}
				}
				if _, err := w.More(t.Context(), MoreRequest{Person: 1, Place: first.Place.ID, Aspect: 1, Language: language}); !errors.Is(err, ErrNoMore) {
					t.Errorf("more of it: %v", err)
				}
			}
			must(t, w.RestoreExtract(t.Context(), store.ReportKey{Place: first.Place.ID}))
			req.Person, req.Language, req.Length = 30, first.Key.Language, first.Key.Length
			if got := w.mustTell(req); got.Place.ID != first.Place.ID {
				t.Errorf("after Restore %s was told", got.Place.ID)
			}
		})
	}
}
