package guide

import (
	"context"
	"errors"
	"slices"
	"time"

	"excursobot/limiter"
	"excursobot/store"
)

// aheadWithin is how soon a batch of read-ahead or warm-up must start to be worth it.
const aheadWithin = time.Minute

// writeAhead starts a batch about the first of the cards that have no story and are in no batch. Nobody waits for it, and it never counts as abandoned.
func (g *Guide) writeAhead(ctx context.Context, req Request, cards []Card) error {
	if reason, err := g.mayCall(ctx, req); err != nil || reason != NoReason {
		return err
	}
	ids := make([]string, len(cards))
	for i, c := range cards {
		ids[i] = c.Place.ID
	}
	stories, err := g.library.byPlace(ctx, ids, req.Language, req.Length)
	if err != nil {
		return err
	}
	unwritten := slices.DeleteFunc(without(stories, cards), func(p store.Place) bool { return !g.batches.mayWrite(req, p) })
	if len(unwritten) == 0 {
		return nil
	}
	_, err = g.batches.join(req, time.Now().Add(aheadWithin), unwritten[0], unwritten)
	switch {
	case errors.Is(err, limiter.ErrFull), errors.Is(err, limiter.ErrLate), errors.Is(err, limiter.ErrClosed):
		return nil
	case err != nil:
		return err
	case req.Class == WarmUp:
		g.counts.warmed.Add(1)
	default:
		g.counts.prepared.Add(1)
	}
	return nil
}
