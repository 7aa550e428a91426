package model

import (
	"fmt"
	"strings"

	"excursobot/geo/places"
)

// Bounds of a story in words, or in characters without spaces for zh and ja.
const (
	minWords, maxWords           = 30, 180
	minCharacters, maxCharacters = 60, 600
)

// Rules of Check. The values are in the log.
const (
	RulePlace  = "place"  // unknown, or told twice in one answer
	ruleLength = "length" // too short or too long
	ruleScript = "script" // not in the language that was asked for
	ruleMarkup = "markup" // markup, a link, a name with @, or invisible characters
	rulePhrase = "phrase" // a greeting, or words about the writer or the source
	ruleYear   = "year"   // a year that the source does not contain
)

// CheckError is the reason why a story was dropped.
type CheckError struct {
	Place, Rule string // Rule is "place", "length", "script", "markup", "phrase" or "year"
	Detail      string // short, without the text
}

// Error implements error.
func (e *CheckError) Error() string { return "story of " + e.Place + ": " + e.Rule + ": " + e.Detail }

// Check decides whether text may be told about the place in the language. It returns nil or a *CheckError.
func Check(place places.Place, language string, text string) error {
	if e := check(place, language, text); e != nil {
		return e
	}
	return nil
}

// Checked is the result of one rule.
type Checked struct{ Rule, Detail string } // Detail is empty if the text keeps to the rule

// Checks tries every rule and returns what each says, in the order of Check.
func Checks(place places.Place, language, text string) []Checked {
	c := newWritten(place, language, text)
	all := make([]Checked, len(rulesOfStories))
	for i, rule := range rulesOfStories {
		all[i] = Checked{rule.name, rule.broken(&c)}
	}
	return all
}

func check(place places.Place, language, text string) *CheckError {
	if len(text) > 4*maxWords*20 { // far above any allowed length: the other rules need not read it
		return &CheckError{Place: place.ID, Rule: ruleLength, Detail: fmt.Sprintf("%d bytes", len(text))}
	}
	c := newWritten(place, language, text)
	for _, rule := range rulesOfStories {
		if detail := rule.broken(&c); detail != "" {
			return &CheckError{Place: place.ID, Rule: rule.name, Detail: detail}
		}
	}
	return nil
}

// written is a text that is checked.
type written struct {
	place          places.Place
	language, text string
	lower          string // the text in lower case, with the straight apostrophe, as the lists of phrases have it
	counts         counts
}

func newWritten(place places.Place, language, text string) written {
	return written{
		place: place, language: language, text: text, counts: count(text),
		lower: strings.ReplaceAll(strings.ToLower(text), "’", "'"),
	}
}

// rulesOfStories are the rules in the order in which they are tried. Each returns why the text breaks it; "" = it does not.
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
		case byCharacters(w.language) && (c.visible < minCharacters || c.visible > maxCharacters):
			return fmt.Sprintf("%d characters", c.visible)
		case !byCharacters(w.language) && (c.words < minWords || c.words > maxWords):
			return fmt.Sprintf("%d words", c.words)
		}
		return ""
	}},
	{ruleMarkup, func(w *written) string { return markup(w.text) }},
	{rulePhrase, func(w *written) string { return forbidden(w.language, w.lower) }},
	{ruleYear, func(w *written) string {
		if year := inventedYear(w.place, w.text); year != 0 {
			return fmt.Sprintf("%d is not in the source", year)
		}
		return ""
	}},
}
