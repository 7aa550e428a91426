package guide

import (
	"context"
	"slices"
	"time"

	"excursobot/geo/places"
	"excursobot/store"
)

// Stored returns the story of the key, or the opening of the article if its Length is store.Extract, as it is told now. The error is ErrNothing if it is
// not told any more, or one of the context or of the store.
func (g *Guide) Stored(ctx context.Context, key store.StoryKey) (Story, error) {
	if key.Length == store.Extract {
		return g.storedExtract(ctx, key)
	}
	withheld, err := g.withheld(ctx, places.Place{ID: key.Place})
	if err != nil {
		return Story{}, err
	}
	stories, err := g.cfg.Store.Stories(ctx, []store.StoryKey{key}, time.Now())
	switch {
	case err != nil:
		return Story{}, err
	case withheld[0]:
		return Story{}, ErrNothing
	case len(stories) > 0 && stories[0].Retired:
		return Story{}, ErrNothing
	case len(stories) > 0:
		return storyOf(&stories[0], 0), nil
	case g.cfg.Pack != nil:
		if s, ok := g.cfg.Pack.Story(key); ok {
			return storyOf(&s, 0), nil
		}
	}
	return Story{}, ErrNothing
}

func (g *Guide) storedExtract(ctx context.Context, key store.StoryKey) (Story, error) {
	p, err := g.knownPlace(ctx, key.Place, []string{key.Language})
	if err != nil {
		return Story{}, err
	}
	if p == nil || p.Language != key.Language || len(p.Extract) < minExtract {
		return Story{}, ErrNothing
	}
	withheld, err := g.withheld(ctx, *p)
	if err != nil {
		return Story{}, err
	}
	if withheld[0] {
		return Story{}, ErrNothing
	}
	return Story{Place: *p, Text: p.Extract, Source: FromExtract}, nil
}

// Next returns the story that Tell would probably tell a walker now: the nearest untold one that is ready. It claims nothing. It reports false if there is
// none within walking distance.
func (g *Guide) Next(ctx context.Context, req Request) (Story, bool, error) {
	if req.Length == "" {
		req.Length = store.Short
	}
	stories, err := g.library.near(ctx, req.Point, walkable, req.Language, req.Length)
	if err != nil {
		return Story{}, false, err
	}
	for batch := range slices.Chunk(stories, toldBatch) {
		untold, err := g.claims.untold(ctx, req.Person, placesOf(batch))
		if err != nil {
			return Story{}, false, err
		}
		if i := slices.Index(untold, true); i >= 0 {
			return storyOf(batch[i].story, batch[i].distance), true, nil
		}
	}
	return Story{}, false, nil
}
