package guide

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/limiter"
	"excursobot/store"
)

// Tell chooses an untold place near the point and returns its story. If the story takes a while, Tell first calls onCard, at most once and in its own
// goroutine; the story is then about the card's place. The claim is nil exactly if there is an error; the caller ends it. The error is one of this
// package, of the context or of the store.
func (g *Guide) Tell(ctx context.Context, req Request, onCard func(Card)) (Story, *Claim, error) {
	if !req.Point.Valid() {
		return Story{}, nil, fmt.Errorf("tell: %v,%v is not a valid point", req.Point.Lat, req.Point.Lon)
	}
	if req.Length == "" {
		req.Length = store.Short
	}
	found, err := g.newSearch(req, onCard, sourcePatience).run(sourceContext(ctx, req.Class))
	if err != nil {
		g.counts.answer(FromNone)
		return Story{}, nil, err
	}
	g.counts.answer(found.story.Source)
	if kind := editionKind(found.story.Place.URL, req.Language); kind != "" && g.cfg.Edition != nil {
		g.cfg.Edition(kind)
	}
	g.offerMore(ctx, &found.story)
	if !req.Brief {
		if found.left < wantReady || !g.settled(req) {
			g.Prepare(req)
		}
		g.renew(req, found.story)
	}
	return found.story, found.claim, nil
}

func (s *search) run(ctx context.Context) (*answer, error) {
	if s.req.Place != "" {
		if found, err := s.resume(ctx); found != nil || err != nil {
			return found, err
		}
		if s.req.Only {
			return nil, ErrAllTold
		}
	}
	for {
		found, err := s.tryRings(ctx)
		if found != nil || err != nil {
			return found, err
		}
		if s.sourceErr == nil && s.instead == "" && s.g.cfg.Places != nil && s.g.cfg.Places.Small() {
			if s.instead = s.g.cfg.Places.Local(s.req.Point, s.req.Language); s.instead != "" {
				continue
			}
		}
		if !s.sourceSlow || time.Since(s.start) >= sourceWithin {
			return s.lastResort(ctx)
		}
		// Other requests may have brought stories or places meanwhile, so try all rings again.
		s.sourceErr, s.sourceSlow, s.deadline = nil, false, time.Now().Add(retryPatience)
	}
}

// tryRings goes through the rings once: in each, first the stories that are ready, then new places.
func (s *search) tryRings(ctx context.Context) (*answer, error) {
	inner := 0.0
	s.aside = nil
	for _, ring := range s.rings() {
		stories, err := s.g.library.near(ctx, s.req.Point, ring, s.req.Language, s.req.Length)
		if err != nil {
			return nil, err
		}
		found, err := s.claimNearest(ctx, stories)
		if found != nil || err != nil {
			return found, err
		}
		if s.sourceSlow && ring > walkable {
			break // the source may still name a nearer place
		}
		found, err = s.answerNew(ctx, inner, ring)
		if found != nil || err != nil {
			return found, err
		}
		inner = ring
	}
	return nil, nil //nolint:nilnil // no answer
}

// answerNew answers with an untold place between the two radii: one that the person's own edition describes, or if there is none, one that other
// editions know. Of the latter, those that are stored with a name that the person can read compete with the former.
func (s *search) answerNew(ctx context.Context, inner, outer float64) (*answer, error) {
	if s.g.cfg.Places == nil {
		return nil, nil //nolint:nilnil // no answer
	}
	s.explore(ctx)
	cards, err := s.untoldPlaces(ctx, inner, outer, s.own())
	if err != nil {
		return nil, err
	}
	if cards, err = s.withKnown(ctx, cards, inner, outer); err != nil {
		return nil, err
	}
	found, err := s.answerFirst(ctx, cards)
	if found != nil || err != nil {
		return found, err
	}
	if cards, err = s.untoldOthers(ctx, inner, outer); err != nil {
		return nil, err
	}
	return s.answerFirst(ctx, cards)
}

// resume answers with the place whose card the person may have seen: with its stored story if there is one, else with a new one.
func (s *search) resume(ctx context.Context) (*answer, error) {
	stories, err := s.g.library.near(ctx, s.req.Point, s.reach(), s.req.Language, s.req.Length)
	if err != nil {
		return nil, err
	}
	stories = slices.DeleteFunc(stories, func(n nearStory) bool { return n.story.Place != s.req.Place })
	// Being told already is not a reason for ErrAllTold here: it only means that there is nothing to resume.
	skipped := s.skipped
	found, err := s.claimNearest(ctx, stories)
	s.skipped = skipped
	if found != nil || err != nil {
		return found, err
	}
	for _, edition := range s.editions() {
		p, err := s.g.cfg.Store.Place(ctx, s.req.Place, edition)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the card's place: %w", err)
		}
		cards, err := s.offered(ctx, []Card{{Place: places.ForPerson(p, s.req.Language), Distance: geo.Distance(s.req.Point, p.Point)}})
		if err != nil || len(cards) == 0 {
			return nil, err
		}
		if !s.req.Only {
			s.onCard, s.carded = nil, true // the card is on the screen already
		}
		return s.answerFirst(ctx, cards)
	}
	return nil, nil //nolint:nilnil // no answer
}

// lastResort is the answer if no ring had one: a story that the judge has not seen, a story of the pack in any language, else the error that tells why there is nothing.
func (s *search) lastResort(ctx context.Context) (*answer, error) {
	s.anyStatus = true
	found, err := s.claimNearest(ctx, s.aside)
	if found != nil || err != nil {
		return found, err
	}
	found, err = s.claimNearest(ctx, s.g.library.packNear(s.req.Point, s.reach(), s.req.Language))
	if found != nil || err != nil {
		return found, err
	}
	return nil, s.whyNothing()
}

// whyNothing returns the error that tells why nothing can be told.
func (s *search) whyNothing() error {
	switch {
	case errors.Is(s.sourceErr, limiter.ErrFull), errors.Is(s.sourceErr, limiter.ErrLate):
		return fmt.Errorf("%w: %w", ErrOverloaded, s.sourceErr)
	case s.sourceErr != nil:
		return fmt.Errorf("%w: %w", ErrSource, s.sourceErr)
	case s.skipped:
		return ErrAllTold
	}
	return ErrNothing
}
