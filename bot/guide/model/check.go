package model

import (
	"fmt"
	"strings"
	"time"

	"excursobot/geo/places"
	"excursobot/geo/places/wikitext"
)

// Bounds of a story in words, or in characters without spaces for zh and ja.
const (
	minWords, maxWords           = 30, 180
	minCharacters, maxCharacters = 60, 600
)

// Rules of Check. The values are in the log.
const (
	RulePlace   = "place"   // unknown, or told twice in one answer
	ruleLength  = "length"  // too short or too long
	ruleScript  = "script"  // not in the language that was asked for
	ruleForeign = "foreign" // a sentence of it is in another script
	ruleMarkup  = "markup"  // markup, a link, a name with @, or invisible characters
	rulePhrase  = "phrase"  // a greeting, or words about the writer or the source
	ruleContact = "contact" // an address, a telephone number, an account or a command
	RuleQuotes  = "quotes"  // none of the quotes is in the passage
	ruleBound   = "bound"   // nothing of the place's own passage, or a name of another place's
	ruleRepeat  = "repeat"  // a sentence that was told already, in these or nearly these words
)

// CheckError is the reason why a story was dropped.
type CheckError struct {
	Place, Rule string // one of the rules above, or of package facts: "number", "year", "date", "swap", "name", "quote", ...
	Detail      string // short, without the text
	Text        string // of the story, for reports to operators; a log must not hold it
}

// Error implements error.
func (e *CheckError) Error() string { return "story of " + e.Place + ": " + e.Rule + ": " + e.Detail }

// Check decides whether text may be told about the place in the language. It returns nil or a *CheckError. The place's extract is the source
// if the passage has no text.
func Check(place places.Place, passage Passage, language, text string) error {
	if _, e := check(place, newSource(place, passage), language, text); e != nil {
		return e
	}
	return nil
}

// Marked returns the words of a story that the checks cannot decide on, for a judge.
func Marked(place places.Place, passage Passage, language, text string) []string {
	w := newWritten(place, newSource(place, passage), language, text)
	marked, _ := w.unsupported()
	return marked
}

// Checked is the result of one rule.
type Checked struct{ Rule, Detail string } // Detail is empty if the text keeps to the rule

// Checks tries every rule and returns the verdict of each, in the order of Check. All that the source does not support is one entry, "facts" if there is
// nothing.
func Checks(place places.Place, passage Passage, language, text string) []Checked {
	w := newWritten(place, newSource(place, passage), language, text)
	all := make([]Checked, 0, len(rulesOfStories)+1)
	for _, rule := range rulesOfStories {
		all = append(all, Checked{rule.name, rule.broken(&w)})
	}
	if _, e := w.unsupported(); e != nil {
		return append(all, Checked{e.Rule, e.Detail})
	}
	return append(all, Checked{Rule: "facts"})
}

// check returns the words that only a judge can decide on, or the reason to drop the text.
func check(place places.Place, src *source, language, text string) (marked []string, e *CheckError) {
	if len(text) > 4*maxWords*20 { // far above any allowed length: the other rules need not read it
		return nil, &CheckError{Place: place.ID, Rule: ruleLength, Detail: fmt.Sprintf("%d bytes", len(text))}
	}
	w := newWritten(place, src, language, text)
	for _, rule := range rulesOfStories {
		if detail := rule.broken(&w); detail != "" {
			return nil, &CheckError{Place: place.ID, Rule: rule.name, Detail: detail}
		}
	}
	return w.unsupported()
}

// Refuted returns the first thing in a stored story that the stored text of its place refutes; nil = none. Only the facts are compared: length and
// wording were checked when the story was written.
func Refuted(place places.Place, language, text string) *CheckError {
	w := newWritten(place, newSource(place, Passage{}), language, text)
	_, e := w.unsupported()
	return e
}

// written is a text that is checked.
type written struct {
	place          places.Place
	src            *source
	language, text string
	lower          string // the text in lower case, with the straight apostrophe, as the lists of phrases have it
	counts         counts
}

func newWritten(place places.Place, src *source, language, text string) written {
	return written{
		place: place, src: src, language: language, text: text, counts: count(text),
		lower: strings.ReplaceAll(strings.ToLower(text), "’", "'"),
	}
}

// unsupported compares the text with its source. It returns the words that only a judge can decide on, or the first that the source refutes.
func (w *written) unsupported() (marked []string, e *CheckError) {
	for _, f := range w.src.facts().Check(w.text, w.language, time.Now()) {
		if f.Refuse {
			return nil, &CheckError{Place: w.place.ID, Rule: string(f.Rule), Detail: fmt.Sprintf("%q does not follow from the source", plain(f.Words, 80))}
		}
		marked = append(marked, f.Words)
	}
	return marked, nil
}

// rulesOfStories are the rules in the order in which they are tried, before those of the facts. Each returns why the text breaks it; "" = it does not.
var rulesOfStories = []struct {
	name   string
	broken func(*written) string
}{
	{RulePlace, func(w *written) string {
		if w.place.ID == "" {
			return "no id"
		}
		return ""
	}},
	{ruleScript, func(w *written) string {
		if bad := wrongScript(w.language, w.counts); bad != "" {
			return bad
		}
		return wrongLatin(w.language, w.lower)
	}},
	{ruleLength, func(w *written) string {
		switch c := w.counts; {
		case byCharacters(w.language) && (c.visible < w.src.atLeast(minCharacters, 20) || c.visible > maxCharacters):
			return fmt.Sprintf("%d characters", c.visible)
		case !byCharacters(w.language) && (c.words < w.src.atLeast(minWords, 8) || c.words > maxWords):
			return fmt.Sprintf("%d words", c.words)
		}
		return ""
	}},
	{ruleMarkup, func(w *written) string {
		if bad := markup(w.src.withoutNames(w.text)); bad != "" {
			return bad
		}
		if word := wikitext.Unnatural(w.text); word != "" && !strings.Contains(w.src.lower, strings.ToLower(word)) {
			return "no word: " + plain(word, 40)
		}
		return ""
	}},
	{ruleRepeat, func(w *written) string { return saidTwice(w.text) }},
	{ruleContact, func(w *written) string { return contact(w.src, w.text) }},
	{rulePhrase, func(w *written) string {
		bad := forbidden(w.language, withoutQuotes(w.lower))
		if bad != "" && strings.Contains(w.src.lower, strings.TrimSuffix(bad, "*")) {
			return ""
		}
		return bad
	}},
	{ruleForeign, func(w *written) string { return w.foreignSentence() }},
}
