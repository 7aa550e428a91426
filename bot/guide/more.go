package guide

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"excursobot/bot/guide/model"
	"excursobot/geo/places"
	"excursobot/geo/places/wikitext"
	"excursobot/store"
)

// MoreRequest asks for more about a place that was told.
type MoreRequest struct {
	Person   int64
	Place    string
	Aspect   int    // 1 to store.MaxAspect
	Language string // of the text
	Length   store.Length
	Brief    bool // no call to the model
}

// more is the order for one text about a place that was told.
type more struct {
	aspect int
	told   []string
	source *material
}

// More returns another part of what the article of a place says, as a story that all people share. If it cannot be written, the answer is in the
// article's own words. The error is ErrNoMore if the article holds nothing more, ErrSource if it cannot be read, or one of the context or of the store.
func (g *Guide) More(ctx context.Context, req MoreRequest) (Story, error) {
	if req.Aspect < 1 || req.Aspect > store.MaxAspect {
		return Story{}, ErrNoMore
	}
	if req.Length == "" {
		req.Length = store.Short
	}
	withheld, err := g.withheld(ctx, places.Place{ID: req.Place})
	if err != nil {
		return Story{}, err
	}
	if withheld[0] {
		return Story{}, ErrNoMore
	}
	known, err := g.library.aspects(ctx, store.StoryKey{Place: req.Place, Language: req.Language, Length: req.Length}, req.Aspect)
	if err != nil {
		return Story{}, err
	}
	subject, err := g.subjectOf(ctx, req.Place, req.Language, known)
	if err != nil {
		return Story{}, err
	}
	told := known[:min(req.Aspect, len(known))]
	if s := at(known, req.Aspect); s != nil && !s.Retired && holds(subject.article.Text, s.Quotes) {
		story := storyOf(s, 0)
		story.More = nextAspect(subject.sections, append(told, s), g.cfg.Passage)
		g.counts.answer(story.Source)
		return story, nil
	}
	rest := unused(subject.sections, told, g.cfg.Passage)
	if !enough(rest) {
		return Story{}, ErrNoMore
	}
	order := &more{aspect: req.Aspect, source: subject.material(wikitext.Passage(bare(rest), g.cfg.Passage))}
	for _, s := range told {
		if s != nil {
			order.told = append(order.told, s.Text)
		}
	}
	story, err := g.writeMore(ctx, req, subject, order)
	if err != nil {
		return Story{}, err
	}
	if story.stored != nil {
		story.More = nextAspect(subject.sections, append(told, story.stored), g.cfg.Passage)
	}
	g.counts.answer(story.Source)
	return story, nil
}

// writeMore waits for the model's text, or returns the beginning of the source.
func (g *Guide) writeMore(ctx context.Context, req MoreRequest, s *subject, order *more) (Story, error) {
	quote := func(reason Reason) Story {
		p := s.place
		p.Extract, p.URL = wikitext.Cut(order.source.passage.Text, quoteMost), articleURL(p, order.source)
		p.Language, p.Title, p.Revision = s.article.Edition, s.article.Title, s.article.Revision
		story := Story{Place: p, Text: p.Extract, Source: FromExtract, Reason: reason}
		if reason == ModelBusy {
			story.Wait = g.cfg.Gate.Estimate(Interactive)
		}
		return story
	}
	ask := Request{
		Person: req.Person, Point: s.place.Point, Language: req.Language, Length: req.Length, Class: Interactive, Brief: req.Brief, more: order,
	}
	reason, err := g.mayCall(ctx, ask)
	if err != nil {
		return Story{}, err
	}
	if reason != NoReason {
		return quote(reason), nil
	}
	start := time.Now()
	key := store.StoryKey{Place: req.Place, Language: req.Language, Length: req.Length, Aspect: req.Aspect}
	if reason, again := g.batches.rests.of(key, order.source.revision, start); !again {
		g.counts.spared.Add(1)
		return quote(reason), nil
	}
	it, err := g.batches.join(ask, start.Add(startWithin), s.place, nil)
	if err != nil {
		return quote(ModelBusy), nil
	}
	defer g.batches.leave(it)
	story, done, err := it.wait(ctx, start.Add(lonelyWithin))
	switch {
	case err != nil:
		return Story{}, err
	case !done:
		return quote(ModelSlow), nil
	case it.reason != NoReason:
		return quote(it.reason), nil
	}
	told := storyOf(story, 0)
	told.Source = FromModel
	return told, nil
}

