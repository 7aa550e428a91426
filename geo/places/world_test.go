package places

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/boltstore"
)

var square = geo.Point{Lat: 55.752, Lon: 37.6175}

// world is a Finder between a real store and a simulated Wikipedia.
type world struct {
	*Finder
	store    *boltstore.Store
	wiki     *sim.Wikipedia
	mu       sync.Mutex
	requests []*http.Request
	times    []time.Time
	outcomes []string
}

// setting holds what a test changes in the world.
type setting struct {
	extracts int // in one reply; 0 = all
	articles []sim.Article
	latency  time.Duration
	fault    func(n int) string
	retry    int
	cfg      Config
	handler  http.Handler // instead of the simulated Wikipedia
}

// newWorld must be called inside the bubble.
func newWorld(t testing.TB, set setting) *world {
	t.Helper()
	w := &world{}
	db, err := boltstore.Open(boltstore.Config{Path: filepath.Join(t.TempDir(), "test.db")})
	if err != nil {
		t.Fatal(err)
	}
	w.store = db
	w.wiki = sim.NewWikipedia(sim.WikipediaConfig{Articles: set.articles, Extracts: set.extracts, Latency: set.latency, Fault: set.fault, RetryAfter: set.retry})
	handler := set.handler
	if handler == nil {
		handler = w.wiki
	}
	net := sim.Transport(map[string]http.Handler{"*.wikipedia.org": handler, "www.wikidata.org": handler, "commons.wikimedia.org": handler})
	cfg := set.cfg
	cfg.Store = db
	cfg.HTTP = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		w.mu.Lock()
		w.requests, w.times = append(w.requests, r), append(w.times, time.Now())
		w.mu.Unlock()
		return net.RoundTrip(r)
	})}
	if cfg.Contact == "" {
		cfg.Contact = "op@example.org"
	}
	cfg.Version = "1.2"
	cfg.Observe = func(outcome string) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.outcomes = append(w.outcomes, outcome)
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if w.Finder, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// sent returns the number of requests.
func (w *world) sent() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.requests)
}

func (w *world) near(t testing.TB, p geo.Point, radius float64) []Candidate {
	t.Helper()
	found, err := w.Near(t.Context(), p, radius, "ru")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// house returns an article worth telling, metres away from the square.
func house(id int64, bearing, metres float64) sim.Article {
	p := geo.Offset(square, bearing, metres)
	return sim.Article{
		PageID: id, Language: "ru", Title: fmt.Sprintf("Дом %d", id), Lat: p.Lat, Lon: p.Lon, Type: "landmark",
		QID: fmt.Sprintf("Q%d", id), Description: "жилой дом", Extract: "Построен в 1874 году.", Length: 5000, Picture: "House.jpg",
	}
}

// houses returns n articles evenly spread around the square, on an area with the given side in metres.
func houses(n int, side float64) []sim.Article {
	var list []sim.Article
	for i := range n {
		east, north := side*(float64(i%25)/25-0.5), side*(float64(i/25)/float64(n/25+1)-0.5)
		a := house(int64(i+1), 0, 0)
		p := geo.Offset(geo.Offset(square, 0, north), 90, east)
		a.Lat, a.Lon = p.Lat, p.Lon
		list = append(list, a)
	}
	return list
}

func ids(found []Candidate) []int64 {
	var out []int64
	for _, c := range found {
		out = append(out, c.ID)
	}
	return out
}

func titles(places []Place) []string {
	var out []string
	for _, p := range places {
		out = append(out, p.Title)
	}
	return out
}

func wantIDs(t testing.TB, found []Candidate, want ...int64) {
	t.Helper()
	if got := ids(found); !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

func (w *world) tile(t testing.TB, p geo.Point, level int) (store.Tile, error) {
	t.Helper()
	return w.store.Tile(context.Background(), store.TileKey{Cell: geo.CellAt(p, level), Language: "ru"}, time.Now())
}
