package pack

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"excursobot/geo/places"
	"excursobot/store"
)

// search returns the candidates of the area, by edition.
func (c *collection) search(ctx context.Context) (map[string][]places.Candidate, error) {
	editions := allEditions(c.order.Languages, c.editionsFor)
	cells := c.order.Area.cells()
	found := map[string][]places.Candidate{}
	done := 0
	for _, edition := range editions {
		seen := map[int64]bool{}
		for _, cell := range cells {
			center, radius := cell.Bounds()
			err := c.ask(ctx, false, func() error {
				near, err := c.b.Finder.Near(ctx, center, radius, edition)
				for _, n := range near {
					if c.order.Area.Contains(n.Point) && !seen[n.ID] {
						seen[n.ID] = true
						found[edition] = append(found[edition], n)
					}
				}
				return err
			})
			if err != nil {
				return nil, err
			}
			done++
			c.say(StepSearch, done, len(editions)*len(cells))
		}
	}
	return found, nil
}

func (c *collection) editionsFor(language string) []string {
	return c.b.Finder.Editions(c.order.Area.Center(), language)
}

// describe returns the sights among the candidates, by edition, with their names, lengths and the credits of their pictures.
func (c *collection) describe(ctx context.Context, found map[string][]places.Candidate) (map[string][]places.Place, error) {
	const most = 20 // of one request for details
	all, done := 0, 0
	for _, list := range found {
		all += len(list)
	}
	described := map[string][]places.Place{}
	editions := allEditions(c.order.Languages, c.editionsFor)
	for _, edition := range editions {
		for some := range slices.Chunk(found[edition], most) {
			err := c.ask(ctx, false, func() error {
				list, err := c.b.Finder.Details(ctx, some)
				if err == nil {
					described[edition] = append(described[edition], list...)
				}
				return err
			})
			if err != nil {
				return nil, err
			}
			done += len(some)
			c.say(StepDetails, done, all)
		}
	}
	if err := c.name(ctx, editions, described); err != nil {
		return nil, err
	}
	return described, c.credit(ctx, described)
}

// eachFifty calls fn with fifty places of an edition at a time, and keeps what it returns.
func (c *collection) eachFifty(ctx context.Context, step string, rounds int, described map[string][]places.Place, fn func(edition string, some []places.Place) ([]places.Place, error), done *int) error {
	const most = 50 // of one request
	all := 0
	for _, list := range described {
		all += rounds * len(list)
	}
	for edition, list := range described {
		for at := 0; at < len(list); at += most {
			some := list[at:min(len(list), at+most)]
			err := c.ask(ctx, false, func() error {
				changed, err := fn(edition, some)
				copy(some, changed)
				return err
			})
			if err != nil {
				return err
			}
			*done += len(some)
			c.say(step, *done, all)
		}
	}
	return nil
}

func (c *collection) name(ctx context.Context, editions []string, described map[string][]places.Place) error {
	done, rounds := 0, len(c.order.Languages)+1
	for _, language := range c.order.Languages {
		err := c.eachFifty(ctx, StepNames, rounds, described, func(_ string, some []places.Place) ([]places.Place, error) {
			return c.b.Finder.Names(ctx, some, language, editions)
		}, &done)
		if err != nil {
			return err
		}
	}
	err := c.eachFifty(ctx, StepNames, rounds, described, func(_ string, some []places.Place) ([]places.Place, error) {
		return c.b.Finder.Lengths(ctx, some, editions)
	}, &done)
	if err != nil {
		return err
	}
	for edition, list := range described { // the descriptions in English tell more
		described[edition] = slices.DeleteFunc(list, func(p places.Place) bool { return !places.Worthwhile(p) })
	}
	return nil
}

func (c *collection) credit(ctx context.Context, described map[string][]places.Place) error {
	done := 0
	return c.eachFifty(ctx, StepCredits, 1, described, func(_ string, some []places.Place) ([]places.Place, error) {
		return c.b.Finder.Credits(ctx, some)
	}, &done)
}

// wanted is an article and the place that it is about.
type wanted struct {
	place string
	link  store.Sitelink
}

// merged returns the places as people of a language get them, the best known first.
func (c *collection) merged(described map[string][]places.Place, language string) []places.Place {
	var list []places.Place
	for _, edition := range c.editionsFor(language) {
		list = append(list, described[edition]...)
	}
	list = places.Merge(list, language)
	slices.SortStableFunc(list, func(a, b places.Place) int {
		return cmp.Or(cmp.Compare(places.Largest(b), places.Largest(a)), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// articles reads the articles that stories in the languages would be written from.
func (c *collection) articles(ctx context.Context, described map[string][]places.Place) error {
	var list []wanted
	seen := map[store.ArticleKey]bool{}
	for _, language := range c.order.Languages {
		for _, p := range c.merged(described, language) {
			link := places.ArticleOf(p, language, c.editionsFor(language))
			key := store.ArticleKey{Edition: link.Edition, Page: link.Page}
			if link.Title == "" || link.Page == 0 || seen[key] {
				continue
			}
			seen[key] = true
			list = append(list, wanted{p.ID, link})
		}
	}
	for i, w := range list {
		if err := c.article(ctx, w); err != nil {
			return err
		}
		c.say(StepArticles, i+1, len(list))
	}
	return nil
}

func (c *collection) article(ctx context.Context, w wanted) error {
	_, err := c.b.Finder.StoredArticle(ctx, store.ArticleKey{Edition: w.link.Edition, Page: w.link.Page})
	if err == nil || !errors.Is(err, store.ErrNotFound) {
		return err
	}
	err = c.ask(ctx, true, func() error {
		_, err := c.b.Finder.Article(ctx, w.place, w.link)
		return err
	})
	if errors.Is(err, places.ErrNoArticle) {
		return nil // its places have their intros
	}
	return err
}

func (c *collection) stories(ctx context.Context, described map[string][]places.Place) error {
	lists := make([][]places.Place, len(c.order.Languages))
	all, done := 0, 0
	for i, language := range c.order.Languages {
		for _, p := range c.merged(described, language) {
			lists[i] = append(lists[i], places.ForPerson(p, language))
		}
		all += len(lists[i])
	}
	var mu sync.Mutex
	for i, language := range c.order.Languages {
		err := c.b.Write(ctx, lists[i], language, func(n int) {
			mu.Lock()
			defer mu.Unlock()
			done += n
			c.say(StepStories, done, all)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
