package model

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"excursobot/geo/places/wikitext"
)

// repeated returns the first sentence of a text that shares more than half of its words with one of the texts that were told; "" = none. Words of up to
// three letters and those of the title do not count, because most sentences have them. Languages without spaces are compared by pairs of characters.
func repeated(title, text string, told []string) string {
	named := unitsOf(title)
	for _, earlier := range told {
		known := make(map[string]bool)
		for _, w := range unitsOf(earlier) {
			known[w] = true
		}
		for _, sentence := range wikitext.Sentences(text) {
			all, same := 0, 0
			for _, w := range unitsOf(sentence) {
				if slices.Contains(named, w) {
					continue
				}
				all++
				if known[w] {
					same++
				}
			}
			if 2*same > all {
				return plain(sentence, 80)
			}
		}
	}
	return ""
}

// saidTwice returns the first sentence of a text that stands in it twice; "" = none does. Short ones may: "It burnt down. It was rebuilt. It burnt down."
func saidTwice(text string) string {
	const short = 20 // characters
	said := make(map[string]bool)
	for _, sentence := range wikitext.Sentences(text) {
		folded := strings.ToLower(strings.Join(strings.Fields(sentence), " "))
		if utf8.RuneCountInString(folded) < short {
			continue
		}
		if said[folded] {
			return plain(sentence, 80)
		}
		said[folded] = true
	}
	return ""
}

// unitsOf returns what sentences are compared by.
func unitsOf(s string) []string {
	var units []string
	for _, word := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) {
		if dense(word) {
			runes := []rune(word)
			for i := range len(runes) - 1 {
				units = append(units, string(runes[i:i+2]))
			}
			continue
		}
		if utf8.RuneCountInString(word) > 3 {
			units = append(units, word)
		}
	}
	return units
}

// dense reports whether a word is written in a script without spaces between words.
func dense(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}
