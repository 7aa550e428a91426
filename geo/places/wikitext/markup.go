package wikitext

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	// tags are elements of HTML; a comparison ("a < b") is none.
	tags = regexp.MustCompile(`<(?:!--.*?--|/?[A-Za-z][^<>]{0,500})>`)
	refs = regexp.MustCompile(`(?is)<(?:ref|math|gallery|style|script)\b[^<>]{0,300}>.*?</(?:ref|math|gallery|style|script)>`)
	// slashes enclose a pronunciation.
	slashed = regexp.MustCompile(`/[^/\s]{1,60}/`)
	number  = regexp.MustCompile(`^[\s\d,;–-]{1,20}$`)
	letter  = regexp.MustCompile(`^\s*(?:[a-zа-я]|[ivx]{1,5})\s*$`)
)

// withoutMarkup drops templates ("{{...}}"), formulas ("{\displaystyle ...}"), tables ("{|...|}") and tags.
func withoutMarkup(text string) string {
	if strings.ContainsRune(text, '<') {
		text = refs.ReplaceAllString(text, "")
		text = tags.ReplaceAllString(text, "")
	}
	if !strings.ContainsAny(text, "{}") {
		return text
	}
	return withoutGroups(text, '{', '}', 5000, func(string) (string, bool) { return "", true })
}

// withoutNotes drops marks of footnotes, requests for sources and pronunciations in square brackets. A word that an editor added to a
// quotation stays.
func withoutNotes(text string) string {
	if !strings.ContainsAny(text, "[]") {
		return text
	}
	return withoutGroups(text, '[', ']', 200, func(inner string) (string, bool) {
		folded := strings.ToLower(strings.TrimSpace(inner))
		switch {
		case folded == "", number.MatchString(folded), letter.MatchString(folded), hasPhonetic(inner), isEditorsNote(folded):
			return "", true
		}
		return inner, false
	})
}

// isEditorsNote reports whether the lower-case content of square brackets asks for a source or points to a note.
func isEditorsNote(inner string) bool {
	for _, note := range words.notes {
		if rest, ok := strings.CutPrefix(inner, note); ok && (rest == "" || !unicode.IsLetter([]rune(rest)[0])) {
			return true
		}
	}
	return false
}

// withoutAsides drops from round brackets what cannot be read aloud: pronunciations, names in other scripts' notation, empty parts. A
// bracket of which nothing is left goes.
func withoutAsides(text string) string {
	if !strings.ContainsAny(text, "()（）") {
		return text
	}
	text = withoutGroups(text, '(', ')', 600, aside)
	return withoutGroups(text, '（', '）', 600, aside)
}

// aside returns the content of a round bracket without its unreadable parts. It reports true if nothing is left.
func aside(inner string) (string, bool) {
	parts := splitAside(inner)
	kept, changed := parts[:0], false
	for _, part := range parts {
		trimmed := strings.TrimSpace(part.text)
		if trimmed == "" || isPronunciation(trimmed) {
			changed = true
			continue
		}
		part.text = trimmed
		kept = append(kept, part)
	}
	if len(kept) == 0 {
		return "", true
	}
	if !changed {
		return inner, false
	}
	var out strings.Builder
	for i, part := range kept {
		if i > 0 {
			out.WriteString(part.before)
			out.WriteByte(' ')
		}
		out.WriteString(part.text)
	}
	return out.String(), false
}

type asidePart struct{ text, before string } // before is the sign before it

func splitAside(inner string) []asidePart {
	var parts []asidePart
	start, before := 0, ""
	for i, r := range inner {
		if r == ';' || r == ',' || r == '；' || r == '、' || r == '，' {
			parts = append(parts, asidePart{inner[start:i], before})
			before = string(r)
			start = i + len(before)
		}
	}
	return append(parts, asidePart{inner[start:], before})
}

// isPronunciation reports whether a part of a bracket only tells how a name sounds: phonetic letters, "listen", or the name of a language
// whose word was lost ("French:").
func isPronunciation(part string) bool {
	if !strings.ContainsFunc(part, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return true
	}
	if hasPhonetic(part) && (len(part) < 80 || slashed.MatchString(part)) {
		return true
	}
	folded := strings.ToLower(part)
	if strings.HasSuffix(folded, ":") && len(folded) < 40 {
		return true
	}
	for _, word := range words.sounds {
		if folded == word || strings.HasPrefix(folded, word+" ") && len(folded) < len(word)+20 || strings.HasSuffix(folded, " "+word) && len(folded) < len(word)+20 {
			return true
		}
	}
	return false
}

// withoutGroups hands the content of each innermost-to-outermost group between open and shut, of at most limit bytes, to keep, and writes
// what keep returns, with its signs unless keep reports that the group goes. Signs without a partner are dropped.
func withoutGroups(text string, open, shut rune, limit int, keep func(inner string) (string, bool)) string {
	stack := []*strings.Builder{{}}
	const deepest = 8
	done := 0 // up to here the text stands in a builder
	for i, r := range text {
		if r != open && r != shut && (r != '\n' || len(stack) == 1 || open == '{') {
			continue
		}
		top := stack[len(stack)-1]
		top.WriteString(text[done:i])
		done = i + utf8.RuneLen(r)
		switch {
		case r == open:
			if len(stack) <= deepest {
				stack = append(stack, &strings.Builder{})
			}
		case r == shut:
			if len(stack) == 1 {
				continue
			}
			stack = stack[:len(stack)-1]
			below := stack[len(stack)-1]
			inner := top.String()
			if len(inner) > limit {
				below.WriteString(inner)
				continue
			}
			if text, gone := keep(inner); !gone {
				below.WriteRune(open)
				below.WriteString(text)
				below.WriteRune(shut)
			}
		default: // a bracket that is not closed in its paragraph
			stack = unwound(stack)
			stack[0].WriteByte('\n')
		}
	}
	stack[len(stack)-1].WriteString(text[done:])
	return unwound(stack)[0].String()
}

// unwound writes each builder into the one below it and returns the lowest one.
func unwound(stack []*strings.Builder) []*strings.Builder {
	for len(stack) > 1 {
		inner := stack[len(stack)-1].String()
		stack = stack[:len(stack)-1]
		stack[len(stack)-1].WriteString(inner)
	}
	return stack
}

// hasPhonetic reports whether text holds a letter or sign that phonetic notation uses and our languages do not.
func hasPhonetic(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return r >= 'ɐ' && r <= 'ʯ' || strings.ContainsRune("ˈˌːˑθ\u0361\u0325\u0329\u032f", r)
	})
}
