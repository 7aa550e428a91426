package guide

import (
	"context"
	"fmt"

	"excursobot/bot/guide/model"
	"excursobot/geo/places"
)

// Materials returns the places as the model gets them for stories in the language, and their passages of at most limit characters: as for people, but
// whole articles are waited for. A place whose article cannot be read is written about from its intro.
func Materials(ctx context.Context, sources *places.Finder, list []places.Place, language string, limit int) ([]places.Place, map[string]model.Passage, error) {
	passages := make(map[string]model.Passage, len(list))
	ready := make([]places.Place, 0, len(list))
	if len(list) == 0 {
		return ready, passages, nil
	}
	editions := sources.Editions(list[0].Point, language)
	if !sources.Small() {
		// Missing names and lengths only make the choice of the article worse.
		list, _ = sources.Names(ctx, list, language, editions)
		list, _ = sources.Lengths(ctx, list, readable(editions))
	}
	for _, p := range list {
		if !places.Worthwhile(p) {
			continue
		}
		it := &item{place: places.ForPerson(p, language)}
		if link := places.ArticleOf(p, language, editions); link.Title != "" {
			a, err := sources.Article(ctx, p.ID, link)
			switch {
			case err == nil:
				it.provide(p, a, limit)
			case ctx.Err() != nil:
				return nil, nil, fmt.Errorf("read the article of %s: %w", p.ID, ctx.Err())
			}
		}
		given, passage := it.source()
		ready = append(ready, given)
		passages[p.ID] = passage
	}
	return ready, passages, nil
}
