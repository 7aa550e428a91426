package wikitext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	enders  = ".!?…。！？।؟۔"
	closers = ")]»”’\"'“」』）›"
)

// EndsSentence reports whether text ends as a sentence does: with its sign, perhaps inside quotation marks or brackets.
func EndsSentence(text string) bool {
	text = strings.TrimRight(text, closers+" ")
	r, _ := utf8.DecodeLastRuneInString(text)
	return r != utf8.RuneError && strings.ContainsRune(enders, r)
}

// Sentences splits a paragraph into its sentences, trimmed. Abbreviations, initials and ordinals with a dot do not end one. The last one may
// be unfinished.
func Sentences(paragraph string) []string {
	var list []string
	start := 0
	for i, r := range paragraph {
		if i < start || !strings.ContainsRune(enders, r) {
			continue
		}
		end := i + utf8.RuneLen(r)
		for end < len(paragraph) { // "?!", "..." and what closes
			next, size := utf8.DecodeRuneInString(paragraph[end:])
			if !strings.ContainsRune(enders, next) && !strings.ContainsRune(closers, next) {
				break
			}
			end += size
		}
		if !boundary(paragraph, i, r, end) {
			continue
		}
		if s := strings.TrimSpace(paragraph[start:end]); s != "" {
			list = append(list, s)
		}
		start = end
	}
	if s := strings.TrimSpace(paragraph[start:]); s != "" {
		list = append(list, s)
	}
	return list
}

// boundary reports whether the sign r at i, of which everything up to end is part, ends a sentence.
func boundary(text string, i int, r rune, end int) bool {
	if strings.ContainsRune("。！？।؟۔", r) {
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		next, _ := utf8.DecodeRuneInString(text[end:])
		return r != '。' || !isLatinDigit(before) || !isLatinDigit(next) // "t。me" is an address
	}
	if end >= len(text) {
		return true
	}
	if text[end] != ' ' {
		next, _ := utf8.DecodeRuneInString(text[end:])
		return unicode.In(next, unicode.Han, unicode.Hiragana, unicode.Katakana) && r != '.'
	}
	rest := strings.TrimLeft(text[end:], " ")
	next, _ := utf8.DecodeRuneInString(rest)
	if unicode.IsLower(next) || strings.ContainsRune(",;:–—", next) {
		return false
	}
	if r != '.' || end > i+1 && strings.ContainsRune(closers, rune(text[end-1])) {
		return true
	}
	word := lastWord(text[:i])
	if word == "" {
		return true
	}
	folded := strings.ToLower(word)
	switch {
	case words.abbreviations[folded]:
		// "in the 17th c. It ...": an abbreviation ends a sentence only if a long upper-case word that is no name could follow; it is kept whole.
		return false
	case utf8.RuneCountInString(word) == 1 && unicode.IsLetter([]rune(word)[0]): // an initial, "г.", "в."
		return false
	case isNumber(word) && len(word) <= 2: // "am 3. Mai"
		return false
	case unicode.IsDigit(next) && numbering(word): // "Theatre No. 61"
		return false
	}
	return true
}

// lastWord returns the letters and digits at the end of text.
func lastWord(text string) string {
	i := len(text)
	for i > 0 {
		r, size := utf8.DecodeLastRuneInString(text[:i])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			break
		}
		i -= size
		if len(text)-i > 40 {
			break
		}
	}
	return text[i:]
}

func isNumber(word string) bool {
	return !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsDigit(r) })
}

// Whole returns text without an unfinished sentence at its end, such as a cut-off extract has. A text without any finished sentence is
// returned as it is, unless it ends in dots, which say that it was cut: then the result is empty.
func Whole(text string) string {
	cut := strings.HasSuffix(text, "...") || strings.HasSuffix(text, "…")
	if !cut && (text == "" || EndsSentence(text)) {
		return text
	}
	start := strings.LastIndexByte(text, '\n') + 1
	list := Sentences(text[start:])
	if len(list) > 1 {
		last := list[len(list)-1]
		return strings.TrimSpace(text[:strings.LastIndex(text, last)])
	}
	if start > 0 {
		return strings.TrimSpace(text[:start])
	}
	if cut {
		return ""
	}
	return text
}

// numbering reports whether a word before a number may be an abbreviation of "number": "No", "Nr", "Núm".
func numbering(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(first) && utf8.RuneCountInString(word) <= 3
}
