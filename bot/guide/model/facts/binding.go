package facts

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// Shares reports whether a story has something of the passage: a name, a number, or, in the passage's language, three content words. A
// passage without names and numbers shares with every story.
func (p *Passage) Shares(story, language string) bool {
	c := checker{passage: p, language: lexiconOf(language), same: baseOf(language) == p.language.code, text: fold(story)}
	c.tokens = tokenize(c.text)
	found := quantities(c.language, c.text, c.tokens, false)
	if len(found) > 0 { // the checks of numbers passed: each one is the passage's
		return true
	}
	content, named := 0, false
	for _, t := range c.tokens {
		if t.kind != wordToken || c.language.stop.has(t.low) || len(t.low) <= 3 {
			continue
		}
		if t.upper && !t.first && (p.words.has(t.low) || p.sounds(t.low, c.same)) {
			named = true
		}
		if p.words.has(t.low) {
			content++
		}
	}
	if named || c.same && content >= 3 {
		return true
	}
	// In scripts without capitals, and across scripts, only numbers could show it.
	return c.language.cjk || language == "ar" || language == "hi" || !c.same && content == 0 && len(p.phonetic) == 0 || !c.same && !p.sameScript(c.tokens)
}

// sameScript reports whether most words of a story are in the script of the passage's words.
func (p *Passage) sameScript(tokens []token) bool {
	latin, all := 0, 0
	for _, t := range tokens {
		if t.kind == wordToken {
			all++
			if isLatin(t.low) {
				latin++
			}
		}
	}
	passage := slices.ContainsFunc(p.tokens, func(t token) bool { return t.kind == wordToken && isLatin(t.low) && len(t.low) > 3 })
	return (2*latin > all) == passage
}

// Content returns the words of a text that carry its meaning, in lower case, without marks over Latin letters: those that are no stop words of the
// language. A run of Chinese or Japanese characters comes as its pairs.
func Content(text, language string) []string {
	lexicon, words := lexiconOf(language), []string(nil)
	for _, t := range tokenize(fold(text)) {
		if t.low == "" || t.kind == wordToken && lexicon.stop.has(t.low) {
			continue
		}
		if runes := []rune(t.low); len(runes) > 2 && unicode.In(runes[0], unicode.Han, unicode.Hiragana, unicode.Katakana) {
			for i := range len(runes) - 1 {
				words = append(words, string(runes[i:i+2]))
			}
			continue
		}
		if r, _ := utf8.DecodeRuneInString(t.low); unicode.IsLetter(r) || unicode.IsDigit(r) {
			words = append(words, plainLetters(t.low))
		}
	}
	return words
}

// SameStem reports whether two words of Content are forms of one word, by their beginnings.
func SameStem(a, b string) bool { return sameStem(a, b) }

// Unknown returns the names of a story that the passage does not hold.
func (p *Passage) Unknown(story, language string) []string {
	c := checker{passage: p, language: lexiconOf(language), same: baseOf(language) == p.language.code, text: fold(story)}
	c.tokens = tokenize(c.text)
	c.checkNames()
	var names []string
	for _, f := range c.findings {
		names = append(names, f.Words)
	}
	return names
}

// Holds reports whether the passage has every word of a name.
func (p *Passage) Holds(name string) bool {
	words := 0
	for _, t := range tokenize(fold(name)) {
		if t.kind != wordToken || connectors[t.low] {
			continue
		}
		if !p.words.has(t.low) && !p.sounds(t.low, true) {
			return false
		}
		words++
	}
	return words > 0
}
