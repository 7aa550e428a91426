package model

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"excursobot/geo/places"
)

// MaxPlaces is the most places in one request.
const MaxPlaces = 8

// Request asks for stories about 1 to MaxPlaces places in one language.
type Request struct {
	Language string // code from Languages
	Long     bool
	Places   []places.Place // the most wanted first
	Waiting  bool           // a person waits for the first of them
	// Passages hold by place what its story is written from and checked against; the Extract of such a place is the same text. A place without one
	// is written about from its Extract.
	Passages map[string]Passage
	Rejected map[string]string // by place: why an earlier story about it was refused; nil = there was none
	// Told holds by place what people know of it already: the story tells something else.
	Told map[string][]string
}

// Passage is the text that a story is written from.
type Passage struct {
	Text     string   // clean, one paragraph to a line
	Language string   // of the text
	Title    string   // of its article
	Labels   []string // other names of the place, in any language
}

// Story is a text that passed the checks.
type Story struct {
	Place  string // id of one of the request's places
	Text   string
	Quotes []string // of the passage, which the text rests on; none if the server leaves them out
	Marked []string // words that the checks could not decide on, for a judge
}

// Result holds what the calls of one Write brought.
type Result struct {
	Stories []Story
	Dropped []*CheckError // stories that failed the checks, at most maxDropped
	// Tokens as the server counted them, or estimated.
	PromptTokens, AnswerTokens int64

	Calls      int           // HTTP calls
	FirstToken time.Duration // of the first question, from its last call on; 0 = nothing came
	Declined   []string      // places about which the model or a filter wants to write nothing
	Failed     []string      // why calls failed, as chat.Reply has it
}

// maxDropped bounds the errors kept of an answer full of nonsense.
const maxDropped = 2 * MaxPlaces

// answer collects the stories of one request, over all its calls.
type answer struct {
	language string
	long     bool
	places   []places.Place
	sources  map[string]*source // by place
	reasons  map[string]string  // by place: why its first story was dropped
	second   bool               // those are asked for once more
	told     map[string][]string
	ids      []string
	onStory  func(Story)
	accepted map[string]bool // by place
	result   Result
}

// newAnswer checks a request. A place that is given twice counts once.
func newAnswer(req Request, onStory func(Story)) (*answer, error) {
	if english[req.Language] == "" {
		return nil, fmt.Errorf("unknown language %q", req.Language)
	}
	if onStory == nil {
		onStory = func(Story) {}
	}
	a := &answer{
		language: req.Language, long: req.Long, onStory: onStory, told: req.Told,
		sources: map[string]*source{}, reasons: map[string]string{}, accepted: make(map[string]bool, len(req.Places)),
	}
	maps.Copy(a.reasons, req.Rejected)
	a.second = len(req.Rejected) > 0
	for _, p := range req.Places {
		if p.ID == "" {
			return nil, errors.New("place without an id")
		}
		if !slices.Contains(a.ids, p.ID) {
			a.ids = append(a.ids, p.ID)
			a.places = append(a.places, p)
			a.sources[p.ID] = newSource(p, req.Passages[p.ID])
		}
	}
	if len(a.ids) == 0 || len(a.ids) > MaxPlaces {
		return nil, fmt.Errorf("%d places, want 1 to %d", len(a.ids), MaxPlaces)
	}
	return a, nil
}

// add checks a story and passes it to onStory. After an accepted story of a place, further ones are dropped.
func (a *answer) add(id, text string, quotes []string) {
	id, text = strings.TrimSpace(id), strings.TrimSpace(text)
	i := slices.Index(a.ids, id)
	if i < 0 {
		a.drop(&CheckError{Place: plain(id, 50), Rule: RulePlace, Detail: "not asked for"})
		return
	}
	if a.accepted[id] {
		a.drop(&CheckError{Place: id, Rule: RulePlace, Detail: "told twice"})
		return
	}
	src := a.sources[id]
	known := src.quoted(quotes)
	marked, e := check(a.places[i], src, a.language, text)
	switch {
	case e != nil:
	case len(quotes) > 0 && len(known) == 0:
		e = &CheckError{Place: id, Rule: RuleQuotes, Detail: "no quote is in the passage"}
	default:
		e = a.bound(id, text)
	}
	if again := repeated(a.places[i].Title, text, a.told[id]); e == nil && again != "" {
		e = &CheckError{Place: id, Rule: ruleRepeat, Detail: "told already: " + again}
	}
	if e != nil {
		a.reasons[id] = e.Rule + ": " + e.Detail
		e.Text = text
		a.drop(e)
		return
	}
	a.accepted[id] = true
	s := Story{Place: id, Text: text, Quotes: known, Marked: marked}
	a.result.Stories = append(a.result.Stories, s)
	a.onStory(s)
}

func (a *answer) drop(e *CheckError) {
	if len(a.result.Dropped) < maxDropped {
		a.result.Dropped = append(a.result.Dropped, e)
	}
}
