package facts

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// index finds words by stem: two words agree if they share a beginning of at least three letters and differ by at most three at their ends.
// Marks over letters do not count.
type index struct {
	groups map[string][]string // by the first letters
}

// head is how many letters a group shares.
const head = 3

func newIndex() index { return index{groups: map[string][]string{}} }

func (x index) add(word string) { x.addPlain(plainLetters(word)) }

func (x index) addPlain(word string) {
	key := beginning(word)
	for _, w := range x.groups[key] {
		if w == word {
			return
		}
	}
	x.groups[key] = append(x.groups[key], word)
}

func (x index) has(word string) bool { return x.hasPlain(plainLetters(word)) }

func (x index) hasPlain(word string) bool {
	for _, w := range x.groups[beginning(word)] {
		if sameStem(w, word) {
			return true
		}
	}
	return false
}

func beginning(word string) string {
	n := 0
	for i := range word {
		if n == head {
			return word[:i]
		}
		n++
	}
	return word
}

// sameStem reports whether two words without marks are forms of one.
func sameStem(a, b string) bool {
	if a == b {
		return true
	}
	common := 0
	for common < len(a) && common < len(b) && a[common] == b[common] {
		common++
	}
	for common > 0 && (common < len(a) && !utf8.RuneStart(a[common]) || common < len(b) && !utf8.RuneStart(b[common])) {
		common--
	}
	shared := utf8.RuneCountInString(a[:common])
	restA, restB := utf8.RuneCountInString(a[common:]), utf8.RuneCountInString(b[common:])
	longest := shared + max(restA, restB)
	if shared >= 4 {
		return restA <= 4 && restB <= 4 && 2*shared >= longest
	}
	return shared >= head && restA <= 4 && restB <= 4 && 10*shared >= 6*longest
}

// plainLetters returns a word in lower case without marks over Latin, Greek and Cyrillic letters. Other scripts have no capitals, and folding gave their
// marks one form.
func plainLetters(word string) string {
	ascii, other := true, true
	for _, r := range word {
		ascii = ascii && r < utf8.RuneSelf
		other = other && r >= 0x590
	}
	if ascii {
		return strings.ToLower(word)
	}
	if other {
		return word
	}
	var out strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(word)) {
		switch {
		case r >= 0x300 && r <= 0x36f:
			continue
		case r == 'ł':
			r = 'l'
		case r == 'ø':
			r = 'o'
		case r == 'ı':
			r = 'i'
		case r == 'đ':
			r = 'd'
		case r == 'ß':
			out.WriteString("ss")
			continue
		case r == 'æ':
			out.WriteString("ae")
			continue
		case r == 'œ':
			out.WriteString("oe")
			continue
		case r == 'ё':
			r = 'е'
		case unicode.Is(unicode.Mn, r) && r < 0x600:
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}
