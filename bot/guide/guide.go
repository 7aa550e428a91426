// Package guide answers one question: what is worth telling this person here? It looks from ring to ring in the library, among the
// places and through the model, claims what it chose so that nobody hears a place twice, and falls back to the source's own words.
// It knows no Telegram and no words of the interface.
package guide

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"excursobot/bot/guide/model"
	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/limiter"
	"excursobot/store"
)

// Classes of the gate before the model, best first.
const (
	Interactive limiter.Class = iota // a person waits
	LiveTick                         // a walk's next story
	ReadAhead                        // stories that somebody will soon walk past
	WarmUp                           // for whoever comes next, while nobody wants anything
)

// Errors of Tell, for errors.Is. The person gets a sentence of their own for each.
var (
	ErrNothing    = errors.New("guide: nothing known within 10 km")
	ErrAllTold    = errors.New("guide: everything near was told")
	ErrSource     = errors.New("guide: sources of places unavailable")
	ErrOverloaded = errors.New("guide: overloaded")
)

// Source is where a story came from, as the metrics name it.
type Source string

// The sources.
const (
	FromLibrary Source = "library"
	FromModel   Source = "generated"
	FromExtract Source = "extract"
	FromPack    Source = "pack"
	FromNone    Source = "none" // for the metrics only: no story
)

// Reason says why an extract stands in for a story.
type Reason string

// The reasons.
const (
	NoReason   Reason = ""
	ModelOff   Reason = "off"    // no key
	ModelDown  Reason = "down"   // failing, refusing, breaker open
	ModelBusy  Reason = "busy"   // gate full or too late; Story.Wait says how long it would have been
	Crowd      Reason = "crowd"  // the request was Brief: too many people ask at once
	ModelSlow  Reason = "slow"   // the call took too long for a person to wait
	OverBudget Reason = "budget" // tokens of the day are spent
	Unfit      Reason = "unfit"  // what it wrote failed the checks, or the story was retired
)

// Config wires a Guide.
type Config struct {
	Store  Store
	Places *places.Finder // nil = the pack alone
	Pack   *places.Pack
	Model  *model.Client // nil = source extracts only
	Gate   *limiter.Gate // before the model
	Cache  *geo.Cache[[]store.Story]

	// Slot waits for the right to one call among all processes on the same store, which share the slots of the Gate; nil = there is no other.
	// An error leaves the model out.
	Slot func(ctx context.Context) (release func(), err error)

	Log                  *slog.Logger
	PlacesPerCall        int   // default 4
	DailyTokens          int64 // 0 = no limit
	DailyTokensPerPerson int64 // 0 = no limit
}

// Request is one question.
type Request struct {
	Person    int64
	Point     geo.Point
	Language  string        // of the story
	Length    store.Length  // "" = short
	Class     limiter.Class // Interactive or LiveTick
	Interests []string
	Place     string    // id of the place already shown to the person (a card sent before a crash): go on with it
	Brief     bool      // no call to the model and no card: the library's story or the extract
	Due       time.Time // LiveTick: when the story is due; it gives up on the model 2 s later
}

// Card is what can be shown before the story is ready.
type Card struct {
	Place    store.Place
	Distance float64 // metres from the person
}

// Store is the part of a store that the guide uses.
type Store interface {
	store.Told
	store.Places
	store.Stories
	store.Ledger
	// Sweep is store.Store's.
	Sweep(ctx context.Context, now time.Time, limit int) (int, error)
}

// Story is an answer of Tell.
type Story struct {
	Place    store.Place // in the language of the text
	Distance float64
	Text     string
	Source   Source
	Reason   Reason         // of an extract
	Wait     time.Duration  // the gate's estimate when Reason is ModelBusy
	Key      store.StoryKey // of the library's story; zero for an extract
}

// Guide tells stories.
type Guide struct {
	cfg    Config
	log    *slog.Logger
	budget *budget
	counts counters

	// work is the life of calls to the model: longer than any one request, ended by Run.
	work     context.Context //nolint:containedctx // see above: no caller's context lives long enough
	stopWork context.CancelFunc
	wg       sync.WaitGroup // flights and read-ahead

	mu        sync.Mutex
	closed    bool
	claims    map[claimKey]struct{}    // as many as requests under way
	seats     map[store.StoryKey]*seat // at most PlacesPerCall for each job in the gate
	preparing map[int64]struct{}       // at most maxPreparing people
	warmth    warmth
}

// New returns a Guide. It starts nothing.
func New(cfg Config) (*Guide, error) {
	if cfg.Store == nil || cfg.Cache == nil {
		return nil, errors.New("guide: Store and Cache are required")
	}
	if cfg.Model != nil && cfg.Gate == nil {
		return nil, errors.New("guide: a Model needs a Gate")
	}
	cfg.PlacesPerCall = cmp.Or(max(cfg.PlacesPerCall, 0), 4)
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	g := &Guide{
		cfg:       cfg,
		log:       cfg.Log,
		budget:    &budget{ledger: cfg.Store, daily: cfg.DailyTokens, perPerson: cfg.DailyTokensPerPerson},
		claims:    make(map[claimKey]struct{}),
		seats:     make(map[store.StoryKey]*seat),
		preparing: make(map[int64]struct{}),
	}
	g.work, g.stopWork = context.WithCancel(context.Background())
	return g, nil
}

// Run sweeps expired rows out of the store, at once and then hourly. When ctx ends it cancels the calls and the read-ahead
// that Tell and Prepare started, and returns nil after the last one ended. Tell must not be called after that.
func (g *Guide) Run(ctx context.Context) error {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		g.sweep(ctx)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			g.mu.Lock()
			g.closed = true
			g.mu.Unlock()
			g.stopWork()
			g.wg.Wait()
			return nil
		}
	}
}

const (
	sweepEvery = time.Hour
	sweepRows  = 1000 // in one transaction, so that nobody waits long behind it
)

func (g *Guide) sweep(ctx context.Context) {
	for ctx.Err() == nil {
		n, err := g.cfg.Store.Sweep(ctx, time.Now(), sweepRows)
		if err != nil {
			if ctx.Err() == nil {
				g.log.Error("sweep", "error", err)
			}
			return
		}
		if n < sweepRows {
			return
		}
	}
}

// spawnLocked runs fn in a goroutine that Run waits for; after the end it does not run at all. A panic of fn ends fn alone: what it
// holds it gives back in its defers.
func (g *Guide) spawnLocked(fn func()) bool {
	if g.closed {
		return false
	}
	g.wg.Go(func() {
		defer func() {
			if r := recover(); r != nil {
				g.counts.panics.Add(1)
				g.log.Error("panic", "value", fmt.Sprint(r), "stack", string(debug.Stack()))
			}
		}()
		fn()
	})
	return true
}
