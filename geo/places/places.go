// Package places says what stands near a point: from Wikipedia, remembered in tiles in the store, or from the built-in
// pack. It decides what is worth a visit (no cities, rivers, battles) and not who has heard of it.
package places

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"excursobot/limiter"
	"excursobot/store"
)

// Place is a place as one language describes it.
type Place = store.Place

// ErrUnavailable says that the source could not be asked (down, refusing, too slow): not that nothing is there. It comes joined with
// the cause; limiter.ErrFull and limiter.ErrLate among the causes say that our own limits held the request back.
var ErrUnavailable = errors.New("places: source unavailable")

// Config sets a Finder.
type Config struct {
	Store   store.Places
	HTTP    *http.Client  // default one with timeouts
	URL     string        // with {lang}; default https://{lang}.wikipedia.org/w/api.php
	Contact string        // the operator's, for the User-Agent; "" = the low tier: at most 10 requests a minute
	Version string        // for the User-Agent, default "dev"
	Timeout time.Duration // for one request with its retries, default 8 s
	Log     *slog.Logger
	// Observe is called after each request with "ok", "error" or "limited"; nil = nobody listens.
	Observe              func(outcome string)
	PerSecond, PerMinute float64       // default 3 and 150 (10 without a contact)
	Gate                 *limiter.Gate // requests at once; default NewGate(3)
}

// Candidate is a place found near a point, before its details are known.
type Candidate struct {
	store.Page
	Language string
	Distance float64 // metres from the point asked for
	rank     rank
}

// rank says whether somebody waits for a candidate's details.
type rank uint8

const (
	wanted    rank = iota
	neighbour      // asked about because the question had room
)

// Finder asks Wikipedia and remembers what it said.
type Finder struct {
	store  store.Places
	client *client
	log    *slog.Logger

	tiles   flights[store.TileKey, []store.Page]
	details flights[store.TileKey, map[pageKey]Place]

	hits, misses atomic.Uint64
}

// New returns a Finder. It starts nothing; a search runs in a goroutine of its own, so that who leaves does not cancel it for
// the others, and Close waits for those.
func New(cfg Config) (*Finder, error) {
	if cfg.Store == nil {
		return nil, errors.New("places: no store")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	cfg.Timeout = cmp.Or(max(cfg.Timeout, 0), 8*time.Second)
	if cfg.Contact == "" {
		cfg.Log.Warn("no contact for Wikipedia's User-Agent: at most 10 requests a minute", "set", "places.contact")
	}
	c, err := newClient(cfg)
	if err != nil {
		return nil, fmt.Errorf("places: %w", err)
	}
	f := &Finder{store: cfg.Store, client: c, log: cfg.Log}
	f.tiles.timeout, f.details.timeout = 2*cfg.Timeout, 2*cfg.Timeout
	return f, nil
}

// Close cancels the requests under way and waits for them; asking after it is ErrUnavailable. Close the store after it.
func (f *Finder) Close() {
	f.tiles.close()
	f.details.close()
}

// Stats counts what a Finder did.
type Stats struct {
	Requests, Errors     uint64 // sent, and those that failed for another reason than too many
	Limited              uint64 // refused by Wikipedia's limits or held back by ours
	TileHits, TileMisses uint64
	Pause                time.Duration // what is left of the one that Wikipedia asked for
}

// Stats returns the counters.
func (f *Finder) Stats() Stats {
	return Stats{
		Requests: f.client.requests.Load(), Errors: f.client.errors.Load(), Limited: f.client.limited.Load(),
		TileHits: f.hits.Load(), TileMisses: f.misses.Load(),
		Pause: f.client.pace.Stats().Paused,
	}
}
