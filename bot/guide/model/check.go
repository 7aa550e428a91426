package model

import (
	"fmt"
	"strings"
	"time"

	"excursobot/geo/places"
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
	ruleMarkup  = "markup"  // markup, a link, a name with @, or invisible characters
	rulePhrase  = "phrase"  // a greeting, or words about the writer or the source
	ruleContact = "contact" // an address, a telephone number, an account or a command
	RuleQuotes  = "quotes"  // none of the quotes is in the passage
	ruleBound   = "bound"   // nothing of the place's own passage, or a name of another place's
)

// CheckError is the reason why a story was dropped.
type CheckError struct {
	Place, Rule string // one of the rules above, or of package facts: "number", "year", "date", "swap", "name", "quote", ...
	Detail      string // short, without the text
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

// check returns the words that only a judge can decide on, or the reason to drop the text.
func check(place places.Place, src *source, language, text string) (marked []string, e *CheckError) {
	fail := func(rule, format string, args ...any) ([]string, *CheckError) {
		return nil, &CheckError{Place: place.ID, Rule: rule, Detail: fmt.Sprintf(format, args...)}
	}
	if place.ID == "" {
		return fail(RulePlace, "no id")
	}
	if len(text) > 4*maxWords*20 { // far above any allowed length
		return fail(ruleLength, "%d bytes", len(text))
	}
	c := count(text)
	if bad := wrongScript(language, c); bad != "" {
		return fail(ruleScript, "%s", bad)
	}
	lower := strings.ReplaceAll(strings.ToLower(text), "’", "'") // the lists of phrases use the straight apostrophe
	if bad := wrongLatin(language, lower); bad != "" {
		return fail(ruleScript, "%s", bad)
	}
	if byCharacters(language) {
		if c.visible < src.atLeast(minCharacters, 20) || c.visible > maxCharacters {
			return fail(ruleLength, "%d characters", c.visible)
		}
	} else if c.words < src.atLeast(minWords, 8) || c.words > maxWords {
		return fail(ruleLength, "%d words", c.words)
	}
	if bad := markup(src.withoutNames(text)); bad != "" {
		return fail(ruleMarkup, "%s", bad)
	}
	if bad := contact(src, text); bad != "" {
		return fail(ruleContact, "%s", bad)
	}
	if bad := forbidden(language, withoutQuotes(lower)); bad != "" && !strings.Contains(src.lower, strings.TrimSuffix(bad, "*")) {
		return fail(rulePhrase, "%s", bad)
	}
	for _, f := range src.facts().Check(text, language, time.Now()) {
		if f.Refuse {
			return fail(string(f.Rule), "%q does not follow from the source", plain(f.Words, 80))
		}
		marked = append(marked, f.Words)
	}
	return marked, nil
}
