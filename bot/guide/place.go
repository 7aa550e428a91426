package guide

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"excursobot/geo/places"
	"excursobot/store"
)

// rank orders the cards by how far they are and how much there is to say, for this person.
func (t *telling) rank(cards []Card) []Card {
	weight := make(map[string]float64, len(cards))
	for _, c := range cards {
		weight[c.Place.ID] = places.Weight(c.Place, c.Distance, t.req.Interests)
	}
	slices.SortStableFunc(cards, func(a, b Card) int {
		return cmp.Compare(weight[a.Place.ID], weight[b.Place.ID])
	})
	return cards
}

// tellFirst tells the first of the cards that can be claimed.
func (t *telling) tellFirst(ctx context.Context, cards []Card) (*answer, error) {
	for _, c := range cards {
		claim, err := t.g.tryClaim(ctx, t.req.Person, c.Place.ID)
		if err != nil {
			return nil, err
		}
		if claim == nil {
			t.skipped = true
			continue
		}
		story, err := t.tellPlace(ctx, c, cards)
		if err != nil {
			claim.Release()
			return nil, err
		}
		return &answer{story, claim}, nil
	}
	return nil, nil //nolint:nilnil // no answer
}

// tellPlace tells the claimed place: from the library, through a call that writes about the others too, or as the source has it.
func (t *telling) tellPlace(ctx context.Context, c Card, others []Card) (Story, error) {
	s, reason, unwritten, err := t.g.lookUp(ctx, t.req, c.Place.ID, others)
	if err != nil {
		return Story{}, err
	}
	if s != nil {
		return fromStory(s, c.Distance), nil
	}
	if reason == NoReason {
		reason, err = t.g.mayCall(ctx, t.req)
		if err != nil {
			return Story{}, err
		}
	}
	if reason != NoReason {
		return t.g.extract(t.req, c, reason), nil
	}
	startBy, answerBy := t.start.Add(startWithin), t.start.Add(answerWithin)
	if t.req.Class != Interactive {
		startBy = t.req.Due.Add(tickGrace)
		answerBy = startBy
	}
	seat, err := t.g.board(t.req, startBy, c.Place, unwritten)
	if err != nil {
		return t.g.extract(t.req, c, ModelBusy), nil
	}
	defer t.g.leave(seat)
	if t.onCard != nil && t.req.Class == Interactive {
		t.g.counts.cards.Add(1)
		t.onCard(c)
		t.onCard = nil
	}
	return t.await(ctx, c, seat, answerBy)
}

// await returns the seat's story if it comes in time, else the extract.
func (t *telling) await(ctx context.Context, c Card, s *seat, until time.Time) (Story, error) {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-s.done:
		if s.reason != NoReason {
			return t.g.extract(t.req, c, s.reason), nil
		}
		story := fromStory(&s.story, c.Distance)
		story.Source = FromModel
		return story, nil
	case <-timer.C:
		return t.g.extract(t.req, c, ModelSlow), nil
	case <-ctx.Done():
		return Story{}, ctx.Err()
	}
}

// extract answers with the source's own words.
func (g *Guide) extract(req Request, c Card, why Reason) Story {
	s := Story{Place: c.Place, Distance: c.Distance, Text: c.Place.Extract, Source: FromExtract, Reason: why}
	if why == ModelBusy {
		s.Wait = g.cfg.Gate.Estimate(req.Class)
		if s.Wait < leastWait { // the crowd has passed, the story came too late all the same
			s.Reason = ModelSlow
		}
	}
	return s
}

// leastWait is the shortest wait that is worth naming as the reason for an extract.
const leastWait = 3 * time.Second

// lookUp returns the library's story of the place, or why there will be none, and those of the others that the library has no story of.
func (g *Guide) lookUp(ctx context.Context, req Request, place string, others []Card) (*store.Story, Reason, []store.Place, error) {
	others = others[:min(len(others), lookAhead*g.cfg.PlacesPerCall)]
	ids := []string{place}
	for _, o := range others {
		ids = append(ids, o.Place.ID)
	}
	have, err := g.written(ctx, req, ids)
	if err != nil {
		return nil, NoReason, nil, err
	}
	if s, ok := have[place]; ok {
		if s.Retired {
			return nil, Unfit, nil, nil
		}
		return s, NoReason, nil, nil
	}
	return nil, NoReason, without(have, others), nil
}

// lookAhead says how many places are looked up for one call, in calls' worths, since the library has some of them already.
const lookAhead = 2

// written returns the library's stories of the places, in the wished length where there is one that people have not retired.
func (g *Guide) written(ctx context.Context, req Request, ids []string) (map[string]*store.Story, error) {
	keys := make([]store.StoryKey, 0, 2*len(ids))
	for _, l := range [...]store.Length{req.Length, otherLength(req.Length)} {
		for _, id := range ids {
			keys = append(keys, store.StoryKey{Place: id, Language: req.Language, Length: l})
		}
	}
	stories, err := g.cfg.Store.Stories(ctx, keys, time.Now())
	if err != nil {
		return nil, fmt.Errorf("ask the library: %w", err)
	}
	have := make(map[string]*store.Story, len(stories))
	for i := range stories {
		s := &stories[i]
		if old, ok := have[s.Place]; !ok || old.Retired {
			have[s.Place] = s
		}
	}
	return have, nil
}

// without returns the places of the cards that have no story.
func without(have map[string]*store.Story, cards []Card) []store.Place {
	var missing []store.Place
	for _, c := range cards {
		if _, ok := have[c.Place.ID]; !ok {
			missing = append(missing, c.Place)
		}
	}
	return missing
}

// mayCall says why no call can be made for the request, or NoReason.
func (g *Guide) mayCall(ctx context.Context, req Request) (Reason, error) {
	if g.cfg.Model == nil {
		return ModelOff, nil
	}
	if req.Brief {
		return Crowd, nil
	}
	if !g.cfg.Model.Ready() {
		return ModelDown, nil
	}
	ok, err := g.budget.allows(ctx, req.Class, req.Person)
	if errors.Is(err, store.ErrAway) {
		return ModelDown, nil // nobody can say what is left
	}
	if err != nil {
		return NoReason, fmt.Errorf("read the budget: %w", err)
	}
	if !ok {
		return OverBudget, nil
	}
	return NoReason, nil
}
