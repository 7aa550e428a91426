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
	"excursobot/bot/sim"
	"excursobot/geo"
)

// centre is in the middle of the simulated city.
var centre = geo.Point{Lat: 48.2, Lon: 16.37}

// newSimWorld returns simulated servers, and sets in cfg how they are reached. Wikipedia knows a city around centre.
func newSimWorld(cfg *config.Config) (*sim.Telegram, World) {
	const token = "1000:test"
	cfg.Telegram = config.TelegramConfig{Token: token, APIURL: config.TelegramAPI}
	cfg.Monitor.Addr = "" // tests ask the pages in memory
	cfg.OpenAI.APIKey, cfg.OpenAI.BaseURL, cfg.OpenAI.Model = "test", "http://model.test/v1", "test"
	cfg.Places.WikipediaURL, cfg.Places.Contact = "http://{lang}.wikipedia.test/w/api.php", "test"
	cfg.Places.WikidataURL, cfg.Places.CommonsURL = "http://data.wikipedia.test/w/api.php", "http://files.wikipedia.test/w/api.php"
	telegram := sim.NewTelegram(sim.TelegramConfig{Token: token, Latency: 40 * time.Millisecond})
	wiki := sim.NewWikipedia(sim.WikipediaConfig{Articles: sim.City(1, centre.Lat, centre.Lon, 300, "en"), Latency: 200 * time.Millisecond})
	return telegram, World{
		Telegram:    sim.Transport(map[string]http.Handler{"api.telegram.org": telegram}),
		Model:       sim.Transport(map[string]http.Handler{"model.test": sim.NewModel(sim.ModelConfig{Shutdown: "2000-02-10"})}),
		Wikipedia:   sim.Transport(map[string]http.Handler{"*.wikipedia.test": wiki}),
		WithoutPack: true,
	}
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
	a.Mux().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// fromBot returns the bot's messages without the venues.
func fromBot(p *sim.Person) []sim.Message {
	return slices.DeleteFunc(p.Messages(), func(m sim.Message) bool { return !m.FromBot || m.Method == "sendVenue" })
}

// Work that does not end is cut off when the drain is over.
func TestStopCutsOffWhatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := config.Defaults()
		cfg.Derive(config.Environment{})
		cfg.Store.Dir = t.TempDir()
		cfg.Shutdown.Drain = 3 * time.Second
		telegram, world := newSimWorld(&cfg)
		hang := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		world.Wikipedia = sim.Transport(map[string]http.Handler{"*.wikipedia.test": hang})
		a, err := New(cfg, world, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		stop := running(t, a)
		time.Sleep(time.Second)
		telegram.Person(sim.Profile{ID: 1, LanguageCode: "en"}).Locate(0, 0)
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
			a.Mux().ServeHTTP(w, r)
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
