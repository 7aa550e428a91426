package guide

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	questions "excursobot/bot/guide/ask"
	"excursobot/bot/guide/chat"
	"excursobot/bot/guide/model"
	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/limiter"
	"excursobot/store"
	"excursobot/store/boltstore"
)

// square is the centre of the test's town.
var square = geo.Point{Lat: 55.7520, Lon: 37.6175}

// world is a guide with a real store and simulated sources, inside a synctest bubble.
type world struct {
	*Guide
	t     testing.TB
	store store.Store
	wiki  *sim.Wikipedia
	model *sim.Model

	asked atomic.Int64 // HTTP calls to the model, also those that are not over

	mu   sync.Mutex
	made []string // outcomes of those that are over
}

// outcomes returns how many calls ended in the outcome.
func (w *world) outcomes(outcome string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range w.made {
		if one == outcome {
			n++
		}
	}
	return n
}

// setting holds a test's changes to the world.
type setting struct {
	articles []sim.Article
	model    sim.ModelConfig
	noModel  bool
	noWiki   bool
	wiki     func(n int) string // fault of the n-th request

	source      func(http.Handler) http.Handler // wraps the simulated Wikipedia
	noContact   bool
	wikiLatency time.Duration // default 200 ms
	name        string        // of the model, default gpt-6-luna
	quirk       string        // peculiarity of the model's server
	prompts     func(string)  // is called with the body of each request to the model
	observe     func(chat.Call)
	pack        bool
	judge       bool
	guide       func(*Config)
	slots       int
	room        int
}

func town() []sim.Article { return articles(12, 40, "ru", "en") }

// articles returns n places in a line to the east, step metres apart, in each language.
func articles(n int, step float64, languages ...string) []sim.Article {
	var all []sim.Article
	for i := range n {
		p := geo.Offset(square, 90, float64(i+1)*step)
		for j, lang := range languages {
			a := sim.Article{
				PageID: int64(1000*(j+1) + i), Language: lang, Lat: p.Lat, Lon: p.Lon,
				Type: "landmark", Dim: 50, QID: fmt.Sprintf("Q%d", 500+i), Length: 20_000,
			}
			if lang == "ru" {
				a.Title = fmt.Sprintf("Дом %d", i+1)
				a.Description = "здание в городе"
				a.Extract = fmt.Sprintf("Дом номер %d построен в 18%02d году по проекту архитектора Матвея Казакова. "+
					"В подвале дома нашли клад серебряных монет. На фасаде сохранилась лепнина с львиными головами.", i+1, i+10)
			} else {
				a.Title = fmt.Sprintf("House %d", i+1)
				a.Description = "building in the city"
				a.Extract = fmt.Sprintf("House number %d was built in 18%02d to a design by the architect Matvey Kazakov. "+
					"A hoard of silver coins was found in its cellar. The stucco on the front still shows the heads of lions.", i+1, i+10)
			}
			all = append(all, a)
		}
	}
	return all
}

// run starts a world in a bubble, calls fn, and checks that nothing is left running.
func run(t *testing.T, set setting, fn func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, set)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- w.Run(ctx) }()
		fn(w)
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
		if s := w.Stats(); s.Open != 0 || s.Preparing != 0 {
			t.Errorf("left behind: %d open stories, %d read-aheads", s.Open, s.Preparing)
		}
	})
}

