// Package places finds what stands near a point: in Wikipedia, whose searches it stores as tiles, or in the built-in pack. It decides what is
// worth a visit (no cities, rivers, battles) and how good a place is for a person. It does not know who was told about a place.
package places

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"excursobot/geo/editions"
	"excursobot/limiter"
	"excursobot/store"
)

// Place is a place as described in one language.
type Place = store.Place

// ErrUnavailable means that the source did not answer (down, refusing, too slow), and not that there are no places. It wraps the cause:
// limiter.ErrFull and limiter.ErrLate mean that our own limits held the request back.
var ErrUnavailable = errors.New("places: source unavailable")

// Store is the part of a store that a Finder uses.
type Store interface {
	store.Places
	store.Articles
}

// Config sets a Finder.
type Config struct {
	Store Store
	HTTP  *http.Client // default one with timeouts
	URL   string       // with {lang}; default https://{lang}.wikipedia.org/w/api.php
	// Addresses of the Action APIs of Wikidata and Commons; default theirs.
	WikidataURL, CommonsURL string
	// Editions are Wikipedias that are asked everywhere beside those that cover a point.
	Editions []string
	Contact  string        // of the operator, for the User-Agent; "" = at most 10 requests a minute
	Version  string        // for the User-Agent, default "dev"
	Timeout  time.Duration // for a request with its retries, default 8 s
	Log      *slog.Logger
	// Observe is called after each request with "ok", "error" or "limited"; nil = no calls.
	Observe              func(outcome string)
	PerSecond, PerMinute float64       // default 15 and 150 (10 without a contact)
	Gate                 *limiter.Gate // requests at once; default NewGate(3)
}

// Candidate is a place found near a point, before its details are known.
type Candidate struct {
	store.Page
	Language string
	Distance float64 // metres from the point asked for
	rank     rank
}

// rank tells whether a caller waits for the details of a candidate.
type rank uint8

const (
	wanted    rank = iota
	neighbour      // added to fill the request
)

// Finder searches Wikipedia and stores what it found. Its methods may be called concurrently.
type Finder struct {
	store  Store
	client *client
	log    *slog.Logger

	tiles   flights[store.TileKey, []store.Page]
	details flights[store.TileKey, map[pageKey]Place]

	entities flights[store.TileKey, map[placeKey]Place]
	articles flights[articleName, store.Article]
	atlas    *editions.Atlas
	more     []string // editions asked everywhere

	hits, misses atomic.Uint64
}

// New returns a Finder. It starts nothing. Each search runs in its own goroutine, so that a caller who leaves does not cancel it for the others.
// Close waits for these goroutines.
func New(cfg Config) (*Finder, error) {
	if cfg.Store == nil {
		return nil, errors.New("places: no store")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	cfg.Timeout = cmp.Or(max(cfg.Timeout, 0), 8*time.Second)
	c, err := newClient(cfg)
	if err != nil {
		return nil, fmt.Errorf("places: %w", err)
	}
	f := &Finder{store: cfg.Store, client: c, log: cfg.Log, atlas: editions.Load(), more: cfg.Editions}
	f.tiles.timeout, f.details.timeout = 2*cfg.Timeout, 2*cfg.Timeout
	f.entities.timeout, f.articles.timeout = 2*cfg.Timeout, 2*cfg.Timeout
	return f, nil
}

// Close cancels the requests in progress and waits for them. Later calls return ErrUnavailable. Close the store after the Finder.
func (f *Finder) Close() {
	f.tiles.close()
	f.details.close()
	f.entities.close()
	f.articles.close()
}

// Stats counts the requests of a Finder and its use of stored tiles.
type Stats struct {
	Requests, Errors     uint64 // sent, and failed for other reasons than limits
	Limited              uint64 // refused by the limits of Wikipedia or by ours
	TileHits, TileMisses uint64
	Pause                time.Duration // time left of the pause that Wikipedia asked for
}

// Stats returns the counters.
func (f *Finder) Stats() Stats {
	return Stats{
		Requests: f.client.requests.Load(), Errors: f.client.errors.Load(), Limited: f.client.limited.Load(),
		TileHits: f.hits.Load(), TileMisses: f.misses.Load(),
		Pause: f.client.pace.Stats().Paused,
	}
}
