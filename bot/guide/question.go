package guide

import (
	"context"
	"errors"
	"time"

	questions "excursobot/bot/guide/ask"
	"excursobot/bot/guide/chat"
	"excursobot/bot/guide/model"
	"excursobot/geo/places"
	"excursobot/geo/places/wikitext"
	"excursobot/limiter"
	"excursobot/store"
)

// Question is what a person wants to know about a place that was told.
type Question struct {
	Person int64
	// Told is the story that the question is about: of the place, in the language and of the length in which it was told.
	Told     store.StoryKey
	Text     string
	Language string // of the answer
	Brief    bool   // no call to the model
}

// Answered tells how a question was answered. The values are labels of metrics.
type Answered string

// The ways.
const (
	ByModel  Answered = "model"  // from the article, by the model
	ByQuote  Answered = "quote"  // with the article's own words
	NotThere Answered = "absent" // the article does not say it
)

// Answer is the answer to a question.
type Answer struct {
	Title  string      // of the place, as it was told
	Place  store.Place // with the title and address of the article
	Text   string      // empty if the article does not say it
	By     Answered
	Reason Reason        // only of a quote
	Wait   time.Duration // the gate's estimate if Reason is ModelBusy
}

// askAgainWithin is how long after a question a second call may be made for it.
const askAgainWithin = 6 * time.Second

// Answers reports whether questions go to a model.
func (g *Guide) Answers() bool { return g.cfg.Asker != nil }

// Ask answers a question from the article of a place. draft gets what is there of the answer while it is written, in whole sentences; nil = nobody wants
// it. The error is ErrNoMore if the place is not known any more, ErrSource if its article cannot be read, or one of the context or of the store.
func (g *Guide) Ask(ctx context.Context, q Question, draft func(text string)) (Answer, error) {
	start := time.Now()
	s, err := g.askedAbout(ctx, q)
	if err != nil {
		return Answer{}, err
	}
	p := s.place
	if s.article.Page != 0 {
		p.Language, p.Title, p.URL = s.article.Edition, s.article.Title, places.ArticleURL(s.article.Edition, s.article.Title)
	}
	reason, err := g.mayCall(ctx, Request{Person: q.Person, Class: Interactive, Brief: q.Brief})
	if err != nil {
		return Answer{}, err
	}
	if g.cfg.Asker == nil && reason == NoReason {
		reason = ModelOff
	}
	var wait time.Duration
	if reason == NoReason {
		var a questions.Answer
		a, reason, wait, err = g.askModel(ctx, q, s, start, draft)
		switch {
		case err != nil:
			return Answer{}, err
		case reason == NoReason && a.Text == "":
			return Answer{Title: s.place.Title, Place: p, By: NotThere}, nil
		case reason == NoReason:
			return Answer{Title: s.place.Title, Place: p, Text: a.Text, By: ByModel}, nil
		}
	}
	text := ""
	if !wikitext.SpeaksToModel(q.Text) {
		text = questions.Best(s.sections, s.article.Title, q.Text, s.article.Edition, quoteMost)
	}
	if text == "" {
		return Answer{Title: s.place.Title, Place: p, By: NotThere}, nil
	}
	return Answer{Title: s.place.Title, Place: p, Text: text, By: ByQuote, Reason: reason, Wait: wait}, nil
}

// askedAbout reads the place of a question and its article. If there is no article to be had, what was told takes its place.
func (g *Guide) askedAbout(ctx context.Context, q Question) (*subject, error) {
	key := store.StoryKey{Place: q.Told.Place, Language: q.Told.Language, Length: q.Told.Length}
	if key.Length == store.Extract || key.Length == "" {
		key.Length = store.Short
	}
	known, err := g.library.aspects(ctx, key, 0)
	if err != nil {
		return nil, err
	}
	packed := g.library.packed(q.Told)
	if known[0] == nil {
		known[0] = packed
	}
	s, err := g.subjectOf(ctx, q.Told.Place, q.Told.Language, known)
	if err == nil || !errors.Is(err, ErrNoMore) && !errors.Is(err, ErrSource) {
		return s, err
	}
	if packed != nil {
		return told(storyOf(packed, 0).Place, packed.Text), nil
	}
	if p, err := g.placeFor(ctx, q.Told.Place, q.Told.Language, known[0]); err == nil && p.Extract != "" {
		return told(p, p.Extract), nil
	}
	return nil, err
}

