package guide

import (
	"context"
	"errors"
	"slices"
	"time"

	"excursobot/geo/places"
	"excursobot/store"
)

const (
	// wantReady is how many untold stories should be ready near a person.
	wantReady = 2
	// maxPreparing bounds the read-aheads in progress. Further ones are skipped, because the next answer asks again.
	maxPreparing = 64
	// prepareWithin bounds one read-ahead without its call to the model.
	prepareWithin = 20 * time.Second
)

// Prepare makes sure, in the read-ahead class, that two untold stories are ready near the point that the person will reach. It returns at once.
func (g *Guide) Prepare(req Request) {
	if req.Length == "" {
		req.Length = store.Short
	}
	req.Class = ReadAhead
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, busy := g.preparing[req.Person]; busy || len(g.preparing) >= maxPreparing {
		return
	}
	started := g.tasks.start(func() {
		defer func() {
			g.mu.Lock()
			delete(g.preparing, req.Person)
			g.mu.Unlock()
		}()
		ctx, cancel := context.WithTimeout(g.tasks.ctx, prepareWithin)
		defer cancel()
		if err := g.prepare(ctx, req); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
			g.log.Warn("read_ahead_failed", "error", err)
		}
	})
	if started {
		g.preparing[req.Person] = struct{}{}
	}
}

// settled reports whether Prepare would find nothing to do where enough stories are ready: the neighbourhood is described and warmed up.
func (g *Guide) settled(req Request) bool {
	return g.cfg.Places == nil || g.known.has(req.Point, req.Language) && (g.cfg.Gate == nil || g.warmed.has(req.Point, req.Language))
}

// prepare goes through the walkable rings as Tell does, and starts a batch about the first untold places if too few stories are ready.
func (g *Guide) prepare(ctx context.Context, req Request) error {
	ctx = places.Background(ctx)
	s := g.newSearch(req, nil, prepareWithin)
	if g.cfg.Places != nil {
		if err := s.describeOthers(ctx); err != nil {
			return err
		}
	}
	inner := 0.0
	for _, ring := range rings {
		if ring > walkable {
			break
		}
		ready, err := s.countReady(ctx, ring)
		if err != nil || g.cfg.Places == nil {
			return err
		}
		if ready >= wantReady {
			return s.warmUp(ctx)
		}
		if g.cfg.Gate != nil && g.cfg.Gate.Estimate(ReadAhead) > aheadWithin {
			return nil // the gate would refuse the batch, so do not ask the source either
		}
		cards, err := s.cardsAhead(ctx, inner, ring)
		if err != nil || s.sourceDown() {
			return err
		}
		if len(cards) > 0 {
			return g.writeAhead(ctx, req, cards)
		}
		inner = ring
	}
	return nil
}

// cardsAhead returns the untold places between the two radii, of the person's own edition and of the others as far as they are stored; if there are
// none, those of the others.
func (s *search) cardsAhead(ctx context.Context, inner, outer float64) ([]Card, error) {
	cards, err := s.untoldPlaces(ctx, inner, outer, s.own())
	if err != nil || s.sourceDown() {
		return nil, err
	}
	if cards, err = s.withKnown(ctx, cards, inner, outer); err != nil || len(cards) > 0 {
		return cards, err
	}
	return s.untoldOthers(ctx, inner, outer)
}

// countReady counts the untold stories within the ring, up to wantReady or a few more.
func (s *search) countReady(ctx context.Context, ring float64) (int, error) {
	stories, err := s.g.library.near(ctx, s.req.Point, ring, s.req.Language, s.req.Length)
	if err != nil {
		return 0, err
	}
	n := 0
	for batch := range slices.Chunk(stories, toldBatch) {
		untold, err := s.g.claims.untold(ctx, s.req.Person, placesOf(batch))
		if err != nil {
			return 0, err
		}
		for _, ok := range untold {
			if ok {
				n++
			}
		}
		if n >= wantReady {
			break
		}
	}
	return n, nil
}
