package app

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/guide/model"
	"excursobot/bot/sim"
	"excursobot/geo/places"
)

// newDemoApp builds the whole bot on the demo's stage, with its store in a directory of the test.
func newDemoApp(t *testing.T) (*App, *stage, *places.Pack) {
	t.Helper()
	cfg := config.Defaults()
	cfg.Derive(config.Environment{})
	cfg.Store.Dir = t.TempDir()
	pack, err := places.LoadPack()
	if err != nil {
		t.Fatal(err)
	}
	play := newStage(&cfg, pack)
	a, err := New(cfg, play.world, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return a, play, pack
}

// running runs the app on a listener without connections until stop, which returns Run's error.
func running(t *testing.T, a *App) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}) }()
	return func() error {
		cancel()
		return <-ended
	}
}

func status(a *App, path string) (int, string) {
	w := httptest.NewRecorder()
	a.mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// The demo's promise: a location is answered by a card within a second, which becomes the pack's own text; the next person
// gets that text at once.
func TestCardBecomesStory(t *testing.T) {
	for _, language := range []string{"en", "ru"} {
		t.Run(language, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, play, pack := newDemoApp(t)
				place := pack.Cities()[0].Places[0]
				if code, _ := status(a, "/readyz"); code != http.StatusServiceUnavailable {
					t.Errorf("ready before the start: %d", code)
				}
				stop := running(t, a)

				first := play.telegram.Person(sim.Profile{ID: 1, LanguageCode: language})
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

				second := play.telegram.Person(sim.Profile{ID: 2, LanguageCode: language})
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

// fromBot returns what the bot said, without the pins on the map.
func fromBot(p *sim.Person) []sim.Message {
	return slices.DeleteFunc(p.Messages(), func(m sim.Message) bool { return !m.FromBot || m.Method == "sendVenue" })
}

// Every place of the pack can be told by the stand-in: its text passes the checks on what a model wrote.
func TestRecitalKnowsEveryPlace(t *testing.T) {
	pack, err := places.LoadPack()
	if err != nil {
		t.Fatal(err)
	}
	r := newRecital(pack)
	for _, article := range packArticles(pack) {
		var ask recitalRequest
		ask.Messages = append(ask.Messages, struct {
			Content string `json:"content"`
		}{"Tell of " + article.Title + ": " + article.Extract})
		ask.ResponseFormat.JSONSchema.Schema.Properties.Stories.Items.Properties.Place.Enum = []string{"Q0", article.QID}
		got := r.stories(ask)
		if len(got) != 1 || got[0].Place != article.QID || got[0].Text != article.Extract {
			t.Errorf("%s in %s: got %v", article.QID, article.Language, got)
			continue
		}
		p := places.Place{ID: article.QID, Language: article.Language, Title: article.Title, Extract: article.Extract}
		if err := model.Check(p, article.Language, got[0].Text); err != nil {
			t.Errorf("%s in %s: %v", article.QID, article.Language, err)
		}
	}
}

// A stop while the model is at work lets the story arrive.
func TestStopDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, play, pack := newDemoApp(t)
		stop := running(t, a)
		place := pack.Cities()[0].Places[0]
		p := play.telegram.Person(sim.Profile{ID: 1, LanguageCode: "en"})
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

// Work that does not end is cut off when the drain is over.
func TestStopCutsOffWhatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := config.Defaults()
		cfg.Derive(config.Environment{})
		cfg.Store.Dir = t.TempDir()
		cfg.Shutdown.Drain = 3 * time.Second
		pack, err := places.LoadPack()
		if err != nil {
			t.Fatal(err)
		}
		play := newStage(&cfg, pack)
		hang := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		play.world.Wikipedia = sim.Transport(map[string]http.Handler{"*.wikipedia.demo": hang})
		a, err := New(cfg, play.world, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		stop := running(t, a)
		time.Sleep(time.Second)
		play.telegram.Person(sim.Profile{ID: 1, LanguageCode: "en"}).Locate(0, 0)
		time.Sleep(time.Second)
		began := time.Now()
		if err := stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
		if took := time.Since(began); took > 4*time.Second {
			t.Errorf("stopping took %v, want little more than the drain of 3s", took)
		}
	})
}

func TestNewGivesUpWhatItOpened(t *testing.T) {
	cfg := config.Defaults()
	cfg.Store.Dir = t.TempDir()
	cfg.Telegram.Token = "" // telegram.NewClient refuses
	log := slog.New(slog.DiscardHandler)
	if _, err := New(cfg, World{}, log); err == nil {
		t.Fatal("no error")
	}
	cfg.Telegram.Token = testToken
	a, err := New(cfg, World{}, log) // the store's file must be free again
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if err := a.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if _, err := os.Stat(filepath.Join(cfg.Store.Dir, "excursobot.db")); err != nil {
		t.Error(err)
	}
}

func TestWebhookRoute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // "within a second" holds however slow the machine is
		cfg := config.Defaults()
		cfg.Store.Dir = t.TempDir()
		cfg.Telegram.Token = testToken
		cfg.Telegram.WebhookURL = "https://bot.example/in/here"
		cfg.Derive(config.Environment{})
		a, err := New(cfg, World{}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		post := func(secret string) (code int, cut bool) {
			w := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodPost, "/in/here", strings.NewReader(`{"update_id":1}`))
			r.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
			defer func() { cut = recover() != nil }()
			a.mux.ServeHTTP(w, r)
			return w.Code, false
		}
		if code, _ := post("wrong"); code != http.StatusUnauthorized {
			t.Errorf("wrong secret: %d", code)
		}
		if _, cut := post("wrong"); !cut {
			t.Error("the second wrong secret within a second was answered")
		}
		if code, cut := post(cfg.Telegram.WebhookSecret); cut || code == http.StatusUnauthorized {
			t.Errorf("right secret after wrong ones: %d, cut %v", code, cut)
		}
	})
}
