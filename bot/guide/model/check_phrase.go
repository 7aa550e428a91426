package model

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// joined marks the languages whose words have particles attached, or no spaces between them, so a phrase may be inside a word.
var joined = map[string]bool{"ja": true, "ko": true, "zh": true, "ar": true, "hi": true}

// phraseIndex finds the phrases of a language by their first two characters.
type phraseIndex struct {
	first [256]bool // by the low byte of the first character: most positions of a text need no lookup in byTwo
	byTwo map[[2]rune][]string
}

// phrasesAnywhere indexes the phrases of each language together with everywhere.
var phrasesAnywhere = func() map[string]*phraseIndex {
	all := make(map[string]*phraseIndex)
	for language, list := range forbiddenIn {
		index := &phraseIndex{byTwo: make(map[[2]rune][]string)}
		for _, phrase := range slices.Concat(list.anywhere, everywhere) {
			key := firstTwo(phrase)
			index.first[byte(key[0])] = true
			index.byTwo[key] = append(index.byTwo[key], phrase)
		}
		all[language] = index
	}
	return all
}()

func firstTwo(s string) (two [2]rune) {
	r, size := utf8.DecodeRuneInString(s)
	two[0] = r
	two[1], _ = utf8.DecodeRuneInString(s[size:])
	return two
}

// forbidden returns the first forbidden phrase in a lower-case text, "" = none. It makes one pass, because texts and lists are long.
func forbidden(language, lower string) string {
	start := strings.TrimLeftFunc(lower, func(r rune) bool { return !wordRune(r) })
	for _, phrase := range forbiddenIn[language].opening {
		if begins(start, phrase, joined[language]) {
			return phrase
		}
	}
	for _, label := range labels {
		if begins(start, label, false) {
			return label
		}
	}
	index, inside := phrasesAnywhere[language], joined[language]
	if index == nil {
		return ""
	}
	word := false // the previous character is part of a word
	for i, r := range lower {
		if !wordRune(r) {
			word = false
			continue
		}
		if (!word || inside) && index.first[byte(r)] {
			for _, phrase := range index.byTwo[firstTwo(lower[i:])] {
				if begins(lower[i:], phrase, inside) {
					return phrase
				}
			}
		}
		word = true
	}
	return ""
}

// begins reports whether s begins with the phrase. A word must end after it, unless the phrase ends with * or may be inside a word.
func begins(s, phrase string, inside bool) bool {
	stem, open := strings.CutSuffix(phrase, "*")
	rest, ok := strings.CutPrefix(s, stem)
	if !ok || open || inside {
		return ok
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return !wordRune(r)
}

// wordRune reports whether r is part of a word.
func wordRune(r rune) bool {
	_, letter := scriptOf(r)
	return letter
}
