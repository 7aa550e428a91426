package guide

import (
	"context"
	"errors"
	"slices"
	"time"

	"excursobot/geo/places"
	"excursobot/limiter"
	"excursobot/store"
)

const (
	// wantReady is how many unheard stories should wait near a person.
	wantReady = 2
	// maxPreparing bounds the read-ahead under way; more is left out, since the next answer asks again.
	maxPreparing = 64
	// prepareWithin bounds one read-ahead up to its call; preparedBy is when a call that has not started is no longer worth it.
	prepareWithin = 20 * time.Second
	preparedBy    = time.Minute
)

// Prepare asks, in the read-ahead class, for two unheard stories near the point the person will reach. It returns at once.
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
	started := g.spawnLocked(func() {
		defer func() {
			g.mu.Lock()
			delete(g.preparing, req.Person)
			g.mu.Unlock()
		}()
		ctx, cancel := context.WithTimeout(g.work, prepareWithin)
		defer cancel()
		if err := g.prepare(ctx, req); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
			g.log.Warn("read_ahead", "error", err)
		}
	})
	if started {
		g.preparing[req.Person] = struct{}{}
	}
}

// prepare goes through the walkable rings as Tell will, and has what is missing written.
func (g *Guide) prepare(ctx context.Context, req Request) error {
	ctx = places.Ahead(ctx)
	start := time.Now()
	t := telling{g: g, req: req, start: start, patience: start.Add(prepareWithin)}
	inner := 0.0
	for _, ring := range rings[:3] {
		ready, err := g.countReady(ctx, req, ring)
		if err != nil || g.cfg.Places == nil {
			return err
		}
		if ready >= wantReady {
			return t.warmUp(ctx)
		}
		if g.cfg.Gate != nil && g.cfg.Gate.Estimate(ReadAhead) > preparedBy {
			return nil // the call would be refused; spare the source too
		}
		for _, language := range languagesFor(req.Language) {
			found, err := t.untold(ctx, inner, ring, language)
			if err != nil || t.down() {
				return err
			}
			if len(found) > 0 {
				return g.writeAhead(ctx, req, found)
			}
		}
		inner = ring
	}
	return nil
}

// countReady counts the stories within the ring that the person has not heard.
func (g *Guide) countReady(ctx context.Context, req Request, ring float64) (int, error) {
	list, err := g.library(ctx, req.Point, ring, req.Language, req.Length)
	if err != nil {
		return 0, err
	}
	n := 0
	for batch := range slices.Chunk(list, toldBatch) {
		ids := make([]string, len(batch))
		for i, r := range batch {
			ids[i] = r.story.Place
		}
		untold, err := g.untoldPlaces(ctx, req.Person, ids)
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

// writeAhead has the first of the places written that are neither ready nor on their way. Nobody waits for that call; it counts as
// wanted until it has started or is too late.
func (g *Guide) writeAhead(ctx context.Context, req Request, found []Card) error {
	if reason, err := g.mayCall(ctx, req); err != nil || reason != NoReason {
		return err
	}
	ids := make([]string, len(found))
	for i, c := range found {
		ids[i] = c.Place.ID
	}
	have, err := g.written(ctx, req, ids)
	if err != nil {
		return err
	}
	unwritten := without(have, found)
	if len(unwritten) == 0 {
		return nil
	}
	_, err = g.board(req, time.Now().Add(preparedBy), unwritten[0], unwritten)
	if errors.Is(err, limiter.ErrFull) || errors.Is(err, limiter.ErrLate) || errors.Is(err, limiter.ErrClosed) {
		return nil
	}
	switch {
	case err != nil:
	case req.Class == WarmUp:
		g.counts.warmed.Add(1)
	default:
		g.counts.prepared.Add(1)
	}
	return err
}
