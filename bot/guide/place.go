package guide

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/store"
)

// TellPlace returns the story of the place req.Place, because the person asked for it: whether it was told before does not matter. languages are
// those in which the place may be known, the likely ones first; if the request has a point, the editions around it are added. If the story takes a
// while, TellPlace first calls onCard, as Tell does. The claim is nil if the place was told to the person before. The error is ErrNothing if the place
// is unknown or not worth a visit, or one of the context or of the store.
func (g *Guide) TellPlace(ctx context.Context, req Request, languages []string, onCard func(Card)) (Story, *Claim, error) {
	if req.Length == "" {
		req.Length = store.Short
	}
	languages = append([]string{req.Language}, languages...)
	if req.Point != (geo.Point{}) && req.Point.Valid() { // the place is near it
		languages = append(languages, g.editionsAt(req.Point, req.Language)...)
		if g.cfg.Places != nil && g.cfg.Places.Small() {
			languages = append(languages, g.cfg.Places.Local(req.Point, req.Language))
		}
	}
	story, err := g.lookUp(ctx, &req, languages)
	if err == nil && story == nil {
		err = ErrNothing
	}
	if err != nil {
		g.counts.answer(FromNone)
		return Story{}, nil, err
	}
	claim, err := g.claims.try(ctx, req.Person, req.Place)
	if err != nil {
		return Story{}, nil, err
	}
	if story.card != nil { // it is not written yet
		told, err := g.newSearch(req, onCard, sourcePatience).storyOf(sourceContext(ctx, req.Class), *story.card, nil)
		if err == nil && told.Source == FromExtract && len(told.Text) < minExtract {
			err = ErrNothing
		}
		if err != nil {
			claim.Release()
			g.counts.answer(FromNone)
			return Story{}, nil, err
		}
		story.Story = told
	}
	g.counts.answer(story.Source)
	g.offerMore(ctx, &story.Story)
	return story.Story, claim, nil
}

// atHand is the story of a place, or the card of a place whose story has to be written.
type atHand struct {
	Story
	card *Card
}

// lookUp looks a place up: a story in the language of the request, else the place, else a story of the pack. It returns nil if there is nothing. It
// sets the point of the request.
func (g *Guide) lookUp(ctx context.Context, req *Request, languages []string) (*atHand, error) {
	if withheld, err := g.withheld(ctx, places.Place{ID: req.Place}); err != nil || withheld[0] {
		return nil, err
	}
	own, other, err := g.storiesOfPlace(ctx, req, languages)
	switch {
	case err != nil:
		return nil, err
	case own != nil && !own.Retired:
		req.Point = own.Point
		return &atHand{Story: storyOf(own, 0)}, nil
	case other != nil:
		req.Point = other.Point
		languages = append(append(languages, other.Article.Edition), g.editionsAt(other.Point, req.Language)...)
	}
	p, err := g.knownPlace(ctx, req.Place, languages)
	if err != nil {
		return nil, err
	}
	if p != nil && places.Worthwhile(*p) && p.Point.Valid() {
		if withheld, err := g.withheld(ctx, *p); err != nil || withheld[0] {
			return nil, err
		}
		req.Point = p.Point
		return &atHand{card: &Card{Place: places.ForPerson(*p, req.Language)}}, nil
	}
	if p != nil || g.cfg.Pack == nil {
		return nil, nil //nolint:nilnil // there is nothing
	}
	for _, language := range [...]string{req.Language, "en"} {
		s, ok := g.cfg.Pack.Story(store.StoryKey{Place: req.Place, Language: language, Length: store.Short})
		if !ok {
			continue
		}
		retired, err := g.library.packedRetired(ctx, &s)
		if err != nil || !retired {
			return &atHand{Story: storyOf(&s, 0)}, err
		}
	}
	return nil, nil //nolint:nilnil // there is nothing
}

// storiesOfPlace returns the stored story of a place in the language of the request, of its length if there is one, and a story in any of the languages.
func (g *Guide) storiesOfPlace(ctx context.Context, req *Request, languages []string) (own, other *store.Story, err error) {
	var keys []store.StoryKey
	for _, length := range [...]store.Length{req.Length, otherLength(req.Length)} {
		for _, language := range languages {
			key := store.StoryKey{Place: req.Place, Language: language, Length: length}
			if language != "" && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	stories, err := g.library.stories.Stories(ctx, keys, time.Now())
	if err != nil {
		return nil, nil, fmt.Errorf("read the library: %w", err)
	}
	for i := range stories {
		s := &stories[i]
		if fromPack(s) {
			continue // it is there only for its votes
		}
		if other == nil {
			other = s
		}
		if s.Language == req.Language && (own == nil || own.Retired || s.Length == req.Length && !s.Retired) {
			own = s
		}
	}
	return own, other, nil
}

// knownPlace returns a place as the first of the editions that has it describes it, nil if none has it.
func (g *Guide) knownPlace(ctx context.Context, id string, editions []string) (*places.Place, error) {
	for i, edition := range editions {
		if edition == "" || slices.Contains(editions[:i], edition) {
			continue
		}
		p, err := g.cfg.Store.Place(ctx, id, edition)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read a place: %w", err)
		}
		return &p, nil
	}
	return nil, nil //nolint:nilnil // no place
}
