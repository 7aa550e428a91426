package guide

import (
	"context"
	"errors"
	"time"

	"excursobot/bot/guide/model"
	"excursobot/store"
)

// Retire withholds a place as a whole: all of its stories, in each language, length and aspect, and the words of its sources. It returns the place's
// title; the error is store.ErrNotFound if nothing is known of such a place.
func (g *Guide) Retire(ctx context.Context, place string) (title string, err error) {
	if err := store.CheckKey(place); err != nil {
		return "", err
	}
	stories, err := g.storiesOf(ctx, place)
	if err != nil {
		return "", err
	}
	for _, s := range stories {
		title = s.Title
	}
	for _, language := range model.Languages {
		if title != "" {
			break
		}
		p, err := g.cfg.Store.Place(ctx, place, language)
		if err == nil {
			title = p.Title
		} else if !errors.Is(err, store.ErrNotFound) {
			return "", err
		}
	}
	if title == "" {
		return "", store.ErrNotFound
	}
	if err := g.cfg.Store.Withhold(ctx, store.ReportKey{Place: place}, title, time.Now()); err != nil {
		return "", err
	}
	g.forgetCells(stories)
	g.log.Warn("place_withheld", "place", place)
	return title, nil
}

// RestoreExtract shows a withheld extract, or a place as a whole, again; store.ErrNotFound if it is not withheld.
func (g *Guide) RestoreExtract(ctx context.Context, key store.ReportKey) error {
	if err := g.cfg.Store.Restore(ctx, key, time.Now()); err != nil {
		return err
	}
	stories, err := g.storiesOf(ctx, key.Place)
	if err != nil {
		return err
	}
	g.forgetCells(stories)
	g.log.Info("extract_restored", "place", key.Place, "language", key.Language, "revision", key.Revision)
	return nil
}

// RestoreStory tells a retired story again; store.ErrNotFound if it is gone or not retired.
func (g *Guide) RestoreStory(ctx context.Context, key store.StoryKey) error {
	s, err := g.cfg.Store.RestoreStory(ctx, key)
	if err != nil {
		return err
	}
	g.forgetCells([]store.Story{s})
	g.log.Info("story_restored", "place", key.Place, "language", key.Language, "length", key.Length, "aspect", key.Aspect)
	return nil
}

// takenBack reports whether a story that the library offers was retired meanwhile: neither the pack nor the cache of this process knows what was
// retired by people, or on another replica.
func (g *Guide) takenBack(ctx context.Context, s *store.Story) (bool, error) {
	if fromPack(s) {
		if retired, err := g.library.packedRetired(ctx, s); err != nil || retired {
			return retired, err
		}
	} else if g.cfg.Replica == "" {
		return false, nil
	}
	withheld, err := g.withheld(ctx, store.Place{ID: s.Place})
	if err != nil {
		return false, err
	}
	return withheld[0], nil
}

// storiesOf returns the stories of a place in each language, length and aspect: those that are stored, and those of the pack.
func (g *Guide) storiesOf(ctx context.Context, place string) ([]store.Story, error) {
	var keys []store.StoryKey
	for _, language := range model.Languages {
		for _, length := range [...]store.Length{store.Short, store.Long} {
			for aspect := range store.MaxAspect + 1 {
				keys = append(keys, store.StoryKey{Place: place, Language: language, Length: length, Aspect: aspect})
			}
		}
	}
	stories, err := g.cfg.Store.Stories(ctx, keys, time.Now())
	if err != nil || g.cfg.Pack == nil {
		return stories, err
	}
	for _, key := range keys {
		if s, ok := g.cfg.Pack.Story(key); ok {
			stories = append(stories, s)
		}
	}
	return stories, nil
}

// forgetCells makes this process read the stories' surroundings from the store again. Other replicas do so when their cached cells expire.
func (g *Guide) forgetCells(stories []store.Story) {
	for _, s := range stories {
		g.library.invalidate(s.Point, s.Language)
	}
}
