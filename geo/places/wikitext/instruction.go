package wikitext

import (
	"strings"
	"unicode"
)

// parted returns a letter in lower case, and a space for the signs that join words. The Russian ё is written as most people do.
func parted(r rune) rune {
	switch r {
	case '-', '_', '*', '~', '|':
		return ' '
	case 'ё', 'Ё':
		return 'е'
	}
	return unicode.ToLower(r)
}

// SpeaksToModel reports whether a text holds words that instruct a language model instead of telling about a place. Invisible characters and
// look-alike signs between the words do not hide them.
func SpeaksToModel(text string) bool { return speaksToModel(plainSigns(text)) }

func speaksToModel(plain string) bool {
	folded := strings.Join(strings.Fields(strings.Map(parted, undisguised(plain))), " ")
	for i := range len(folded) - 1 {
		if first, second := folded[i], folded[i+1]; words.starts[first][second] {
			for _, phrase := range words.instructions[[2]byte{first, second}] {
				if strings.HasPrefix(folded[i:], phrase) {
					return true
				}
			}
		}
	}
	return false
}
