// Package guide answers one question: which place near this person is worth a story, and what is the story? It looks in the library, at the places
// around and asks the model, claims the place it chose so that nobody gets it twice, and falls back to the opening of the article. It does not know
// Telegram, and it has no texts of the user interface.
package guide

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	questions "excursobot/bot/guide/ask"
	"excursobot/bot/guide/model"
	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/limiter"
	"excursobot/store"
)

// Store is the part of a store that the guide uses.
type Store interface {
	store.Told
	store.Places
	store.Stories
	store.Ledger
	store.Judgements
	store.Reports
	store.Settings
	store.Settings
	// Sweep is store.Store's.
	Sweep(ctx context.Context, now time.Time, limit int) (int, error)
}

// Config holds the parts and settings of a Guide. Store and Cache are required.
type Config struct {
	Store  Store
	Places *places.Finder    // nil = only the library and the pack
	Pack   *places.Pack      // nil = no pack
	Model  *model.Client     // nil = extracts only
	Gate   *limiter.Gate     // before the model; required with a Model
	Asker  *questions.Client // answers questions; nil = with the article's own words. It needs the Model of the same server
	Judge  *model.Judge      // looks at new stories again; nil = the checks of their texts are enough. Without a Model it is not asked
	Cache  *geo.Cache[[]store.Story]

	// Slot waits for one of the call slots that all replicas share; nil = there is one process. If it returns an error, the model is not called.
	Slot func(ctx context.Context) (release func(), err error)

	// Correct changes messages that show a story which the judge refused; nil = they stay.
	Correct func(ctx context.Context, c Correction) error
	Replica string // this process among those that share the store; "" = there are no others

	// Edition is called for each story with the kind of Wikipedia that its source is in: "own", "english" or "local"; nil = no calls.
	Edition func(kind string)
	// Witness is told what happens on the way to a story; nil = nobody is.
	Witness *Witness

	Log                  *slog.Logger
	PlacesPerCall        int   // default 4
	Passage              int   // most characters of an article that the model gets about a place, default 6000
	DailyTokens          int64 // 0 = no limit
	DailyTokensPerPerson int64 // 0 = no limit
}

// Guide finds and tells stories.
type Guide struct {
	cfg     Config
	log     *slog.Logger
	counts  counters
	tasks   *tasks
	claims  *claims
	library *library
	budget  *budget
	batches *batches
	judging *judging
	warmed  *served // by stories for later visitors
	known   *served // by describeOthers

	renewals renewals
	doubted  doubted
	richness richness

	mu        sync.Mutex
	preparing map[int64]struct{} // people with a read-ahead in progress, at most maxPreparing
}

// New returns a Guide. It starts nothing.
func New(cfg Config) (*Guide, error) {
	if cfg.Store == nil || cfg.Cache == nil {
		return nil, errors.New("guide: Store and Cache are required")
	}
	if cfg.Model != nil && cfg.Gate == nil {
		return nil, errors.New("guide: a Model needs a Gate")
	}
	cfg.Passage = cmp.Or(max(cfg.Passage, 0), 6000)
	cfg.PlacesPerCall = cmp.Or(max(cfg.PlacesPerCall, 0), 4)
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	g := &Guide{
		cfg:       cfg,
		log:       cfg.Log,
		claims:    newClaims(cfg.Store),
		library:   &library{stories: cfg.Store, cache: cfg.Cache, pack: cfg.Pack},
		budget:    &budget{ledger: cfg.Store, daily: cfg.DailyTokens, perPerson: cfg.DailyTokensPerPerson},
		preparing: make(map[int64]struct{}),
		warmed:    warmedNeighbourhoods(),
		known:     describedNeighbourhoods(),
	}
	g.tasks = newTasks(cfg.Log, &g.counts.panics)
	g.batches = &batches{
		model: cfg.Model, gate: cfg.Gate, slot: cfg.Slot, library: g.library, budget: g.budget, tasks: g.tasks, counts: &g.counts, log: cfg.Log,
		size: cfg.PlacesPerCall, witness: cfg.Witness, sources: cfg.Places, passage: cfg.Passage, open: make(map[store.StoryKey]*item),
	}
	if cfg.Model == nil {
		cfg.Judge = nil
	}
	g.judging = newJudging(&cfg, g.batches, &g.counts)
	g.batches.judging = g.judging
	return g, nil
}

const (
	sweepEvery = time.Hour
	sweepRows  = 1000 // in one transaction, so that others do not wait long for it
)

// Run removes expired rows from the store, at once and then hourly, and rechecks older stories once. When ctx ends, it cancels the calls and the read-ahead that Tell and Prepare
// started, and returns nil after the last one ended. Do not call Tell after that.
func (g *Guide) Run(ctx context.Context) error {
	defer g.tasks.stop()
	g.tasks.start(func() { g.judging.run(g.tasks.ctx) })
	g.tasks.start(func() { g.noticeImports(g.tasks.ctx) })
	g.tasks.start(func() { g.recheck(g.tasks.ctx) })
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		g.sweep(ctx)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func (g *Guide) sweep(ctx context.Context) {
	for ctx.Err() == nil {
		n, err := g.cfg.Store.Sweep(ctx, time.Now(), sweepRows)
		if err != nil {
			if ctx.Err() == nil {
				g.log.Error("sweep_failed", "error", err)
			}
			return
		}
		if n < sweepRows {
			return
		}
	}
}

// mayCall returns why no call to the model can be made for the request, or NoReason.
func (g *Guide) mayCall(ctx context.Context, req Request) (Reason, error) {
	if g.cfg.Model == nil {
		return ModelOff, nil
	}
	if req.Brief {
		return Crowd, nil
	}
	if !g.cfg.Model.Ready() {
		if g.cfg.Model.Refused() {
			return ModelRefused, nil
		}
		return ModelDown, nil
	}
	ok, err := g.budget.allows(ctx, req.Class, req.Person)
	if errors.Is(err, store.ErrAway) {
		return ModelDown, nil // the budget is unknown, so nothing may be spent
	}
	if err != nil {
		return NoReason, err
	}
	if !ok {
		return OverBudget, nil
	}
	return NoReason, nil
}
