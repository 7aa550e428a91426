package guide

import (
	"context"
	"time"

	"excursobot/geo/places"
	"excursobot/store"
)

const (
	// minWait is the shortest expected wait that is given as the reason of an extract.
	minWait = 3 * time.Second
	// lookAhead is how many places are looked up in the library for one call, in multiples of its size, because some have a story already.
	lookAhead = 2
)

// answerFirst claims the first card that is free and answers with its story; nil if none is free.
func (s *search) answerFirst(ctx context.Context, cards []Card) (*answer, error) {
	s.g.cfg.Witness.ranked(cards)
	for _, c := range cards {
		claim, err := s.g.claims.try(ctx, s.req.Person, c.Place.ID)
		if err != nil {
			return nil, err
		}
		if claim == nil {
			s.skipped = true
			continue
		}
		story, err := s.storyOf(ctx, c, cards)
		if err != nil {
			claim.Release()
			return nil, err
		}
		if story.Source == FromExtract && !s.carded {
			if found, err := s.unjudged(ctx); found != nil || err != nil {
				claim.Release()
				return found, err
			}
		}
		return &answer{story: story, claim: claim}, nil
	}
	return nil, nil //nolint:nilnil // no answer
}

// unjudged returns a ready story that was put aside for the judge; nil if there is none. It is better than an extract.
func (s *search) unjudged(ctx context.Context) (*answer, error) {
	if len(s.aside) == 0 {
		return nil, nil //nolint:nilnil // no answer
	}
	s.anyStatus = true
	defer func() { s.anyStatus = false }()
	return s.claimNearest(ctx, s.aside)
}

// storyOf returns the story of a claimed place: from the library, from a call to the model that writes about the other places too, or the extract.
func (s *search) storyOf(ctx context.Context, c Card, others []Card) (Story, error) {
	others = others[:min(len(others), lookAhead*s.g.cfg.PlacesPerCall)]
	ids := []string{c.Place.ID}
	for _, o := range others {
		ids = append(ids, o.Place.ID)
	}
	stories, err := s.g.library.byPlace(ctx, ids, s.req.Language, s.req.Length)
	if err != nil {
		return Story{}, err
	}
	if story, ok := stories[c.Place.ID]; ok {
		if story.Retired {
			return s.extract(c, withdrawnBy(story)), nil
		}
		return storyOf(story, c.Distance), nil
	}
	reason, err := s.g.mayCall(ctx, s.req)
	if err != nil {
		return Story{}, err
	}
	if reason != NoReason {
		return s.extract(c, reason), nil
	}
	if reason, resting := s.resting(c.Place); resting {
		return s.extract(c, reason), nil
	}
	if s.req.Ready {
		return Story{}, ErrNotReady
	}
	return s.write(ctx, c, without(stories, others))
}

// write shows the card and waits for the model's story of it, or returns the extract.
func (s *search) write(ctx context.Context, c Card, others []store.Place) (Story, error) {
	startBy, answerBy := s.latest()
	it, err := s.g.batches.join(s.req, startBy, c.Place, others)
	if err != nil {
		return s.extract(c, ModelBusy), nil
	}
	defer s.g.batches.leave(it)
	if s.onCard != nil && s.req.Class == Interactive {
		s.g.counts.cards.Add(1)
		card := c
		if card.Place.Language == s.req.Language {
			card.Opening = places.Opening(card.Place.Extract)
		}
		card.Place.Description = places.AboutFor(card.Place, s.req.Language)
		s.onCard(card)
		s.onCard, s.carded = nil, true
	}
	story, ok, err := it.wait(ctx, answerBy)
	if err == nil && !ok && s.req.Class == Interactive && s.g.cfg.Gate.Stats().Waiting[Interactive] == 0 {
		story, ok, err = it.wait(ctx, s.start.Add(lonelyWithin))
	}
	switch {
	case err != nil:
		return Story{}, err
	case !ok:
		return s.extract(c, ModelSlow), nil
	case it.reason != NoReason:
		return s.extract(c, it.reason), nil
	}
	told := storyOf(story, c.Distance)
	told.Source = FromModel
	return told, nil
}

// wait waits for the item's story until a time, and reports whether the item is finished. The error is that of ctx.
func (it *item) wait(ctx context.Context, until time.Time) (story *store.Story, finished bool, err error) {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-it.done:
		return &it.story, true, nil
	case <-timer.C:
		return nil, false, nil
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
}

// extract answers with the opening of the article.
func (s *search) extract(c Card, reason Reason) Story {
	story := Story{Place: c.Place, Distance: c.Distance, Text: c.Place.Extract, Source: FromExtract, Reason: reason}
	if reason == ModelBusy {
		story.Wait = s.g.cfg.Gate.Estimate(s.req.Class)
		if story.Wait < minWait { // the queue is short again by now, but the story came too late
			story.Reason = ModelSlow
		}
	}
	return story
}