func newWorld(t testing.TB, set setting) *world {
	t.Helper()
	w := &world{t: t}
	db, err := boltstore.Open(boltstore.Config{Path: filepath.Join(t.TempDir(), "test.db")})
	must(t, err)
	cache, err := geo.NewCache[[]store.Story](geo.CacheConfig{})
	must(t, err)
	t.Cleanup(func() {
		cache.Close()
		must(t, db.Close())
	})
	w.store = db
	w.wiki = sim.NewWikipedia(sim.WikipediaConfig{Articles: set.articles, Latency: cmp.Or(set.wikiLatency, 200*time.Millisecond), Fault: set.wiki})
	w.model = sim.NewModel(set.model)
	quirky := http.Handler(w.model)
	if set.quirk != "" {
		quirky, err = sim.Quirk(set.quirk, w.model)
		must(t, err)
	}
	server := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.asked.Add(1)
		if set.prompts != nil {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			set.prompts(string(body))
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		quirky.ServeHTTP(rw, r)
	})
	observe := func(c chat.Call) {
		w.mu.Lock()
		w.made = append(w.made, c.Outcome)
		w.mu.Unlock()
		if set.observe != nil {
			set.observe(c)
		}
	}
	var sources http.Handler = w.wiki
	if set.source != nil {
		sources = set.source(w.wiki)
	}
	contact := "test@example.org"
	if set.noContact {
		contact = ""
	}
	client := &http.Client{Transport: sim.Transport(map[string]http.Handler{
		"*.wikipedia.org": sources, "www.wikidata.org": sources, "commons.wikimedia.org": sources, "model.test": server,
	})}
	log := slog.New(slog.DiscardHandler)
	cfg := Config{Store: db, Cache: cache, Log: log}
	if !set.noWiki {
		cfg.Places, err = places.New(places.Config{Store: db, HTTP: client, Contact: contact, Version: "test", Log: log})
		must(t, err)
		t.Cleanup(cfg.Places.Close)
	}
	if set.pack {
		cfg.Pack, err = places.LoadPack()
		must(t, err)
	}
	if !set.noModel {
		asker, err := chat.New(chat.Config{APIKey: "k", BaseURL: "http://model.test/v1", Model: cmp.Or(set.name, "gpt-6-luna"), HTTP: client, Log: log, Observe: observe})
		must(t, err)
		cfg.Model = model.New(asker)
		cfg.Asker = questions.New(asker)
		if set.judge {
			cfg.Judge = model.NewJudge(asker)
		}
		cfg.Gate = limiter.NewGate(limiter.GateConfig{Slots: max(1, set.slots), QueueSize: max(10, set.room), Classes: Classes, Background: Background})
	}
	if set.guide != nil {
		set.guide(&cfg)
	}
	w.Guide, err = New(cfg)
	must(t, err)
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ask(person int64) Request {
	return Request{Person: person, Point: square, Language: "ru", Class: Interactive}
}

// tell asks for a story and records its delivery, as the bot does.
func (w *world) tell(req Request) (Story, error) {
	w.t.Helper()
	story, claim, err := w.Tell(w.t.Context(), req, nil)
	if err == nil {
		w.deliver(req.Person, story, claim)
	}
	return story, err
}

func (w *world) mustTell(req Request) Story {
	w.t.Helper()
	story, err := w.tell(req)
	must(w.t, err)
	return story
}

func (w *world) deliver(person int64, s Story, claim *Claim) {
	w.t.Helper()
	recorded := claim.Confirm()
	must(w.t, w.store.Delivered(w.t.Context(), store.Delivery{Person: person, Place: s.Place.ID, At: time.Now()}))
	recorded()
}

// experience lets people hear enough stories that their Wrong counts.
func (w *world) experience(people ...int64) {
	w.t.Helper()
	for _, person := range people {
		for i := range store.ExperiencedStories {
			at := time.Now().AddDate(0, 0, -i%store.ExperiencedDays)
			must(w.t, w.store.Delivered(w.t.Context(), store.Delivery{Person: person, Place: fmt.Sprint("heard ", i), At: at}))
		}
	}
}

// vote votes and checks whether the story is retired.
func (w *world) vote(person int64, key store.StoryKey, mark store.Mark, want bool) {
	w.t.Helper()
	retired, err := w.Vote(w.t.Context(), person, key, mark)
	must(w.t, err)
	if retired != want {
		w.t.Errorf("retired = %v, want %v", retired, want)
	}
}
