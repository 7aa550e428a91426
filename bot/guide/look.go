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

// inSight returns the places around a person that stories may be about, nearest first, as they are named in the person's language.
func (g *Guide) inSight(ctx context.Context, req Request) ([]places.Place, error) {
	s := g.newSearch(req, nil, sightPatience)
	stories, err := g.library.near(ctx, req.Point, sightReach, req.Language, store.Short)
	if err != nil {
		return nil, err
	}
	var list []places.Place
	for _, near := range stories {
		list = append(list, storyOf(near.story, near.distance).Place)
	}
	if g.cfg.Places != nil {
		described, err := s.describedInSight(ctx)
		if err != nil {
			return nil, err
		}
		list = places.Merge(append(described, list...), req.Language)
	}
	list = slices.DeleteFunc(list, func(p places.Place) bool {
		return geo.Distance(req.Point, p.Point) > sightReach || p.PageID != 0 && !places.Worthwhile(p)
	})
	slices.SortStableFunc(list, func(a, b places.Place) int {
		return cmp.Compare(geo.Distance(req.Point, a.Point), geo.Distance(req.Point, b.Point))
	})
	list = list[:min(len(list), questions.MaxCandidates)]
	for i, p := range list {
		list[i] = places.ForPerson(p, req.Language)
	}
	switch {
	case len(list) > 0:
		return list, nil
	case s.sourceErr != nil:
		return nil, ErrSource
	}
	return nil, ErrNothing
}

// describedInSight returns what the editions around the person describe in sight. With few requests to spend that is one edition: the person's, or if
// that has nothing, the local one.
func (s *search) describedInSight(ctx context.Context) ([]places.Place, error) {
	described, err := s.describedBy(ctx, s.editions())
	if err != nil {
		return nil, err
	}
	if len(described) == 0 && !s.sourceDown() && s.g.cfg.Places.Small() {
		if s.instead = s.g.cfg.Places.Local(s.req.Point, s.req.Language); s.instead != "" {
			if described, err = s.describedBy(ctx, []string{s.instead}); err != nil {
				return nil, err
			}
		}
	}
	known, err := s.g.cfg.Places.KnownNamed(ctx, s.req.Point, sightReach, s.others(), s.req.Language)
	return append(described, known...), err
}

// describedBy returns what the editions describe in sight. Places of others than the person's own edition have names that the person can read, as far
// as Wikidata gives them in time.
func (s *search) describedBy(ctx context.Context, editions []string) ([]places.Place, error) {
	near, err := s.nearOthers(ctx, editions, 0, sightReach)
	if err != nil {
		return nil, err
	}
	described, _, err := s.detailsOfOthers(ctx, near, 0)
	if err != nil {
		return nil, err
	}
	own := s.editions()[0]
	var foreign []places.Place
	described = slices.DeleteFunc(described, func(p places.Place) bool {
		if p.Language != own {
			foreign = append(foreign, p)
		}
		return p.Language != own
	})
	return append(described, s.namedPlaces(ctx, foreign)...), nil
}
