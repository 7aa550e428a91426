package guide

import (
	"context"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// warmMost is how many neighbourhoods are warmed up in a day.
const warmMost = 1000

// neighbourhood is a tile in one language.
type neighbourhood struct {
	cell     geo.Cell
	language string
}

// warmth says where stories were written today (UTC) that nobody asked for.
type warmth struct {
	day  store.Day
	done map[neighbourhood]struct{} // at most warmMost
}

// warmUp has places near the telling's point written for whoever comes next, once that person has enough to hear: while nobody wants the
// model, once a day in a neighbourhood and to nobody's account.
func (t *telling) warmUp(ctx context.Context) error {
	if !t.g.idle() || !t.g.warm(t.req) {
		return nil
	}
	for _, language := range languagesFor(t.req.Language) {
		found, err := t.untold(ctx, 0, walkable, language)
		if err != nil || t.down() {
			return err
		}
		if len(found) > 0 {
			req := t.req
			req.Class, req.Person = WarmUp, 0
			return t.g.writeAhead(ctx, req, found)
		}
	}
	return nil
}

// idle says whether the model has nothing to do, and would have a slot left beside one call.
func (g *Guide) idle() bool {
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

// warm marks the request's neighbourhood. It is false if that was done today.
func (g *Guide) warm(req Request) bool {
	n := neighbourhood{geo.CellAt(req.Point, geo.LevelTile), req.Language}
	today := store.DayOf(time.Now())
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.warmth.day != today {
		g.warmth = warmth{day: today, done: make(map[neighbourhood]struct{})}
	}
	if _, done := g.warmth.done[n]; done || len(g.warmth.done) >= warmMost {
		return false
	}
	g.warmth.done[n] = struct{}{}
	return true
}
