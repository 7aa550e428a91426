package telegram

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// maxMessage is Telegram's limit for one message, in UTF-16 units of the visible text. Markup does not count, an entity is one character.
const maxMessage = 4096

// split cuts well-formed markup into parts of at most limit units. It cuts at a paragraph, a line, a sentence or a word: at the first of these that
// occurs in the second half of a part. Tags that are open at a cut are closed and opened again. tail stays whole, on the last part. Parts without
// visible text are left out. limit is at least 64.
func split(markup, tail string, limit int) []string {
	if units(markup)+units(tail) <= limit {
		if whole := strings.TrimSpace(markup + tail); whole != "" {
			return []string{whole}
		}
		return nil
	}
	var parts []string
	rest := lex(markup)
	var open []token // tags open where rest begins
	for width(rest) > limit {
		n := cut(rest, limit)
		var part string
		part, open = render(open, rest[:n])
		if part != "" {
			parts = append(parts, part)
		}
		rest = skipSpace(rest[n:])
	}
	last, _ := render(open, rest)
	tail = strings.TrimSpace(tail)
	switch {
	case tail == "":
	case units(tail) > limit: // it cannot stay whole
		return append(append(parts, nonEmpty(last)...), split(tail, "", limit)...)
	case last != "" && width(rest)+2+units(tail) <= limit:
		last += "\n\n" + tail
	default:
		parts = append(parts, nonEmpty(last)...)
		last = tail
	}
	return append(parts, nonEmpty(last)...)
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// token is a tag or one character as shown.
type token struct {
	raw  string // as written
	tag  string // name; "" for a character
	end  bool   // of a tag: the closing one
	char rune   // as shown
}

func (t token) units() int {
	if t.tag != "" {
		return 0
	}
	return max(1, utf16.RuneLen(t.char))
}

// lex reads markup. Everything that is neither a tag nor an entity is a character.
func lex(s string) []token {
	out := make([]token, 0, len(s))
	for len(s) > 0 {
		t := first(s)
		out = append(out, t)
		s = s[len(t.raw):]
	}
	return out
}

// first returns the token with which s begins.
func first(s string) (t token) {
	switch {
	case s[0] == '<' && tagLength(s) > 0:
		t.raw = s[:tagLength(s)]
		t.tag, _, _ = strings.Cut(strings.Trim(t.raw, "</>"), " ")
		t.end = t.raw[1] == '/'
	case s[0] == '&' && entityLength(s) > 0:
		t.raw, t.char = s[:entityLength(s)], '&'
	default:
		r, n := utf8.DecodeRuneInString(s)
		t.raw, t.char = s[:n], r
	}
	return t
}

// tagLength returns the length of the tag with which s begins, 0 if s begins with none.
func tagLength(s string) int {
	end := strings.IndexByte(s, '>')
	if end < 2 {
		return 0
	}
	first := s[1]
	if first == '/' {
		first = s[2]
	}
	if first < 'a' || first > 'z' {
		return 0
	}
	return end + 1
}

// entityLength returns the length of the entity with which s begins, 0 if s begins with none. The longest that Telegram reads is
// &#1114111;.
func entityLength(s string) int {
	end := strings.IndexByte(s[:min(len(s), 10)], ';')
	if end < 2 {
		return 0
	}
	for _, c := range []byte(s[1:end]) {
		if c != '#' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return 0
		}
	}
	return end + 1
}

// units returns the length of markup as Telegram counts it.
func units(markup string) int {
	n := 0
	for len(markup) > 0 {
		if c := markup[0]; c < utf8.RuneSelf && c != '<' && c != '&' {
			n++
			markup = markup[1:]
			continue
		}
		t := first(markup)
		n += t.units()
		markup = markup[len(t.raw):]
	}
	return n
}

func width(tokens []token) int {
	n := 0
	for _, t := range tokens {
		n += t.units()
	}
	return n
}

// cut returns how many tokens go into a part of at most limit units: at least one.
func cut(tokens []token, limit int) int {
	const word, sentence, line, paragraph = 1, 2, 3, 4
	best, rank, used := 0, 0, 0
	for i, t := range tokens {
		if used += t.units(); used > limit {
			if best == 0 {
				best = i
			}
			break
		}
		if used < limit/2 || t.tag != "" || !unicode.IsSpace(t.char) {
			continue
		}
		r := word
		switch {
		case t.char == '\n' && i > 0 && tokens[i-1].char == '\n':
			r = paragraph
		case t.char == '\n':
			r = line
		case i > 0 && strings.ContainsRune(".!?…", tokens[i-1].char):
			r = sentence
		}
		if r >= rank {
			best, rank = i+1, r
		}
	}
	return max(1, best)
}

// render opens the tags in open, writes tokens and closes the tags that are still open. It returns the part without space at its ends ("" without
// visible text) and the tags to open in the next part.
func render(open, tokens []token) (string, []token) {
	var b strings.Builder
	for _, t := range open {
		b.WriteString(t.raw)
	}
	tokens = trimSpace(tokens)
	stack := append([]token(nil), open...)
	seen := false
	for _, t := range tokens {
		b.WriteString(t.raw)
		switch {
		case t.tag == "":
			seen = true
		case !t.end:
			stack = append(stack, t)
		case len(stack) > 0 && stack[len(stack)-1].tag == t.tag:
			stack = stack[:len(stack)-1]
		}
	}
	for i := len(stack) - 1; i >= 0; i-- {
		b.WriteString("</" + stack[i].tag + ">")
	}
	if !seen {
		return "", stack
	}
	return b.String(), stack
}

// skipSpace drops leading characters of space; tags among them stay.
func skipSpace(tokens []token) []token {
	var kept []token
	for i, t := range tokens {
		if t.tag == "" && !unicode.IsSpace(t.char) {
			return append(kept, tokens[i:]...)
		}
		if t.tag != "" {
			kept = append(kept, t)
		}
	}
	return kept
}

// trimSpace drops characters of space at both ends; tags stay.
func trimSpace(tokens []token) []token {
	tokens = skipSpace(tokens)
	end := len(tokens)
	var kept []token
	for end > 0 {
		t := tokens[end-1]
		if t.tag == "" && !unicode.IsSpace(t.char) {
			break
		}
		if t.tag != "" {
			kept = append([]token{t}, kept...)
		}
		end--
	}
	return append(tokens[:end:end], kept...)
}
