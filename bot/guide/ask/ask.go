// Package ask answers a question about a place from its article. It chooses the part of the article that the question is about, asks the model, and
// decides sentence by sentence whether the answer may be said. It does not know people, stores nothing and has no queue. Package chat makes the calls.
package ask

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"excursobot/bot/guide/chat"
	"excursobot/bot/guide/model"
	"excursobot/bot/guide/model/facts"
	"excursobot/geo/places"
	"excursobot/geo/places/wikitext"
)

// Bounds of an answer.
const (
	maxSentences = 4
	maxAnswer    = 900 // characters
)

// Client asks a model's server.
type Client struct{ server *chat.Client }

// New returns a Client of a server. It starts nothing.
func New(server *chat.Client) *Client { return &Client{server} }

// Question is a question about a place.
type Question struct {
	Text     string
	Language string // of the answer
	Place    places.Place
	Passage  model.Passage // that the answer comes from
}

// Answer is what the article says. Without Text the article does not say it.
type Answer struct {
	Text   string
	Quotes []string // of the passage

	PromptTokens, AnswerTokens int64
	Calls                      int
}

// ErrUnfit means that the model answered, and none of its answers may be said.
var ErrUnfit = errors.New("ask: the answer did not hold up")

// Ask asks the model, and until the time again once more if the first answer may not be shown. While the answer is written, draft gets the part of it
// that may be shown, whole sentences from the beginning, in Ask's goroutine; nil = nobody wants it. The Answer has the tokens that were spent, also beside
// an error: ErrUnfit, or one of package chat.
func (c *Client) Ask(ctx context.Context, q Question, again time.Time, draft func(text string)) (Answer, error) {
	if model.English(q.Language) == "" {
		return Answer{}, fmt.Errorf("%w: unknown language %q", chat.ErrRefused, q.Language)
	}
	a := asking{client: c, question: q, checker: model.NewChecker(q.Place, q.Passage), draft: draft}
	if wikitext.SpeaksToModel(q.Text) {
		return Answer{}, nil // no question about the place: the model need not see it
	}
	for {
		err := a.ask(ctx)
		switch {
		case err != nil:
			return a.spent, err
		case a.refused == "":
			a.spent.Text, a.spent.Quotes = a.text, a.quotes
			return a.spent, nil
		case a.second || time.Now().After(again):
			return a.spent, fmt.Errorf("%w: %s", ErrUnfit, a.refused)
		}
		a.second = true
	}
}

// asking is one Ask in progress.
type asking struct {
	client   *Client
	question Question
	checker  *model.Checker
	draft    func(string)
	spent    Answer

	known terms // content words of the extract

	second  bool
	refused string // why the last answer may not be said
	text    string
	quotes  []string
	partial partial
	drafted int  // bytes of the answer that were passed to draft
	bad     bool // a sentence of the stream may not be said
}

// reply is an answer as the model wrote it.
type reply struct {
	Quotes []string `json:"quotes"`
	Answer *string  `json:"answer"`
	Found  *bool    `json:"found"`
}

// ask makes one call.
func (a *asking) ask(ctx context.Context) error {
	rejected := a.refused
	a.refused = "no answer"
	res, err := a.client.server.Ask(ctx, chat.Request{
		Prompt: func(l chat.Limits) (chat.Prompt, bool) {
			a.partial, a.drafted, a.bad = partial{}, 0, false // a call that is repeated begins again
			return a.question.prompt(l, rejected), true
		},
		Object:  a.read,
		Text:    a.hear,
		Waiting: true,
	})
	a.spent.PromptTokens += res.PromptTokens
	a.spent.AnswerTokens += res.AnswerTokens
	a.spent.Calls += res.Calls
	return err
}

// read reads an object of the answer and reports whether it is the answer.
func (a *asking) read(raw []byte) bool {
	var r reply
	if json.Unmarshal(raw, &r) != nil || r.Answer == nil {
		return false
	}
	a.text, a.quotes, a.refused = "", nil, ""
	text := shortened(strings.TrimSpace(*r.Answer))
	if text == "" || r.Found != nil && !*r.Found {
		return true
	}
	known := a.checker.Quotes(r.Quotes)
	if len(known) == 0 {
		a.refused = "no quote of the extract"
		return true
	}
	if why := a.check(text); why != "" {
		a.refused = why
		return true
	}
	a.text, a.quotes = text, known
	return true
}

// check returns why a text may not be said, "" = it may.
func (a *asking) check(text string) string {
	if leaks(text) {
		return "the rules"
	}
	if e := a.checker.Check(a.question.Language, text); e != nil {
		return e.Rule + ": " + e.Detail
	}
	if s := a.foreign(text); s != "" {
		return "not in the extract: " + model.Plain(s, 80)
	}
	return ""
}

// foreign returns the first sentence of a text of which the extract has no more than half of the content words; "" = none, or the languages differ.
func (a *asking) foreign(text string) string {
	q := a.question
	if q.Language != q.Passage.Language {
		return ""
	}
	if a.known == nil {
		a.known = terms(facts.Content(q.Passage.Title+". "+q.Place.Title+". "+q.Passage.Text, q.Language))
	}
	for _, s := range wikitext.Sentences(text) {
		words, there := facts.Content(s, q.Language), 0
		for _, w := range words {
			if a.known.has(w) {
				there++
			}
		}
		if len(words) > 0 && 2*there <= len(words) {
			return s
		}
	}
	return ""
}

// hear reads a piece of the stream, and passes on the sentences that are complete. It begins when the quotes are known to be the passage's.
func (a *asking) hear(piece string) {
	a.partial.add(piece)
	if a.draft == nil || a.second || a.bad {
		return
	}
	quotes, answer, ok := a.partial.read()
	if !ok || len(a.checker.Quotes(quotes)) == 0 {
		return
	}
	sentences := wikitext.Sentences(answer)
	if len(sentences) > 0 { // the last one may go on
		sentences = sentences[:min(len(sentences)-1, maxSentences)]
	}
	text := strings.Join(sentences, " ")
	if len(text) <= a.drafted {
		return
	}
	if a.bad = a.check(text) != ""; a.bad {
		return
	}
	a.drafted = len(text)
	a.draft(text)
}

// shortened returns the first sentences of a text, as many as an answer may have.
func shortened(text string) string {
	text = model.Plain(text, 4*maxAnswer)
	if sentences := wikitext.Sentences(text); len(sentences) > maxSentences {
		text = strings.Join(sentences[:maxSentences], " ")
	}
	if utf8.RuneCountInString(text) > maxAnswer {
		return wikitext.Cut(text, maxAnswer)
	}
	return text
}

// leaks reports whether a text repeats six words in a row of the rules.
func leaks(text string) bool {
	const run = 6
	words := strings.Fields(strings.ToLower(text))
	for i := range len(words) - run + 1 {
		if strings.Contains(rulesInWords, " "+strings.Join(words[i:i+run], " ")+" ") {
			return true
		}
	}
	return false
}

var rulesInWords = " " + strings.Join(strings.Fields(strings.ToLower(rules+" "+shape)), " ") + " "
