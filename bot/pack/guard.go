package pack

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"excursobot/bot/guide/model"
	"excursobot/geo/places"
	"excursobot/geo/places/wikitext"
	"excursobot/store"
)

// guard decides what of a pack may enter a store. Whoever made the pack is not trusted: a row comes out as a live source could have given it, or not at
// all. Times in the future become now, so that nothing stays newer than what is read later.
type guard struct {
	area      Area
	languages []string
	now       time.Time
}

// tileLife is the most that a search of a pack counts from now, as for a live search.
const tileLife = 14 * 24 * time.Hour

var (
	errOutside = errors.New("outside the area")
	errFacts   = errors.New("does not follow from its article")
)

func (g *guard) before(t time.Time) time.Time {
	if t.After(g.now) {
		return g.now
	}
	return t
}

// newer reports whether a row of a pack is newer than the one of the store. A time of the future proves nothing.
func (g *guard) newer(of, have time.Time) bool { return have.Before(of) && !of.After(g.now) }

func (g *guard) place(p store.Place) (store.Place, error) {
	if !g.area.Contains(p.Point) {
		return store.Place{}, errOutside
	}
	p, err := places.Foreign(p)
	if err != nil {
		return store.Place{}, err
	}
	p.Fetched, p.Edited, p.Packed = g.before(p.Fetched), g.before(p.Edited), true
	return p, nil
}

func (g *guard) article(a store.Article) (store.Article, error) {
	a, err := places.ForeignArticle(a)
	if err != nil {
		return store.Article{}, err
	}
	a.Fetched, a.Edited = g.before(a.Fetched), g.before(a.Edited)
	return a, nil
}

// tile returns the search with those of its pages that known reports: the others would only cost requests.
func (g *guard) tile(t store.Tile, known func(language string, page int64) (store.Page, bool)) (store.Tile, error) {
	if !t.Cell.Valid() || t.Cell.Level() != 13 || !g.area.holds(t.Cell) {
		return store.Tile{}, errOutside
	}
	if t.Expires = minTime(t.Expires, g.now.Add(tileLife)); !t.Expires.After(g.now) {
		return store.Tile{}, errors.New("too old")
	}
	kept := store.Tile{TileKey: t.TileKey, Expires: t.Expires}
	for _, page := range t.Pages {
		if page, ok := known(t.Language, page.ID); ok {
			kept.Pages = append(kept.Pages, page)
		}
	}
	if len(kept.Pages) == 0 {
		return store.Tile{}, errors.New("empty") // a live search shows whether there is nothing
	}
	return kept, store.CheckKey(t.Language)
}

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// story returns the story with nothing of the pack but its text and what the text rests on. p is the place as the store has it, and a the article,
// zero if the text was written from the intro of p.
func (g *guard) story(s store.Story, p store.Place, a store.Article) (store.Story, error) {
	switch {
	case !slices.Contains(g.languages, s.Language):
		return store.Story{}, errors.New("in a language that its pack does not name")
	case s.Length != store.Short && s.Length != store.Long:
		return store.Story{}, errors.New("of no known length")
	case s.Created.IsZero() || s.Text == "" || s.Retired:
		return store.Story{}, errors.New("incomplete")
	}
	passage := model.Passage{Text: p.Extract, Language: p.Language, Title: p.Title}
	revision, address := p.Revision, p.URL
	if a.Page != 0 {
		passage.Text, passage.Language, passage.Title, revision = wikitext.Passage(wikitext.Stored(a.Text), store.MaxArticle), a.Edition, a.Title, a.Revision
		address = places.ArticleURL(a.Edition, a.Title)
	}
	for _, name := range p.Names {
		passage.Labels = append(passage.Labels, name)
	}
	for _, l := range p.Sitelinks {
		passage.Labels = append(passage.Labels, l.Title)
	}
	slices.Sort(passage.Labels)
	folded := wikitext.Fold(passage.Text)
	for _, quote := range s.Quotes {
		if !strings.Contains(folded, wikitext.Fold(quote)) {
			return store.Story{}, errFacts
		}
	}
	shown := places.ForPerson(p, s.Language)
	shown.Extract = passage.Text
	if err := model.Check(shown, passage, s.Language, s.Text); err != nil {
		return store.Story{}, fmt.Errorf("%w: %w", errFacts, err)
	}
	kept := store.Story{
		StoryKey: s.StoryKey, Title: shown.Title, Point: p.Point, Kind: p.Kind, URL: address, Picture: p.Picture, Credit: p.Credit,
		Text: s.Text, Quotes: s.Quotes, Source: "model", Model: cmp.Or(plain(s.Model, 100), "unknown"), Version: s.Version,
		Article: s.Article, Revision: revision, Created: g.before(s.Created), Expires: g.now.Add(store.StoryLife), Packed: true,
	}
	return kept, kept.Check()
}
