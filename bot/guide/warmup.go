package guide

import (
	"context"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// maxWarmed is how many neighbourhoods are warmed up in a day.
const maxWarmed = 1000

// neighbourhood is a tile in one language.
type neighbourhood struct {
	cell     geo.Cell
	language string
}

// warmedToday holds the neighbourhoods that were warmed up on a UTC day.
type warmedToday struct {
	day  store.Day
	done map[neighbourhood]struct{} // at most maxWarmed
}

// warmUp starts a batch about places near the search's point for future visitors: while the model is idle, once a day in a neighbourhood and not on
// the person's account. Call it when the person has enough stories waiting.
func (s *search) warmUp(ctx context.Context) error {
	if !s.g.modelIdle() || !s.g.markWarmed(s.req) {
		return nil
	}
	for _, language := range sourceLanguages(s.req.Language) {
		cards, err := s.untoldPlaces(ctx, 0, walkable, language)
		if err != nil || s.sourceDown() {
			return err
		}
		if len(cards) > 0 {
			req := s.req
			req.Class, req.Person = WarmUp, 0
			return s.g.writeAhead(ctx, req, cards)
		}
	}
	return nil
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

// markWarmed marks the request's neighbourhood as warmed up today. It returns false if it was marked before, or if today's limit is reached.
func (g *Guide) markWarmed(req Request) bool {
	n := neighbourhood{geo.CellAt(req.Point, geo.LevelTile), req.Language}
	today := store.DayOf(time.Now())
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.warmed.day != today {
		g.warmed = warmedToday{day: today, done: make(map[neighbourhood]struct{})}
	}
	if _, done := g.warmed.done[n]; done || len(g.warmed.done) >= maxWarmed {
		return false
	}
	g.warmed.done[n] = struct{}{}
	return true
}
