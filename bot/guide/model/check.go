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

func check(place places.Place, language, text string) *CheckError {
	fail := func(rule, format string, args ...any) *CheckError {
		return &CheckError{Place: place.ID, Rule: rule, Detail: fmt.Sprintf(format, args...)}
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
		if c.visible < minCharacters || c.visible > maxCharacters {
			return fail(ruleLength, "%d characters", c.visible)
		}
	} else if c.words < minWords || c.words > maxWords {
		return fail(ruleLength, "%d words", c.words)
	}
	if bad := markup(text); bad != "" {
		return fail(ruleMarkup, "%s", bad)
	}
	if bad := forbidden(language, lower); bad != "" {
		return fail(rulePhrase, "%s", bad)
	}
	if year := inventedYear(place, text); year != 0 {
		return fail(ruleYear, "%d is not in the source", year)
	}
	return nil
}
