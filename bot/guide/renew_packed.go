package guide

import (
	"context"
	"strings"
	"time"

	"excursobot/bot/guide/model"
	"excursobot/geo/places"
	"excursobot/geo/places/wikitext"
	"excursobot/store"
)

// comparePacked compares a story that came with a pack with its article as Wikipedia has it now: it must hold the quotes, and the text must pass the
// checks of a new story. Then the story is like any other. If it does not follow from the article, nobody hears it any more, and again is true.
func (g *Guide) comparePacked(ctx context.Context, story store.Story, place places.Place) (again bool, err error) {
	if place.ID != story.Place || story.Article.Edition == place.Language && story.Article.Page != place.PageID {
		return true, g.withdraw(ctx, story, "its article is about another place")
	}
	passage := model.Passage{Text: place.Extract, Language: place.Language, Title: place.Title}
	revision := place.Revision
	if story.Article.Page != 0 {
		a, err := g.cfg.Places.Reread(ctx, store.Article{ArticleKey: story.Article, Place: story.Place})
		if err != nil {
			return false, err
		}
		passage.Text, passage.Language, passage.Title, revision = wikitext.Passage(wikitext.Stored(a.Text), store.MaxArticle), a.Edition, a.Title, a.Revision
	}
	for _, name := range place.Names {
		passage.Labels = append(passage.Labels, name)
	}
	for _, l := range place.Sitelinks {
		passage.Labels = append(passage.Labels, l.Title)
	}
	text := wikitext.Fold(passage.Text)
	for _, quote := range story.Quotes {
		if !strings.Contains(text, wikitext.Fold(quote)) {
			return true, g.withdraw(ctx, story, "its quotes left the article")
		}
	}
	shown := places.ForPerson(place, story.Language)
	shown.Extract = passage.Text
	if err := model.Check(shown, passage, story.Language, story.Text); err != nil {
		return true, g.withdraw(ctx, story, err.Error())
	}
	g.library.invalidate(story.Point, story.Language) // the place may have moved
	story.Packed, story.Revision, story.Point = false, revision, place.Point
	if err := g.library.save(ctx, story); err != nil {
		return false, err
	}
	return outdated(&story), nil
}

// withdraw makes a story expire now.
func (g *Guide) withdraw(ctx context.Context, story store.Story, cause string) error {
	story.Expires = time.Now()
	if err := g.library.save(ctx, story); err != nil {
		return err
	}
	g.log.Info("story_withdrawn", "place", story.Place, "language", story.Language, "cause", cause)
	return nil
}
