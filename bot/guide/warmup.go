package guide

import (
	"context"
)

// warmUp starts a batch about places near the search's point for future visitors: while the model is idle, once a day in a neighbourhood and not on
// the person's account. Call it when the person has enough stories waiting.
func (s *search) warmUp(ctx context.Context) error {
	if !s.g.modelIdle() || !s.g.warmed.mark(s.req.Point, s.req.Language) {
		return nil
	}
	cards, err := s.cardsAhead(ctx, 0, walkable)
	if err != nil || s.sourceDown() || len(cards) == 0 {
		return err
	}
	req := s.req
	req.Class, req.Person = WarmUp, 0
	return s.g.writeAhead(ctx, req, cards)
}

// modelIdle reports whether no call runs or waits, and one call would leave a slot free.
func (g *Guide) modelIdle() bool {
	if g.cfg.Gate == nil {
		return false
	}
	s := g.cfg.Gate.Stats()
	for _, jobs := range s.Waiting {
		if jobs > 0 {
			return false
		}
	}
	return s.Running == 0 && s.Slots > 1
}
