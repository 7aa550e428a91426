package guide

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/limiter"
	"excursobot/store"
)

// rings are the radii in metres that are searched one after the other. The first ring with something unheard wins: too small a
// radius finds nothing, too large a one finds Notre-Dame from everywhere.
var rings = [...]float64{300, 600, walkable, 10_000}

const walkable = 1200

const (
	// startWithin is how soon a call must start for a person to be shown a card and asked to wait. Beyond it the extract is the answer.
	startWithin = 12 * time.Second
	// answerWithin is when a card becomes the extract, counted from the question; one second is left for sending it.
	answerWithin = 14 * time.Second
	// tickGrace is how long after its due time a walk's story waits for the model.
	tickGrace = 2 * time.Second
	// sourcePatience is how long the source is waited for while something else can be told: what the library and the store know within a
	// walk. sourceAgain is how long until that is looked for again, and sourceWithin how long in all if there is nothing.
	sourcePatience = 1200 * time.Millisecond
	sourceAgain    = 500 * time.Millisecond
	sourceWithin   = 10 * time.Second
	// detailBatch is how many places the source is asked about at once, detailBatches how often in one ring.
	detailBatch   = 20
	detailBatches = 5
	// leastExtract is the shortest extract, in bytes, that says anything worth telling.
	leastExtract = 40
)

// Tell chooses an unheard place near the point and returns its story. onCard is called at most once, from Tell's goroutine and before Tell
// returns, when the story will take a while; the story that follows is of the card's place. The claim is nil exactly if there is an error; the caller
// ends it. The error is one of this package's, or the context's, or the store's.
func (g *Guide) Tell(ctx context.Context, req Request, onCard func(Card)) (Story, *Claim, error) {
	if !req.Point.Valid() {
		return Story{}, nil, fmt.Errorf("tell: %v,%v is not a place on Earth", req.Point.Lat, req.Point.Lon)
	}
	if req.Length == "" {
		req.Length = store.Short
	}
	start := time.Now()
	t := telling{g: g, req: req, onCard: onCard, start: start, patience: start.Add(sourcePatience)}
	found, err := t.tell(ctx)
	if err != nil {
		g.counts.answer(FromNone)
		return Story{}, nil, err
	}
	g.counts.answer(found.story.Source)
	if !req.Brief {
		g.Prepare(req)
	}
	return found.story, found.claim, nil
}

// answer is a story with the claim on its place. Functions that look for one return nil if they find none.
type answer struct {
	story Story
	claim *Claim
}

// telling is one question on its way through the rings.
type telling struct {
	g      *Guide
	req    Request
	onCard func(Card)
	start  time.Time

	skipped  bool      // there was something, but it is told or claimed
	source   error     // why the source could not be asked; it is not asked again
	patience time.Time // until then the source is waited for
	slow     bool      // that is why it could not
}

func (t *telling) tell(ctx context.Context) (*answer, error) {
	if t.req.Place != "" {
		if found, err := t.resume(ctx); found != nil || err != nil {
			return found, err
		}
	}
	for {
		found, err := t.round(ctx)
		if found != nil || err != nil {
			return found, err
		}
		if !t.slow || time.Since(t.start) >= sourceWithin {
			return t.lastResort(ctx)
		}
		// Meanwhile others may have brought something, so the rings are looked through again.
		t.source, t.slow, t.patience = nil, false, time.Now().Add(sourceAgain)
	}
}

// round goes from ring to ring once.
func (t *telling) round(ctx context.Context) (*answer, error) {
	inner := 0.0
	for _, ring := range rings {
		list, err := t.g.library(ctx, t.req.Point, ring, t.req.Language, t.req.Length)
		if err != nil {
			return nil, err
		}
		found, skipped, err := t.g.claimReady(ctx, t.req, list)
		if found != nil || err != nil {
			return found, err
		}
		t.skipped = t.skipped || skipped
		if t.slow && ring > walkable {
			break // first let the source say what is nearer
		}
		found, err = t.tellNew(ctx, inner, ring)
		if found != nil || err != nil {
			return found, err
		}
		inner = ring
	}
	return nil, nil //nolint:nilnil // no answer
}

// resume goes on with the place that the person may have been shown already: with its story, if there is one, else with a new one.
func (t *telling) resume(ctx context.Context) (*answer, error) {
	list, err := t.g.library(ctx, t.req.Point, rings[len(rings)-1], t.req.Language, t.req.Length)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(r ready) bool { return r.story.Place != t.req.Place })
	if found, _, err := t.g.claimReady(ctx, t.req, list); found != nil || err != nil {
		return found, err
	}
	for _, language := range languagesFor(t.req.Language) {
		p, err := t.g.cfg.Store.Place(ctx, t.req.Place, language)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the card's place: %w", err)
		}
		card := Card{Place: p, Distance: geo.Distance(t.req.Point, p.Point)}
		t.onCard = nil // it is on the screen already
		return t.tellFirst(ctx, []Card{card})
	}
	return nil, nil //nolint:nilnil // no answer
}

