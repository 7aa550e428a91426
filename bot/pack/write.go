package pack

import (
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/store"
	"excursobot/store/dump"
)

// Source is the part of a store that a pack is made of.
type Source interface {
	store.Places
	store.Stories
	store.Articles
}

// Order describes the content of a pack.
type Order struct {
	Area      Area
	Languages []string // of the people who will read it
	Stories   bool
}

// placesInCell is the most places of an edition that are read from one tile.
const placesInCell = 2000

// content is what goes into a pack, by its keys; rows are read when they are written.
type content struct {
	places   map[placeKey]store.Place // without texts
	tiles    []store.TileKey
	stories  []store.StoryKey
	articles map[store.ArticleKey]bool
}

type placeKey struct{ id, language string }

// Write writes what a store holds of an order as a pack: places that are sights, searches, the articles that a story in one of the languages would be
// written from, and stories that the judge and the people have not refused. Times are cut to the UTC day, so that the same content gives the same bytes
// when it is collected again on the same day. It returns when the newest of it was read or written.
func Write(ctx context.Context, to io.Writer, from Source, o Order, editionsFor func(language string) []string, program string, now time.Time) error {
	c, newest, err := collectKeys(ctx, from, o, editionsFor, now)
	if err != nil {
		return err
	}
	if len(c.places) == 0 {
		return errors.New("there is nothing in the area yet")
	}
	w, err := dump.NewWriter(to, dump.Header{
		Content: Content, Program: program, Created: newest,
		Area: o.Area.String(), Languages: strings.Join(o.Languages, ","), Licences: Licences,
	})
	if err != nil {
		return err
	}
	if err := c.write(ctx, w, from, now); err != nil {
		return err
	}
	return w.Close()
}

// day cuts a time to its day.
func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

