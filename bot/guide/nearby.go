package guide

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"excursobot/geo"
	"excursobot/geo/places"
)

// untoldPlaces returns the untold places between the two radii in metres, described in the language, best first. If the source does not answer, the
// search remembers that, and the result holds the places that the store knows.
func (s *search) untoldPlaces(ctx context.Context, inner, outer float64, language string) ([]Card, error) {
	var near []places.Candidate
	if !s.sourceDown() {
		var err error
		if near, err = s.askNear(ctx, outer, language); err != nil {
			return nil, err
		}
	}
	for len(near) > 0 && near[0].Distance <= inner {
		near = near[1:]
	}
	for n := 0; n < detailBatches && len(near) > 0 && !s.sourceDown(); n++ {
		batch := near[:min(len(near), detailBatch)]
		near = near[len(batch):]
		described, err := s.askDetails(ctx, batch)
		if err != nil {
			return nil, err
		}
		cards, err := s.untoldCards(ctx, described)
		if err != nil || len(cards) > 0 {
			return s.rank(cards), err
		}
	}
	if !s.sourceDown() {
		return nil, nil
	}
	known, err := s.g.cfg.Places.Known(ctx, s.req.Point, outer, language)
	if err != nil {
		return nil, err
	}
	cards, err := s.untoldCards(ctx, known)
	return s.rank(cards), err
}

// askNear asks the source which places lie within radius metres, until the search's deadline.
func (s *search) askNear(ctx context.Context, radius float64, language string) ([]places.Candidate, error) {
	asking, cancel := context.WithDeadline(ctx, s.deadline)
	defer cancel()
	found, err := s.g.cfg.Places.Near(asking, s.req.Point, radius, language)
	return found, s.checkSource(ctx, asking, err)
}

// askDetails asks the source to describe the candidates, until the search's deadline.
func (s *search) askDetails(ctx context.Context, found []places.Candidate) ([]places.Place, error) {
	asking, cancel := context.WithDeadline(ctx, s.deadline)
	defer cancel()
	described, err := s.g.cfg.Places.Details(asking, found)
	return described, s.checkSource(ctx, asking, err)
}

// checkSource remembers that the source is down or slow and returns nil then. It returns other errors.
func (s *search) checkSource(ctx, asking context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	switch {
	case asking.Err() != nil:
		s.sourceErr, s.sourceSlow = fmt.Errorf("%w: %w", places.ErrUnavailable, err), true
		return nil //nolint:nilerr // remembered
	case errors.Is(err, places.ErrUnavailable):
		s.sourceErr = err
		return nil
	}
	return fmt.Errorf("find places: %w", err)
}

// untoldCards returns the untold places that have an extract which is not withheld, as the person is shown them.
func (s *search) untoldCards(ctx context.Context, described []places.Place) ([]Card, error) {
	var cards []Card
	var ids []string
	for _, p := range described {
		if len(p.Extract) >= minExtract {
			cards = append(cards, Card{Place: places.ForPerson(p, s.req.Language), Distance: geo.Distance(s.req.Point, p.Point)})
			ids = append(ids, p.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	untold, err := s.g.claims.untold(ctx, s.req.Person, ids)
	if err != nil {
		return nil, err
	}
	kept := cards[:0]
	for i, c := range cards {
		if untold[i] {
			kept = append(kept, c)
		} else {
			s.skipped = true
		}
	}
	return s.offered(ctx, kept)
}

// rank sorts the cards by distance, amount of material and the person's interests, best first.
func (s *search) rank(cards []Card) []Card {
	weight := make(map[string]float64, len(cards))
	for _, c := range cards {
		weight[c.Place.ID] = places.Weight(c.Place, c.Distance, s.req.Interests)
	}
	slices.SortStableFunc(cards, func(a, b Card) int {
		return cmp.Compare(weight[a.Place.ID], weight[b.Place.ID])
	})
	return cards
}