// quoteMost is the length in characters of the source's own words in an answer.
const quoteMost = 700

// aspects returns the stories of a place by their aspects up to the given one, nil for one that does not exist. The wanted length comes first.
func (l *library) aspects(ctx context.Context, key store.StoryKey, last int) ([]*store.Story, error) {
	keys := make([]store.StoryKey, 0, 2*(last+1))
	for _, key.Length = range [...]store.Length{key.Length, otherLength(key.Length)} {
		for key.Aspect = range last + 1 {
			keys = append(keys, key)
		}
	}
	stories, err := l.stories.Stories(ctx, keys, time.Now())
	if err != nil {
		return nil, fmt.Errorf("read the library: %w", err)
	}
	known := make([]*store.Story, last+1)
	for i := range stories {
		s := &stories[i]
		if was := known[s.Aspect]; was == nil || was.Retired {
			known[s.Aspect] = s
		}
	}
	return known, nil
}

func at(stories []*store.Story, aspect int) *store.Story {
	if aspect < len(stories) {
		return stories[aspect]
	}
	return nil
}

// holds reports whether all quotes are in the article.
func holds(article string, quotes []string) bool {
	if len(quotes) == 0 {
		return true
	}
	text := wikitext.Fold(article)
	for _, quote := range quotes {
		if !strings.Contains(text, wikitext.Fold(quote)) {
			return false
		}
	}
	return true
}

// subject is a place that was told, with its article.
type subject struct {
	place    places.Place // for people who read the language
	article  store.Article
	sections []wikitext.Section
}

// subjectOf reads a place and its article: the one that its stories were written from, else the one that a story would be written from.
func (g *Guide) subjectOf(ctx context.Context, place, language string, stories []*store.Story) (*subject, error) {
	var told *store.Story
	for _, s := range stories {
		if told == nil {
			told = s
		}
	}
	p, err := g.placeFor(ctx, place, language, told)
	if err != nil {
		return nil, err
	}
	if g.cfg.Places == nil {
		return nil, ErrNoMore
	}
	link := places.ArticleOf(p, language, g.editionsAt(p.Point, language))
	if told != nil && told.Article.Page != 0 {
		link = store.Sitelink{Edition: told.Article.Edition, Page: told.Article.Page}
	}
	if link.Page == 0 && link.Title == "" {
		return nil, ErrNoMore
	}
	reading, cancel := context.WithTimeout(ctx, gatherMost)
	defer cancel()
	a, err := g.cfg.Places.Article(reading, p.ID, link)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if errors.Is(err, places.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
			return nil, fmt.Errorf("%w: %w", ErrSource, err)
		}
		return nil, err
	}
	return &subject{place: places.ForPerson(p, language), article: a, sections: wikitext.Stored(a.Text)}, nil
}

// placeFor returns a stored place for people who read the language.
func (g *Guide) placeFor(ctx context.Context, id, language string, told *store.Story) (places.Place, error) {
	editions := []string{language}
	if told != nil {
		editions = append(g.editionsAt(told.Point, language), told.Article.Edition)
	}
	for _, edition := range append(editions, "en") {
		p, err := g.cfg.Store.Place(ctx, id, edition)
		if err == nil || !errors.Is(err, store.ErrNotFound) {
			return p, err
		}
	}
	if told == nil {
		return places.Place{}, ErrNoMore
	}
	return storyOf(told, 0).Place, nil
}

// material returns what a text is written from.
func (s *subject) material(text string) *material {
	return &material{
		passage: model.Passage{Text: text, Language: s.article.Edition, Title: s.article.Title, Labels: labelsOf(s.place)},
		article: s.article.ArticleKey, revision: s.article.Revision,
	}
}

// offerMore sets the aspect that can be told after a story, if its article is stored.
func (g *Guide) offerMore(ctx context.Context, told *Story) {
	s := told.stored
	if s == nil || s.Article.Page == 0 || g.cfg.Places == nil {
		return
	}
	if next, ok := g.richness.get(s); ok {
		told.More = next
		return
	}
	a, err := g.cfg.Places.StoredArticle(ctx, s.Article)
	if err != nil {
		return
	}
	told.More = nextAspect(wikitext.Stored(a.Text), []*store.Story{s}, g.cfg.Passage)
	g.richness.put(s, told.More)
}
