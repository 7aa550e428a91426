package model

import (
	"fmt"
	"strings"
	"unicode"

	"excursobot/geo/places"
)

// Bounds of a story that may be told, in words, or in characters without spaces for zh and ja.
const (
	minWords, maxWords           = 30, 180
	minCharacters, maxCharacters = 60, 600
)

// The rules of Check, as CheckError names them.
const (
	rulePlace  = "place"  // unknown, or told twice in one answer
	ruleLength = "length" // too short or too long
	ruleScript = "script" // not the language asked for
	ruleMarkup = "markup" // markup, link, name with @, or signs that do not show
	rulePhrase = "phrase" // a greeting, or words about the writer or the source
	ruleYear   = "year"   // a year of which the source knows nothing
)

// CheckError says why a story was dropped.
type CheckError struct {
	Place, Rule string // Rule is "place", "length", "script", "markup", "phrase" or "year"
	Detail      string // short, without the text
}

func (e *CheckError) Error() string { return "story of " + e.Place + ": " + e.Rule + ": " + e.Detail }

// Check returns nil or a *CheckError: whether text may be told of place in the language.
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
		return fail(rulePlace, "no id")
	}
	if len(text) > 4*maxWords*20 { // far over any legal length: not worth reading
		return fail(ruleLength, "%d bytes", len(text))
	}
	c := count(text)
	if bad := wrongScript(language, c); bad != "" {
		return fail(ruleScript, "%s", bad)
	}
	lower := strings.ReplaceAll(strings.ToLower(text), "’", "'") // as the lists of phrases write it
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

// markup returns what of markup, links, names or invisible signs stands in the text, "" = nothing.
func markup(text string) string {
	for _, sign := range []string{"**", "__", "](", "@", "#", "`", "\\", "{", "}", "|", "://", "www."} {
		if strings.Contains(text, sign) {
			return sign
		}
	}
	previous := '\n'
	for i, r := range text {
		rest := text[i:]
		switch {
		case r == '\n' || r == '\t':
		case unicode.IsControl(r), hidden(r), r == unicode.ReplacementChar:
			return fmt.Sprintf("%U", r)
		case r == '<' && strings.ContainsRune(rest, '>'):
			return "tag"
		case r == '[' && len(rest) > 2 && rest[1] >= '0' && rest[1] <= '9':
			return "reference"
		case r == '&' && entity(rest):
			return "entity"
		case previous == '\n' && (strings.HasPrefix(rest, "- ") || strings.HasPrefix(rest, "* ") || strings.HasPrefix(rest, "• ")):
			return "list"
		case r == '.' && previous < unicode.MaxASCII && domain(rest[1:]) && wordRune(previous):
			return "address"
		}
		previous = r
	}
	return ""
}

// entity says whether s begins with an HTML entity such as "&nbsp;" or "&#39;".
func entity(s string) bool {
	end := strings.IndexByte(s, ';')
	return end > 2 && end < 10 && !strings.ContainsAny(s[:end], " \n")
}

// domain says whether s, which follows a dot inside a word, begins with a top-level domain: "museum.org", but not "built.Here".
func domain(s string) bool {
	end := 0
	for end < len(s) && (s[end]|0x20) >= 'a' && (s[end]|0x20) <= 'z' {
		end++
	}
	switch strings.ToLower(s[:end]) {
	case "com", "org", "net", "info", "edu", "gov", "ru", "io":
		return true
	}
	return false
}
