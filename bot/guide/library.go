package guide

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/store"
)

const (
	// cachedRadius is the largest radius in metres that is read through the cell cache; larger ones scan the store.
	cachedRadius = 600
	// scanLimit bounds the stories read in one scan. A cell of 280 m or a ring of 10 km with more stories yields its first ones.
	scanLimit = 4000
	// cellOverhead is about what the cache needs for a cell in bytes, without its stories.
	cellOverhead = 400
	// quoteOverhead is the size of a quote without its text.
	quoteOverhead = 16
)

// storySize is the size of a cached story in bytes, without its strings.
var storySize = int(reflect.TypeFor[store.Story]().Size())

// library reads and writes the stories: those in the store, behind the cell cache, and those of the pack.
type library struct {
	stories store.Stories
	cache   *geo.Cache[[]store.Story]
	pack    *places.Pack // may be nil
}

// nearStory is a story that can be told at once.
type nearStory struct {
	story    *store.Story // shared with the cache: read only
	distance float64      // metres
}

// near returns the stories in the language within radius metres of p, one for each place, nearest first. If a place has a story of the wanted length,
// that one is returned.
func (l *library) near(ctx context.Context, p geo.Point, radius float64, language string, length store.Length) ([]nearStory, error) {
	found := make([]nearStory, 0, 32)
	add := func(stories []store.Story) {
		for i := range stories {
			s := &stories[i]
			d := geo.Distance(p, s.Point)
			if d > radius || s.Language != language || fromPack(s) {
				continue // stories of the pack are in the store only for their votes
			}
			// The stories of a place follow each other.
			if n := len(found); n > 0 && found[n-1].story.Place == s.Place {
				if s.Length == length {
					found[n-1].story = s
				}
				continue
			}
			found = append(found, nearStory{s, d})
		}
	}
	if err := l.scan(ctx, p, radius, language, add); err != nil {
		return nil, err
	}
	stored := found
	for _, r := range l.packNear(p, radius, language) {
		known := slices.ContainsFunc(stored, func(s nearStory) bool { return s.story.Place == r.story.Place })
		if !known && r.story.Language == language {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b nearStory) int {
		if byDistance := cmp.Compare(a.distance, b.distance); byDistance != 0 {
			return byDistance
		}
		return cmp.Compare(a.story.Place, b.story.Place)
	})
	return found, nil
}

// packNear returns the stories of the pack within radius metres of p, in the language if the pack has them, else in another one.
func (l *library) packNear(p geo.Point, radius float64, language string) []nearStory {
	if l.pack == nil {
		return nil
	}
	var found []nearStory
	for _, s := range l.pack.Near(p, radius, language) {
		found = append(found, nearStory{&s, geo.Distance(p, s.Point)})
	}
	return found
}

// scan passes the stories around p to add, from the cache for small radii. One call of add gets whole cells. While the store is away, the cached cells
// are all there is.
func (l *library) scan(ctx context.Context, p geo.Point, radius float64, language string, add func([]store.Story)) error {
	now := time.Now()
	if radius > cachedRadius {
		stories, err := l.stories.StoriesIn(ctx, language, geo.RangesWithin(p, radius), scanLimit, now)
		if errors.Is(err, store.ErrAway) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("scan the library: %w", err)
		}
		add(stories)
		return nil
	}
	var cells [64]geo.Cell
	for _, cell := range geo.CellsWithin(cells[:0], p, radius, geo.LevelCache) {
		stories, gen, ok := l.cache.Get(cell, language)
		if !ok {
			var err error
			stories, err = l.stories.StoriesIn(ctx, language, []geo.CellRange{cell.Range()}, scanLimit, now)
			if errors.Is(err, store.ErrAway) {
				continue
			}
			if err != nil {
				return fmt.Errorf("scan the library: %w", err)
			}
			l.cache.Set(cell, language, stories, sizeOf(stories), gen)
		}
		add(stories)
	}
	return nil
}

// sizeOf returns about how many bytes the cache needs for the stories.
func sizeOf(stories []store.Story) int {
	n := cellOverhead
	for i := range stories {
		s := &stories[i]
		c := &s.Credit
		n += storySize + len(s.Place) + len(s.Title) + len(s.Text) + len(s.URL) + len(s.Picture) + len(s.Kind) + len(s.Source) + len(s.Model) +
			len(c.File) + len(c.Author) + len(c.License) + len(c.LicenseURL) + len(c.Page)
		for _, quote := range s.Quotes {
			n += len(quote) + quoteOverhead
		}
	}
	return n
}

// byPlace returns the stored stories of the places, by place. A place has one story at most: of the wanted length if that is there and not retired,
// else of the other length.
func (l *library) byPlace(ctx context.Context, ids []string, language string, length store.Length) (map[string]*store.Story, error) {
	keys := make([]store.StoryKey, 0, 2*len(ids))
	for _, length := range [...]store.Length{length, otherLength(length)} {
		for _, id := range ids {
			keys = append(keys, store.StoryKey{Place: id, Language: language, Length: length})
		}
	}
	stories, err := l.stories.Stories(ctx, keys, time.Now())
	if err != nil {
		return nil, fmt.Errorf("read the library: %w", err)
	}
	found := make(map[string]*store.Story, len(stories))
	for i := range stories {
		s := &stories[i]
		if first, ok := found[s.Place]; !ok || first.Retired {
			found[s.Place] = s
		}
	}
	return found, nil
}

func otherLength(l store.Length) store.Length {
	if l == store.Long {
		return store.Short
	}
	return store.Long
}

// save stores the stories and makes them visible to everybody.
func (l *library) save(ctx context.Context, stories ...store.Story) error {
	if err := l.stories.PutStories(ctx, stories); err != nil {
		return fmt.Errorf("save stories: %w", err)
	}
	for _, s := range stories {
		l.invalidate(s.Point, s.Language)
	}
	return nil
}

// invalidate drops the cell of p from the cache.
func (l *library) invalidate(p geo.Point, language string) {
	l.cache.Delete(geo.CellAt(p, geo.LevelCache), language)
}
