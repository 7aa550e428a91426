package guide

import (
	"context"
	"time"

	"excursobot/store"
)

// Vote records what a person thinks of a story; store.ErrNotFound if its place was not told to that person. retired reports that enough people called
// the story wrong: nobody gets it any more.
func (g *Guide) Vote(ctx context.Context, person int64, key store.StoryKey, mark store.Mark) (retired bool, err error) {
	if err := g.library.savePacked(ctx, key); err != nil {
		return false, err
	}
	s, err := g.cfg.Store.Vote(ctx, person, key, mark, time.Now())
	if err != nil {
		return false, err
	}
	g.counts.vote(mark)
	if s.Retired {
		g.library.invalidate(s.Point, s.Language)
		g.log.Warn("story_retired", "place", key.Place, "language", key.Language, "length", key.Length)
	}
	return s.Retired, nil
}