// told returns a place of which only a text is known.
func told(p store.Place, text string) *subject {
	return &subject{
		place: p, sections: []wikitext.Section{{Text: text}},
		article: store.Article{ArticleKey: store.ArticleKey{Edition: p.Language}, Title: p.Title, Text: text},
	}
}

// packed returns the story of the pack with the key, nil if there is none.
func (l *library) packed(key store.StoryKey) *store.Story {
	if l.pack == nil {
		return nil
	}
	if s, ok := l.pack.Story(key); ok {
		return &s
	}
	return nil
}

// askModel asks the model, or returns why it was not asked or its answer cannot be said.
func (g *Guide) askModel(ctx context.Context, q Question, s *subject, start time.Time, draft func(string)) (a questions.Answer, _ Reason, wait time.Duration, _ error) {
	asking, cancel := context.WithDeadline(ctx, start.Add(answerWithin))
	defer cancel()
	release, reason, wait := g.interactive(asking, q.Person, start)
	if reason != NoReason {
		return a, reason, wait, ctx.Err()
	}
	defer release()
	article := s.article
	a, err := g.cfg.Asker.Ask(asking, questions.Question{
		Text: q.Text, Language: q.Language, Place: s.place,
		Passage: model.Passage{
			Text:     questions.Passage(s.sections, article.Title, q.Text, article.Edition, g.cfg.Passage),
			Language: article.Edition, Title: article.Title, Labels: labelsOf(s.place),
		},
	}, start.Add(askAgainWithin), draft)
	tokens := store.Tokens{Prompt: a.PromptTokens, Answer: a.AnswerTokens}
	if err := g.budget.spend(context.WithoutCancel(ctx), q.Person, tokens); err != nil {
		g.log.Error("token_count_failed", "tokens", tokens.All(), "error", err)
	}
	g.counts.questions.Add(1)
	g.counts.questionTokens.Add(uint64(max(0, tokens.All())))
	g.counts.questionCalls.Add(uint64(max(0, a.Calls)))
	switch {
	case err == nil:
		return a, NoReason, 0, nil
	case ctx.Err() != nil:
		return a, NoReason, 0, ctx.Err()
	}
	reason = reasonOfAnswer(err)
	if asking.Err() != nil {
		reason = ModelSlow
	}
	if reason == Unfit {
		err = questions.ErrUnfit // without the words of the answer, which may be the person's
	}
	g.log.Warn("question_unanswered", "place", q.Told.Place, "language", q.Language, "reason", reason, "error", err)
	return a, reason, 0, nil
}

// interactive waits for a slot of the gate, and one of those that the processes share, for a person who asked at start. Without one it returns why.
func (g *Guide) interactive(ctx context.Context, person int64, start time.Time) (release func(), _ Reason, wait time.Duration) {
	slot, err := g.cfg.Gate.Acquire(ctx, limiter.Job{Class: Interactive, Key: person, Deadline: start.Add(startWithin)})
	if err != nil {
		return nil, ModelBusy, max(g.cfg.Gate.Estimate(Interactive), minWait)
	}
	if g.cfg.Slot == nil {
		return slot.Release, NoReason, 0
	}
	shared, err := g.cfg.Slot(ctx)
	if err != nil {
		slot.Release()
		return nil, ModelDown, 0
	}
	return func() { shared(); slot.Release() }, NoReason, 0
}

func reasonOfAnswer(err error) Reason {
	switch {
	case errors.Is(err, questions.ErrUnfit):
		return Unfit
	case errors.Is(err, chat.ErrRefused):
		return ModelRefused
	case errors.Is(err, chat.ErrDeclined):
		return Declined
	case errors.Is(err, chat.ErrUnavailable):
		return ModelDown
	}
	return Silent
}
