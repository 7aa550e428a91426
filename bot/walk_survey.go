package bot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"excursobot/bot/guide"
	"excursobot/bot/intake"
	"excursobot/bot/live"
	"excursobot/geo"
	"excursobot/store"
)

// survey finds the untold places around a walker, and has the stories of those ahead written.
func (ws *walks) survey(w store.Walk, v live.Survey, done func([]live.Sight, error)) {
	taken := ws.errand(w.Chat, "survey", func(ctx context.Context) error {
		var sights []live.Sight
		failed := errors.New("survey was cut off") // by a panic
		defer func() { done(sights, failed) }()
		user, _ := ws.reply.reader(ctx, w.Person)
		req := walkRequest(user, w.Person, v.Point)
		req.Class = guide.NextTick
		found, err := ws.guide.Sights(ctx, req, v.Radius)
		switch failed = err; {
		case errors.Is(err, guide.ErrNothing), errors.Is(err, guide.ErrAllTold):
			failed = nil
			return nil
		case errors.Is(err, guide.ErrSource), errors.Is(err, guide.ErrOverloaded):
			ws.log.Debug("survey_failed", "error", err)
			return nil
		case err != nil:
			return err
		}
		sights = nearest(found, v.Point)
		return ws.guide.PrepareStops(ctx, req, unwrittenAhead(found, v))
	})
	if !taken {
		done(nil, intake.ErrFull)
	}
}

// nearest returns the sights as package live knows them, nearest first. A walk keeps them for minutes, so their ids are copies: those of stored places
// would keep the whole records.
func nearest(found []guide.Sight, from geo.Point) []live.Sight {
	list := make([]live.Sight, 0, len(found))
	for _, s := range found {
		list = append(list, live.Sight{Place: strings.Clone(s.Place.ID), Point: s.Place.Point, Value: s.Value, Rich: s.Rich})
	}
	slices.SortFunc(list, func(a, b live.Sight) int {
		return cmp.Or(cmp.Compare(geo.Distance(from, a.Point), geo.Distance(from, b.Point)), cmp.Compare(a.Place, b.Place))
	})
	return list
}

// writeTakes is about how many seconds it takes to write stories: places that the walker reaches sooner would not be ready.
const writeTakes = 8

// unwrittenAhead returns the places without a story that the walker is about to pass, in the order of the way.
func unwrittenAhead(found []guide.Sight, v live.Survey) []string {
	type stop struct {
		place string
		along float64
	}
	var stops []stop
	for _, s := range found {
		if along, ahead := v.Ahead(s.Place.Point); ahead && !s.Ready && (v.Course < 0 || along >= v.Speed*writeTakes) && (s.Rich || !v.Riding) {
			stops = append(stops, stop{s.Place.ID, along})
		}
	}
	slices.SortFunc(stops, func(a, b stop) int { return cmp.Compare(a.along, b.along) })
	ids := make([]string, len(stops))
	for i, s := range stops {
		ids[i] = s.place
	}
	return ids
}
