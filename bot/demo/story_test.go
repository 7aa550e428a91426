package demo

import (
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/app"
	"excursobot/bot/config"
	"excursobot/bot/guide"
	"excursobot/bot/guide/model"
	"excursobot/bot/sim"
	"excursobot/geo/places"
)

// newDemoApp builds the whole bot in the demo's world, with its store in a temporary directory.
func newDemoApp(t *testing.T) (*app.App, *demoWorld, *places.Pack) {
	t.Helper()
	return newQuirkyDemo(t, "")
}

func newQuirkyDemo(t *testing.T, quirk string) (*app.App, *demoWorld, *places.Pack) {
	t.Helper()
	cfg := config.Defaults()
	cfg.Derive(config.Environment{})
	cfg.Store.Dir = t.TempDir()
	pack, err := places.LoadPack()
	if err != nil {
		t.Fatal(err)
	}
	w, err := newDemoWorld(&cfg, pack, quirk)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(cfg, w.outside, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return a, w, pack
}

// A location is answered by a card within 1.5 s, which becomes the pack's own text. The next person gets that text at once.
func TestCardBecomesStory(t *testing.T) {
	for _, language := range []string{"en", "ru"} {
		t.Run(language, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, w, pack := newDemoApp(t)
				place := pack.Cities()[0].Places[0]
				if code, _ := status(a, "/readyz"); code != http.StatusServiceUnavailable {
					t.Errorf("ready before the start: %d", code)
				}
				stop := running(t, a)

				first := w.telegram.Person(sim.Profile{ID: 1, LanguageCode: language})
				first.Locate(place.Point.Lat, place.Point.Lon)
				time.Sleep(1500 * time.Millisecond)
				if code, body := status(a, "/readyz"); code != http.StatusOK {
					t.Errorf("not ready: %s", body)
				}
				card := fromBot(first)
				if len(card) != 1 || card[0].Edits != 0 || strings.Contains(card[0].Text, place.Texts[language]) {
					t.Fatalf("after 1.5 s: %+v, want one card", card)
				}
				time.Sleep(6 * time.Second)
				told := fromBot(first)
				if len(told) != 1 || told[0].ID != card[0].ID || told[0].Edits == 0 || !strings.Contains(told[0].Text, place.Texts[language]) {
					t.Fatalf("after 7.5 s: %+v, want the card turned into %q", told, place.Texts[language])
				}

				if last := w.last.Load(); last == nil || last.source != guide.FromModel {
					t.Errorf("the last answer is %+v, want one of the model", last)
				}
				second := w.telegram.Person(sim.Profile{ID: 2, LanguageCode: language})
				second.Locate(place.Point.Lat, place.Point.Lon)
				time.Sleep(time.Second)
				if at := fromBot(second); len(at) != 1 || !strings.Contains(at[0].Text, place.Texts[language]) {
					t.Errorf("the second person after 1 s: %+v, want the story", at)
				}
				if err := stop(); err != nil {
					t.Errorf("stop: %v", err)
				}
				if code, _ := status(a, "/healthz"); code != http.StatusOK {
					t.Errorf("healthz after the stop: %d", code)
				}
			})
		})
	}
}

// The demo's model can tell every place of the pack in the languages of the page, from the article of any edition, and its texts pass the checks.
func TestDemoModelKnowsEveryPlace(t *testing.T) {
	pack, err := places.LoadPack()
	if err != nil {
		t.Fatal(err)
	}
	r := newDemoModel(pack, nil)
	for _, article := range packArticles(pack) {
		source := strings.TrimSpace(article.Extract + "\n" + article.Body)
		for name, language := range modelLanguages {
			want := textsOf(r.places[article.QID])[language]
			if want == "" && language != "fr" {
				t.Fatalf("%s has no text in %s", article.QID, language)
			}
			data, err := json.Marshal(map[string]any{"language": name, "places": []any{
				map[string]any{"id": "Q0", "extract": "A house."}, map[string]any{"id": article.QID, "extract": source},
			}})
			if err != nil {
				t.Fatal(err)
			}
			var ask modelRequest
			ask.Messages = append(ask.Messages, modelMessage{Content: "Rules.\n\n" + string(data)})
			got, _ := r.answer(ask)["stories"].([]modelStory)
			if want == "" && len(got) == 0 {
				continue
			}
			if len(got) != 1 || got[0].Place != article.QID || got[0].Text != want {
				t.Errorf("%s from %s in %s: got %v", article.QID, article.Language, language, got)
				continue
			}
			if language != article.Language && !localOnly[article.QID] {
				continue // the bot would give it the article in its own language
			}
			p := places.Place{ID: article.QID, Language: article.Language, Title: article.Title, Extract: source}
			passage := model.Passage{Text: source, Language: article.Language, Title: article.Title, Labels: slices.Collect(maps.Values(article.Labels))}
			if err := model.Check(p, passage, language, want); err != nil {
				t.Errorf("%s from %s in %s: %v", article.QID, article.Language, language, err)
			}
		}
	}
}

// A story that is being written when the bot stops still arrives.
func TestStopDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, w, pack := newDemoApp(t)
		stop := running(t, a)
		place := pack.Cities()[0].Places[0]
		p := w.telegram.Person(sim.Profile{ID: 1, LanguageCode: "en"})
		p.Locate(place.Point.Lat, place.Point.Lon)
		time.Sleep(1500 * time.Millisecond)

		began := time.Now()
		stopped := make(chan error)
		go func() { stopped <- stop() }()
		time.Sleep(time.Millisecond)
		if code, body := status(a, "/readyz"); code != http.StatusServiceUnavailable || !strings.Contains(body, "draining") {
			t.Errorf("readyz while draining: %d %s", code, body)
		}
		if err := <-stopped; err != nil {
			t.Errorf("stop: %v", err)
		}
		if took := time.Since(began); took > 6*time.Second {
			t.Errorf("stopping took %v", took)
		}
		if got := fromBot(p); len(got) != 1 || !strings.Contains(got[0].Text, place.Texts["en"]) {
			t.Errorf("after the stop: %+v, want the story", got)
		}
	})
}

// The demo's model can play the peculiarities of real servers.
func TestStoryInSpiteOfAPeculiarity(t *testing.T) {
	for _, quirk := range []string{"created is a fraction", "any format refused", "system role refused", "think block with a draft"} {
		t.Run(quirk, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, w, pack := newQuirkyDemo(t, quirk)
				place := pack.Cities()[0].Places[0]
				stop := running(t, a)
				time.Sleep(time.Second)
				p := w.telegram.Person(sim.Profile{ID: 1, LanguageCode: "en"})
				p.Locate(place.Point.Lat, place.Point.Lon)
				time.Sleep(12 * time.Second)
				if told := fromBot(p); len(told) == 0 || !strings.Contains(told[0].Text, place.Texts["en"]) {
					t.Errorf("told %+v", told)
				}
				if err := stop(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
