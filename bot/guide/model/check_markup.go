package model

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// emphasis is a word or more between single signs of Markdown; a product ("5 * 3") is none.
var emphasis = regexp.MustCompile(`(?:^|[\s("«])[*_][^\s*_][^*_\n]*[*_](?:[\s.,;:!?)"»]|$)`)

// markup returns the first markup, link, name with @ or invisible character in the text, "" = none.
func markup(text string) string {
	for _, sign := range []string{"**", "__", "](", "@", "#", "`", "\\", "{", "}", "|", "://", "www.", "~~", `": [`, `": "`, `":"`, `"]`, "[/"} {
		if strings.Contains(text, sign) {
			return sign
		}
	}
	if strings.ContainsAny(text, "*_") && emphasis.MatchString(text) {
		return "emphasis"
	}
	previous, run := '\n', 0
	for i, r := range text {
		rest := text[i:]
		if run++; r != previous || r < utf8.RuneSelf && (r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9') || unicode.IsLetter(r) {
			run = 1
		}
		switch {
		case run > 3 && r != ' ':
			return "a row of " + string(r)
		case r == '\n' || r == '\t':
		case unicode.IsControl(r), hidden(r), r == unicode.ReplacementChar:
			return fmt.Sprintf("%U", r)
		case r == '<' && strings.ContainsRune(rest, '>'):
			return "tag"
		case r == '[' && len(rest) > 2 && rest[1] >= '0' && rest[1] <= '9':
			return "reference"
		case r == '&' && entity(rest):
			return "entity"
		case previous == '\n' && (strings.HasPrefix(rest, "- ") || strings.HasPrefix(rest, "> ") || strings.HasPrefix(rest, "* ") || strings.HasPrefix(rest, "• ")):
			return "list"
		case r == '.' && previous < unicode.MaxASCII && domain(rest[1:]) && wordRune(previous):
			return "address"
		}
		previous = r
	}
	return ""
}

// entity reports whether s begins with an HTML entity such as "&nbsp;" or "&#39;".
func entity(s string) bool {
	end := strings.IndexByte(s, ';')
	return end > 2 && end < 10 && !strings.ContainsAny(s[:end], " \n")
}

// domain reports whether s, which follows a dot inside a word, begins with a top-level domain: "museum.org", but not "built.Here".
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
