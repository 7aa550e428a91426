package pack

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/limiter"
	"excursobot/store"
)

// Finder is the part of places.Finder that a pack is collected with.
type Finder interface {
	Editions(p geo.Point, language string) []string
	Near(ctx context.Context, p geo.Point, radius float64, edition string) ([]places.Candidate, error)
	Details(ctx context.Context, found []places.Candidate) ([]places.Place, error)
	Names(ctx context.Context, list []places.Place, language string, editions []string) ([]places.Place, error)
	Lengths(ctx context.Context, list []places.Place, editions []string) ([]places.Place, error)
	Credits(ctx context.Context, list []places.Place) ([]places.Place, error)
	StoredArticle(ctx context.Context, key store.ArticleKey) (store.Article, error)
	Article(ctx context.Context, place string, l store.Sitelink) (store.Article, error)
	Room(ctx context.Context, article bool) time.Duration
	Small() bool
	Stats() places.Stats
}

// Builder collects the rows of packs in a store. It asks the sources in their lowest class, one request after the other, so that everybody else
// comes first. It does not ask for rows that are stored already, so an interrupted collection continues when it is repeated.
type Builder struct {
	Store    Source
	Finder   Finder
	Requests int // to the sources in a minute that this class may send

	// Write writes the missing stories about the places in the language and returns when they are judged; nil = there is no model. written is called
	// after each batch with the number of its places.
	Write func(ctx context.Context, list []places.Place, language string, written func(n int)) error
	// Model is what an estimate needs to know of the model.
	Model Model
	Now   func() time.Time // nil = time.Now

	mu sync.Mutex // one collection at a time
}

// Model describes how stories are written, for an estimate.
type Model struct {
	PerCall           int     // places in one call
	AtOnce            int     // calls
	PerMinute         float64 // calls
	PriceIn, PriceOut float64 // dollars for a million tokens; 0 = not known
	Judged            bool
}

// ErrBusy means that another pack is being built.
var ErrBusy = errors.New("another pack is being built")

// Steps of a collection, in their order.
const (
	StepSearch   = "searches"
	StepDetails  = "places"
	StepNames    = "names"
	StepCredits  = "credits"
	StepArticles = "articles"
	StepStories  = "stories"
)

// Progress is how far a collection is.
type Progress struct {
	Step      string `json:"step"`
	Done, All int
	Requests  uint64 // to the sources so far
}

// Check refuses an order that cannot be filled.
func (b *Builder) Check(o Order) error {
	if err := errors.Join(o.Area.check(), CheckLanguages(o.Languages)); err != nil {
		return err
	}
	if b.Finder.Small() {
		return errors.New("places.contact is not set: Wikipedia allows ten requests a minute without it, which is too few for a pack")
	}
	if o.Stories && b.Write == nil {
		return errors.New("--stories needs openai.api_key")
	}
	return nil
}

// collection is a pack being collected.
type collection struct {
	b      *Builder
	order  Order
	report func(Progress)
	before uint64 // requests
}

// Collect brings everything that the order names into the store. report is called often, in the caller's goroutine or one of Write's.
func (b *Builder) Collect(ctx context.Context, o Order, report func(Progress)) error {
	if err := b.Check(o); err != nil {
		return err
	}
	if !b.mu.TryLock() {
		return ErrBusy
	}
	defer b.mu.Unlock()
	c := &collection{b: b, order: o, report: report, before: b.Finder.Stats().Requests}
	ctx = places.Background(ctx)
	found, err := c.search(ctx)
	if err != nil {
		return err
	}
	described, err := c.describe(ctx, found)
	if err != nil {
		return err
	}
	if err := c.articles(ctx, described); err != nil || !o.Stories {
		return err
	}
	return c.stories(ctx, described)
}

func (c *collection) say(step string, done, all int) {
	c.report(Progress{Step: step, Done: done, All: all, Requests: c.b.Finder.Stats().Requests - c.before})
}

// Bounds of a source's silence. After it the collection ends, and goes on when it is repeated.
const (
	askAgain      = 10
	askAgainFirst = 2 * time.Second
	askAgainMost  = 5 * time.Minute
)

// ask calls fn when the sources have room for it, and again when they do not answer.
func (c *collection) ask(ctx context.Context, article bool, fn func() error) error {
	wait := askAgainFirst
	for try := 1; ; try++ {
		for left := c.b.Finder.Room(ctx, article); left > 0; left = c.b.Finder.Room(ctx, article) {
			if err := limiter.Sleep(ctx, left); err != nil {
				return err
			}
		}
		err := fn()
		if err == nil || ctx.Err() != nil || !errors.Is(err, places.ErrUnavailable) || errors.Is(err, places.ErrNoArticle) {
			return errors.Join(err, ctx.Err())
		}
		if try == askAgain {
			return fmt.Errorf("the source does not answer; repeat the command later, it goes on where it ended: %w", err)
		}
		if err := limiter.Sleep(ctx, wait); err != nil {
			return err
		}
		wait = min(2*wait, askAgainMost)
	}
}