// languagesFor are the languages in which sources are read for a story in the language.
func languagesFor(language string) []string {
	if language == "en" {
		return []string{"en"}
	}
	return []string{language, "en"}
}

// tellNew looks for an unheard place between the rings and tells it.
func (t *telling) tellNew(ctx context.Context, inner, outer float64) (*answer, error) {
	if t.g.cfg.Places == nil {
		return nil, nil //nolint:nilnil // no answer
	}
	for _, language := range languagesFor(t.req.Language) {
		cards, err := t.untold(ctx, inner, outer, language)
		if err != nil {
			return nil, err
		}
		found, err := t.tellFirst(ctx, cards)
		if found != nil || err != nil {
			return found, err
		}
	}
	return nil, nil //nolint:nilnil // no answer
}

// untold returns the places between the rings, as the language describes them, of which the person has not heard, best first.
// A source that cannot be asked is no error: it is remembered, and what is known without it is returned.
func (t *telling) untold(ctx context.Context, inner, outer float64, language string) ([]Card, error) {
	var near []places.Candidate
	if !t.down() {
		var err error
		if near, err = t.near(ctx, outer, language); err != nil {
			return nil, err
		}
	}
	for len(near) > 0 && near[0].Distance <= inner {
		near = near[1:]
	}
	for n := 0; n < detailBatches && len(near) > 0 && !t.down(); n++ {
		batch := near[:min(len(near), detailBatch)]
		near = near[len(batch):]
		described, err := t.describe(ctx, batch)
		if err != nil {
			return nil, err
		}
		fresh, err := t.fresh(ctx, described)
		if err != nil || len(fresh) > 0 {
			return t.rank(fresh), err
		}
	}
	if !t.down() {
		return nil, nil
	}
	known, err := t.g.cfg.Places.Known(ctx, t.req.Point, outer, language)
	if err != nil {
		return nil, err
	}
	fresh, err := t.fresh(ctx, known)
	return t.rank(fresh), err
}

// near asks the source what stands where, with the telling's patience.
func (t *telling) near(ctx context.Context, radius float64, language string) ([]places.Candidate, error) {
	asking, cancel := context.WithDeadline(ctx, t.patience)
	defer cancel()
	found, err := t.g.cfg.Places.Near(asking, t.req.Point, radius, language)
	return found, t.noteSource(ctx, asking, err)
}

// describe asks the source about the candidates.
func (t *telling) describe(ctx context.Context, found []places.Candidate) ([]places.Place, error) {
	asking, cancel := context.WithDeadline(ctx, t.patience)
	defer cancel()
	described, err := t.g.cfg.Places.Details(asking, found)
	return described, t.noteSource(ctx, asking, err)
}

func (t *telling) down() bool { return t.source != nil }

// noteSource keeps the news that the source is down or slow, and lets other errors pass.
func (t *telling) noteSource(ctx, asking context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	switch {
	case asking.Err() != nil:
		t.source, t.slow = fmt.Errorf("%w: %w", places.ErrUnavailable, err), true
		return nil //nolint:nilerr // the news is kept
	case errors.Is(err, places.ErrUnavailable):
		t.source = err
		return nil
	}
	return fmt.Errorf("find places: %w", err)
}

// fresh leaves those that the source says something about and the person has not heard of.
func (t *telling) fresh(ctx context.Context, described []places.Place) ([]Card, error) {
	var cards []Card
	var ids []string
	for _, p := range described {
		if len(p.Extract) >= leastExtract {
			cards = append(cards, Card{Place: p, Distance: geo.Distance(t.req.Point, p.Point)})
			ids = append(ids, p.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	untold, err := t.g.untoldPlaces(ctx, t.req.Person, ids)
	if err != nil {
		return nil, err
	}
	kept := cards[:0]
	for i, c := range cards {
		if untold[i] {
			kept = append(kept, c)
		} else {
			t.skipped = true
		}
	}
	return kept, nil
}

// lastResort is for when no ring had anything: the pack in whatever language it has, else the truth.
func (t *telling) lastResort(ctx context.Context) (*answer, error) {
	if t.g.cfg.Pack != nil {
		var list []ready
		for _, s := range t.g.cfg.Pack.Near(t.req.Point, rings[len(rings)-1], t.req.Language) {
			list = append(list, ready{&s, geo.Distance(t.req.Point, s.Point)})
		}
		found, skipped, err := t.g.claimReady(ctx, t.req, list)
		if found != nil || err != nil {
			return found, err
		}
		t.skipped = t.skipped || skipped
	}
	switch {
	case errors.Is(t.source, limiter.ErrFull), errors.Is(t.source, limiter.ErrLate):
		return nil, fmt.Errorf("%w: %w", ErrOverloaded, t.source)
	case t.source != nil:
		return nil, fmt.Errorf("%w: %w", ErrSource, t.source)
	case t.skipped:
		return nil, ErrAllTold
	}
	return nil, ErrNothing
}
