package guide

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

const (
	// cachedRadius is how far stories come out of the cell cache, in metres; wider rings scan the store.
	cachedRadius = 600
	// scanLimit bounds the stories read in one scan. A cell of 280 m or a ring of 10 km that holds more gives its first ones.
	scanLimit = 4000
	// storyOverhead is roughly what a cached story takes beside its strings, in bytes.
	storyOverhead = 400
	// toldBatch is how many places are looked up at once among those told.
	toldBatch = 20
)

// ready is a story that can be told at once.
type ready struct {
	story    *store.Story // shared with the cache: read only
	distance float64      // metres
}

// library returns the stories in the language within radius metres of p, one a place, nearest first. The wished length comes before the other.
func (g *Guide) library(ctx context.Context, p geo.Point, radius float64, language string, length store.Length) ([]ready, error) {
	found := make([]ready, 0, 32)
	add := func(stories []store.Story) {
		for i := range stories {
			s := &stories[i]
			d := geo.Distance(p, s.Point)
			if d > radius || s.Language != language || fromPack(s) {
				continue // the pack's own stories are in the store for their votes alone
			}
			// Both lengths of a place follow each other.
			if n := len(found); n > 0 && found[n-1].story.Place == s.Place {
				if s.Length == length {
					found[n-1].story = s
				}
				continue
			}
			found = append(found, ready{s, d})
		}
	}
	if err := g.scan(ctx, p, radius, language, add); err != nil {
		return nil, err
	}
	if g.cfg.Pack != nil {
		own := len(found)
		for _, s := range g.cfg.Pack.Near(p, radius, language) {
			known := slices.ContainsFunc(found[:own], func(r ready) bool { return r.story.Place == s.Place })
			if !known && s.Language == language {
				found = append(found, ready{&s, geo.Distance(p, s.Point)})
			}
		}
	}
	slices.SortFunc(found, func(a, b ready) int {
		if byDistance := cmp.Compare(a.distance, b.distance); byDistance != 0 {
			return byDistance
		}
		return cmp.Compare(a.story.Place, b.story.Place)
	})
	return found, nil
}

// scan gives add the stories round p, from the cache as far as it reaches. Each call of add gets whole cells.
func (g *Guide) scan(ctx context.Context, p geo.Point, radius float64, language string, add func([]store.Story)) error {
	now := time.Now()
	if radius > cachedRadius {
		stories, err := g.cfg.Store.StoriesIn(ctx, language, geo.RangesWithin(p, radius), scanLimit, now)
		if errors.Is(err, store.ErrAway) {
			return nil // the sources may be there
		}
		if err != nil {
			return fmt.Errorf("scan the library: %w", err)
		}
		add(stories)
		return nil
	}
	var room [64]geo.Cell
	for _, cell := range geo.CellsWithin(room[:0], p, radius, geo.LevelCache) {
		stories, gen, ok := g.cfg.Cache.Get(cell, language)
		if !ok {
			var err error
			stories, err = g.cfg.Store.StoriesIn(ctx, language, []geo.CellRange{cell.Range()}, scanLimit, now)
			if errors.Is(err, store.ErrAway) {
				continue // other cells may be in the cache
			}
			if err != nil {
				return fmt.Errorf("scan the library: %w", err)
			}
			g.cfg.Cache.Set(cell, language, stories, sizeOf(stories), gen)
		}
		add(stories)
	}
	return nil
}

func sizeOf(stories []store.Story) int {
	n := storyOverhead
	for i := range stories {
		s := &stories[i]
		n += storyOverhead + len(s.Place) + len(s.Title) + len(s.Text) + len(s.URL) + len(s.Picture)
	}
	return n
}

// claimReady claims the nearest story whose place is not told to the person; nil if there is none. skipped reports whether a told or claimed place
// was left out.
func (g *Guide) claimReady(ctx context.Context, req Request, list []ready) (found *answer, skipped bool, err error) {
	for batch := range slices.Chunk(list, toldBatch) {
		ids := make([]string, len(batch))
		for i, r := range batch {
			ids[i] = r.story.Place
		}
		untold, err := g.untoldPlaces(ctx, req.Person, ids)
		if err != nil {
			return nil, skipped, err
		}
		for i, r := range batch {
			if !untold[i] {
				skipped = true
				continue
			}
			if fromPack(r.story) {
				if retired, err := g.packRetired(ctx, r.story); err != nil {
					return nil, skipped, err
				} else if retired {
					continue
				}
			}
			claim, err := g.tryClaim(ctx, req.Person, r.story.Place)
			if err != nil {
				return nil, skipped, err
			}
			if claim != nil {
				return &answer{fromStory(r.story, r.distance), claim}, skipped, nil
			}
			skipped = true
		}
	}
	return nil, skipped, nil
}

func fromPack(s *store.Story) bool { return s.Source == string(FromPack) }

// fromStory makes the answer out of a story of the library or the pack.
func fromStory(s *store.Story, distance float64) Story {
	source := FromLibrary
	if fromPack(s) {
		source = FromPack
	}
	return Story{
		Place: store.Place{
			ID: s.Place, Language: s.Language, Title: s.Title, Point: s.Point,
			Kind: s.Kind, URL: s.URL, Picture: s.Picture, Source: s.Source,
		},
		Distance: distance,
		Text:     s.Text,
		Source:   source,
		Key:      s.StoryKey,
	}
}

// keep stores stories and makes them visible to everybody.
func (g *Guide) keep(ctx context.Context, stories ...store.Story) error {
	if err := g.cfg.Store.PutStories(ctx, stories); err != nil {
		return fmt.Errorf("keep stories: %w", err)
	}
	for _, s := range stories {
		g.outdate(s.Point, s.Language)
	}
	return nil
}

func (g *Guide) outdate(p geo.Point, language string) {
	g.cfg.Cache.Delete(geo.CellAt(p, geo.LevelCache), language)
}

// Vote records what a person thinks of a story told to them; store.ErrNotFound if it was not told. retired says that enough people
// found it wrong: it is told no more.
func (g *Guide) Vote(ctx context.Context, person int64, key store.StoryKey, mark store.Mark) (retired bool, err error) {
	if err := g.keepPacked(ctx, key); err != nil {
		return false, err
	}
	s, err := g.cfg.Store.Vote(ctx, person, key, mark, time.Now())
	if err != nil {
		return false, err
	}
	g.counts.vote(mark)
	if s.Retired {
		g.outdate(s.Point, s.Language)
		g.log.Warn("story_retired", "place", key.Place, "language", key.Language, "length", key.Length)
	}
	return s.Retired, nil
}

// keepPacked puts a story of the pack into the store, which counts votes there and nowhere else.
func (g *Guide) keepPacked(ctx context.Context, key store.StoryKey) error {
	if g.cfg.Pack == nil {
		return nil
	}
	s, ok := g.cfg.Pack.Story(key)
	if !ok {
		return nil
	}
	have, err := g.cfg.Store.Stories(ctx, []store.StoryKey{key}, time.Now())
	if err != nil || len(have) > 0 && (have[0].Source != s.Source || have[0].Text == s.Text) {
		return err
	}
	return g.keep(ctx, s)
}

// packRetired says whether people have retired a story of the pack, as it reads in this version of the program.
func (g *Guide) packRetired(ctx context.Context, s *store.Story) (bool, error) {
	have, err := g.cfg.Store.Stories(ctx, []store.StoryKey{s.StoryKey}, time.Now())
	if err != nil {
		return false, fmt.Errorf("ask the library: %w", err)
	}
	return len(have) > 0 && have[0].Retired && have[0].Text == s.Text, nil
}