func collectKeys(ctx context.Context, from Source, o Order, editionsFor func(string) []string, now time.Time) (*content, time.Time, error) {
	c := &content{places: map[placeKey]store.Place{}, articles: map[store.ArticleKey]bool{}}
	var newest time.Time
	cells := o.Area.cells()
	for _, edition := range allEditions(o.Languages, editionsFor) {
		for _, cell := range cells {
			found, err := from.PlacesIn(ctx, edition, []geo.CellRange{cell.Range()}, placesInCell)
			if err != nil {
				return nil, newest, err
			}
			for _, p := range found {
				if !o.Area.Contains(p.Point) || !places.Worthwhile(p) {
					continue
				}
				newest = later(newest, day(p.Fetched))
				for _, l := range o.Languages {
					if link := places.ArticleOf(p, l, editionsFor(l)); link.Page > 0 {
						c.articles[store.ArticleKey{Edition: link.Edition, Page: link.Page}] = true
					}
				}
				c.places[placeKey{p.ID, p.Language}] = store.Place{PageID: p.PageID}
			}
			if o.Area.holds(cell) {
				c.tiles = append(c.tiles, store.TileKey{Cell: cell, Language: edition})
			}
		}
	}
	if !o.Stories {
		return c, newest, nil
	}
	seen := map[string]bool{}
	for key := range c.places {
		if seen[key.id] {
			continue
		}
		seen[key.id] = true
		stories, err := from.Stories(ctx, storyKeys(key.id, o.Languages), now)
		if err != nil {
			return nil, newest, err
		}
		for _, s := range stories {
			if !worthSharing(&s) {
				continue
			}
			c.stories = append(c.stories, s.StoryKey)
			newest = later(newest, day(s.Created))
			if s.Article.Page != 0 {
				c.articles[s.Article] = true
			}
		}
	}
	return c, newest, nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// worthSharing reports whether a story may go into a pack: written by a model, and refused by nobody.
func worthSharing(s *store.Story) bool {
	return !s.Retired && s.Source == "model" && s.Judged != store.JudgedPending && s.Judged != store.JudgedRefused && len(s.WrongBy) == 0 &&
		s.Dislikes <= s.Likes+1
}

// storyKeys returns the keys of all stories that a place may have in the languages.
func storyKeys(place string, languages []string) []store.StoryKey {
	var keys []store.StoryKey
	for _, l := range languages {
		for _, length := range []store.Length{store.Long, store.Short} {
			for aspect := range store.MaxAspect + 1 {
				keys = append(keys, store.StoryKey{Place: place, Language: l, Length: length, Aspect: aspect})
			}
		}
	}
	return keys
}

// allEditions returns the editions that people of the languages read, each once.
func allEditions(languages []string, editionsFor func(string) []string) []string {
	var list []string
	for _, l := range languages {
		for _, e := range editionsFor(l) {
			if !slices.Contains(list, e) {
				list = append(list, e)
			}
		}
	}
	return list
}

// write writes the rows in the order of a dump.
func (c *content) write(ctx context.Context, w *dump.Writer, from Source, now time.Time) error {
	keys := slices.SortedFunc(maps.Keys(c.places), func(a, b placeKey) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.language, b.language))
	})
	pages := map[pageKey]bool{}
	for _, key := range keys {
		p, err := from.Place(ctx, key.id, key.language)
		if errors.Is(err, store.ErrNotFound) {
			continue // swept meanwhile
		}
		if err != nil {
			return err
		}
		p.Fetched, p.Edited, p.Packed = day(p.Fetched), day(p.Edited), false
		if err := w.Put(store.NewRow(store.PlaceRow{Place: p})); err != nil {
			return err
		}
		pages[pageKey{p.Language, p.PageID}] = true
	}
	slices.SortFunc(c.tiles, func(a, b store.TileKey) int {
		return cmp.Or(cmp.Compare(a.Language, b.Language), cmp.Compare(a.Cell, b.Cell))
	})
	for _, key := range c.tiles {
		t, err := from.Tile(ctx, key, now)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		t.Expires = day(t.Expires)
		t.Pages = slices.DeleteFunc(t.Pages, func(p store.Page) bool { return !pages[pageKey{key.Language, p.ID}] })
		slices.SortFunc(t.Pages, func(a, b store.Page) int { return cmp.Compare(a.ID, b.ID) })
		if len(t.Pages) == 0 {
			continue
		}
		if err := w.Put(store.NewRow(t)); err != nil {
			return err
		}
	}
	return errors.Join(c.writeStories(ctx, w, from, now), ctx.Err(), c.writeArticles(ctx, w, from, now))
}

func (c *content) writeStories(ctx context.Context, w *dump.Writer, from Source, now time.Time) error {
	slices.SortFunc(c.stories, func(a, b store.StoryKey) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.Language, b.Language), cmp.Compare(a.Length, b.Length), cmp.Compare(a.Aspect, b.Aspect))
	})
	for some := range slices.Chunk(c.stories, batchRows) {
		stories, err := from.Stories(ctx, some, now)
		if err != nil {
			return err
		}
		for _, s := range stories {
			s.Created, s.Expires = day(s.Created), day(s.Expires)
			s.Likes, s.Dislikes, s.WrongBy, s.Packed = 0, 0, nil, false // votes are people's, and stay here
			if err := w.Put(store.NewRow(store.StoryRow{Story: s})); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *content) writeArticles(ctx context.Context, w *dump.Writer, from Source, now time.Time) error {
	keys := slices.SortedFunc(maps.Keys(c.articles), func(a, b store.ArticleKey) int {
		return cmp.Or(cmp.Compare(a.Edition, b.Edition), cmp.Compare(a.Page, b.Page))
	})
	for _, key := range keys {
		a, err := from.Article(ctx, key, now)
		if errors.Is(err, store.ErrNotFound) {
			continue // not read, or it had to make room for others
		}
		if err != nil {
			return err
		}
		a.Fetched, a.Edited, a.Checked = day(a.Fetched), day(a.Edited), time.Time{}
		if err := w.Put(store.NewRow(store.ArticleRow{Article: a})); err != nil {
			return err
		}
	}
	return nil
}
