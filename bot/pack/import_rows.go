package pack

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"excursobot/geo"
	"excursobot/store"
)

func (i *importing) putPlaces(ctx context.Context, rows []store.Row) error {
	var list []store.Place
	for _, row := range rows {
		given := row.Value.(store.PlaceRow).Place
		p, err := i.guard.place(given)
		if err != nil {
			i.refuse(row.Table, err)
			continue
		}
		i.editions[p.ID] = append(i.editions[p.ID], p.Language)
		i.pages[pageKey{p.Language, p.PageID}] = store.Page{ID: p.PageID, Title: p.Title, Point: p.Point, Kind: p.Kind, Dim: p.Dim}
		have, err := i.to.Place(ctx, p.ID, p.Language)
		if err == nil && !i.guard.newer(given.Fetched, have.Fetched) {
			i.keep(row.Table)
			continue
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		list = append(list, p)
	}
	i.add(store.TablePlaces, len(list))
	return i.to.PutPlaces(ctx, list)
}

func (i *importing) putTiles(ctx context.Context, rows []store.Row) error {
	for _, row := range rows {
		t, err := i.guard.tile(row.Value.(store.Tile), func(language string, page int64) (store.Page, bool) {
			known, ok := i.pages[pageKey{language, page}]
			return known, ok
		})
		if err != nil {
			i.refuse(row.Table, err)
			continue
		}
		_, err = i.to.Tile(ctx, t.TileKey, i.guard.now)
		if err == nil {
			i.keep(row.Table)
			continue
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := i.to.PutTile(ctx, t); err != nil {
			return err
		}
		i.add(row.Table, 1)
	}
	return nil
}

func (i *importing) putArticles(ctx context.Context, rows []store.Row) error {
	for _, row := range rows {
		given := row.Value.(store.ArticleRow).Article
		a, err := i.guard.article(given)
		if err != nil {
			i.refuse(row.Table, err)
			continue
		}
		if _, known := i.editions[a.Place]; !known {
			i.refuse(row.Table, errors.New("of no place of the pack"))
			continue
		}
		have, err := i.to.Article(ctx, a.ArticleKey, i.guard.now)
		if err == nil && !i.guard.newer(given.Fetched, have.Fetched) {
			i.keep(row.Table)
			continue
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := i.to.PutArticle(ctx, a, i.guard.now); err != nil {
			return err
		}
		i.add(row.Table, 1)
	}
	return nil
}

func (i *importing) putStories(ctx context.Context, rows []store.Row) error {
	keys := make([]store.StoryKey, len(rows))
	for n, row := range rows {
		keys[n] = row.Value.(store.StoryRow).StoryKey
	}
	have, err := i.to.Stories(ctx, keys, i.guard.now)
	if err != nil {
		return err
	}
	known := make(map[store.StoryKey]*store.Story, len(have))
	for n := range have {
		known[have[n].StoryKey] = &have[n]
	}
	var list []store.Story
	for _, row := range rows {
		s := row.Value.(store.StoryRow).Story
		if old := known[s.StoryKey]; old != nil && i.guard.stays(old, &s) {
			i.keep(row.Table)
			continue
		}
		p, a, err := i.sourceOf(ctx, &s)
		if err == nil {
			s, err = i.guard.story(s, p, a)
		}
		switch {
		case errors.Is(err, errNoSource) || err != nil && !errors.Is(err, errStore):
			i.refuse(row.Table, err)
		case err != nil:
			return err
		default:
			list = append(list, s)
		}
	}
	i.add(store.TableStories, len(list))
	return i.to.PutStories(ctx, list)
}

// stays reports whether a story of the store is not replaced by one of a pack.
func (g *guard) stays(old, s *store.Story) bool {
	voted := old.Likes > 0 || old.Dislikes > 0 || len(old.WrongBy) > 0
	return old.Retired || voted || old.Text == s.Text || !g.newer(s.Created, old.Created)
}

var (
	errNoSource = errors.New("without its source")
	errStore    = errors.New("read the store")
)

// sourceOf returns the place of a story and the article from which it was written, zero if it was written from an intro.
func (i *importing) sourceOf(ctx context.Context, s *store.Story) (store.Place, store.Article, error) {
	var p store.Place
	for _, edition := range i.inOrder(s) {
		found, err := i.to.Place(ctx, s.Place, edition)
		if err == nil {
			p = found
			break
		}
		if !errors.Is(err, store.ErrNotFound) {
			return p, store.Article{}, fmt.Errorf("%w: %w", errStore, err)
		}
	}
	if p.ID == "" || !i.guard.area.Contains(p.Point) || p.Point == (geo.Point{}) {
		return p, store.Article{}, errNoSource
	}
	if s.Article.Page == 0 {
		return p, store.Article{}, nil
	}
	if s.Article.Check() != nil {
		return p, store.Article{}, errNoSource
	}
	a, err := i.to.Article(ctx, s.Article, i.guard.now)
	if errors.Is(err, store.ErrNotFound) || err == nil && a.Place != "" && a.Place != s.Place {
		return p, a, errNoSource
	}
	if err != nil {
		return p, a, fmt.Errorf("%w: %w", errStore, err)
	}
	return p, a, nil
}

// inOrder returns the editions in which the pack describes the place of a story: that of its language first, then that of its article.
func (i *importing) inOrder(s *store.Story) []string {
	rank := func(edition string) int {
		switch edition {
		case s.Language:
			return 0
		case s.Article.Edition:
			return 1
		}
		return 2
	}
	list := slices.Clone(i.editions[s.Place])
	slices.SortStableFunc(list, func(a, b string) int { return rank(a) - rank(b) })
	return list
}
