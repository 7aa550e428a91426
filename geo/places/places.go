// Package places says what stands near a point: from Wikipedia, remembered in tiles in the store, or from the built-in
// pack. It decides what is worth a visit (no cities, rivers, battles) and not who has heard of it.
package places

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"excursobot/geo"
	"excursobot/limiter"
	"excursobot/store"
)

// Place is a place as one language describes it.
type Place = store.Place

// ErrUnavailable says that the source could not be asked (down, refusing, too slow): not that nothing is there.
var ErrUnavailable = errors.New("places: source unavailable")

// Config sets a Finder.
type Config struct {
	Store   store.Places
	HTTP    *http.Client  // default one with timeouts
	URL     string        // with {lang}; default https://{lang}.wikipedia.org/w/api.php
	Contact string        // the operator's, for the User-Agent; "" = the low tier: 10 requests a minute
	Version string        // for the User-Agent
	Timeout time.Duration // for one request with its retries, default 8 s
	Log     *slog.Logger
	// Observe is called after each request with "ok", "error" or "limited"; nil = nobody listens.
	Observe              func(outcome string)
	PerSecond, PerMinute float64       // default 3 and 150 (10 without a contact)
	Gate                 *limiter.Gate // requests at once; default one of 3 slots
}

// Candidate is a place found near a point, before its details are known.
type Candidate struct {
	store.Page
	Language string
	Distance float64 // metres from the point asked for
}

// Finder asks Wikipedia and remembers what it said.
type Finder struct{ _ int }

// New returns a Finder. It starts nothing; flights of tiles run in their callers' goroutines.
func New(cfg Config) (*Finder, error) { panic("contract") }

// Near returns the places within radius metres of p (at most 10 000), nearest first, junk left out, from the tiles of the language.
// Up to 1200 m it reads level 13 tiles, beyond one wide search. Part of the area unavailable: what is known, with ErrUnavailable joined.
func (f *Finder) Near(ctx context.Context, p geo.Point, radius float64, language string) ([]Candidate, error) {
	panic("contract")
}

// Details returns the candidates' places, at most the first 20, in the order given; those that turned out to be missing, disambiguations or
// junk are left out. Known ones come from the store.
func (f *Finder) Details(ctx context.Context, found []Candidate) ([]Place, error) { panic("contract") }

// Stats counts what a Finder did.
type Stats struct {
	Requests, Errors, Limited uint64
	TileHits, TileMisses      uint64
}

// Stats returns the counters.
func (f *Finder) Stats() Stats { panic("contract") }
