package guide

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	questions "excursobot/bot/guide/ask"
	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/store"
)

const (
	// sightReach is the radius in metres around a person in which a place can be in their picture.
	sightReach = 400
	// sightPatience is how long the sources may take to name the places around.
	sightPatience = 3 * time.Second
)

// Errors of Look.
var (
	ErrNotSeen = errors.New("guide: none of the places near is in the picture")
	ErrBlind   = errors.New("guide: the model cannot look at pictures now")
)

// Look returns the id of the place near the request's point that is in the picture, told before or not. The error is ErrNothing if no place is near, ErrNotSeen,
// ErrBlind, ErrSource, ErrOverloaded, or one of the context or of the store.
func (g *Guide) Look(ctx context.Context, req Request, picture []byte) (string, error) {
	start := time.Now()
	if g.cfg.Asker == nil {
		return "", ErrBlind
	}
	candidates, err := g.inSight(ctx, req)
	if err != nil {
		return "", err
	}
	reason, err := g.mayCall(ctx, req)
	if err != nil {
		return "", err
	}
	if reason != NoReason {
		return "", ErrBlind
	}
	looking, cancel := context.WithDeadline(ctx, start.Add(lonelyWithin))
	defer cancel()
	release, reason, _ := g.interactive(looking, req.Person, start)
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case reason == ModelBusy:
		return "", ErrOverloaded
	case reason != NoReason:
		return "", ErrBlind
	}
	seen, err := g.cfg.Asker.Look(looking, picture, candidates)
	release()
	tokens := store.Tokens{Prompt: seen.PromptTokens, Answer: seen.AnswerTokens}
	if err := g.budget.spend(context.WithoutCancel(ctx), req.Person, tokens); err != nil {
		g.log.Error("token_count_failed", "tokens", tokens.All(), "error", err)
	}
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		g.log.Warn("picture_unseen", "candidates", len(candidates), "error", err)
		return "", ErrBlind
	case seen.Place == "":
		return "", ErrNotSeen
	}
	return seen.Place, nil
}

// inSight returns the places around a person, nearest first, as they are named in the person's language.
func (g *Guide) inSight(ctx context.Context, req Request) ([]places.Place, error) {
	s := g.newSearch(req, nil, sightPatience)
	var list []places.Place
	stories, err := g.library.near(ctx, req.Point, sightReach, req.Language, store.Short)
	if err != nil {
		return nil, err
	}
	for _, near := range stories {
		list = append(list, storyOf(near.story, near.distance).Place)
	}
	if g.cfg.Places != nil {
		near, err := s.askNear(ctx, sightReach, s.own())
		if err != nil {
			return nil, err
		}
		described, err := s.askDetails(ctx, near[:min(len(near), detailBatch)])
		if err != nil {
			return nil, err
		}
		named, err := g.cfg.Places.KnownNamed(ctx, req.Point, sightReach, s.others(), req.Language)
		if err != nil {
			return nil, err
		}
		list = places.Merge(slices.Concat(described, named, list), req.Language)
	}
	list = slices.DeleteFunc(list, func(p places.Place) bool {
		return geo.Distance(req.Point, p.Point) > sightReach || p.PageID != 0 && !places.Worthwhile(p)
	})
	slices.SortStableFunc(list, func(a, b places.Place) int {
		return cmp.Compare(geo.Distance(req.Point, a.Point), geo.Distance(req.Point, b.Point))
	})
	switch {
	case len(list) > 0:
		return list[:min(len(list), questions.MaxCandidates)], nil
	case s.sourceErr != nil:
		return nil, ErrSource
	}
	return nil, ErrNothing
}
