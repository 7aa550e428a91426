package wikitext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lookAlikes are Cyrillic, Greek and Armenian letters that look like Latin ones, and these.
var lookAlikes = func() map[rune]rune {
	m := map[rune]rune{}
	from, to := []rune("АВЕЅІЈКМНОРСТУХаеоѕіјрсухԁһӏԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧονսօցհ"), []rune("ABESIJKMHOPCTYXaeosijpcyxdhlqwABEZHIKMNOPTYXovuogh")
	for i, r := range from {
		m[r] = to[i]
	}
	return m
}()

// undisguised returns a text in which words that mix Latin letters with look-alikes of other scripts are Latin throughout. Such words are written to
// pass a program that looks for words.
func undisguised(text string) string {
	if !mixesScripts(text) {
		return text
	}
	var out strings.Builder
	for len(text) > 0 {
		n := strings.IndexFunc(text, unicode.IsLetter)
		if n < 0 {
			break
		}
		out.WriteString(text[:n])
		text = text[n:]
		if n = strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.M, r) }); n < 0 {
			n = len(text)
		}
		word := text[:n]
		if mixesScripts(word) {
			word = strings.Map(func(r rune) rune {
				if latin, ok := lookAlikes[r]; ok {
					return latin
				}
				return r
			}, word)
		}
		out.WriteString(word)
		text = text[n:]
	}
	out.WriteString(text)
	return out.String()
}

// mixesScripts reports whether a word of the text has letters of ASCII and Greek, Cyrillic or Armenian ones.
func mixesScripts(text string) bool {
	latin, other := false, false
	for _, r := range text {
		switch {
		case r|0x20 >= 'a' && r|0x20 <= 'z':
			latin = true
		case r >= 0x370 && r < 0x590:
			other = true
		case r < utf8.RuneSelf || !unicode.IsLetter(r):
			latin, other = false, false
		}
		if latin && other {
			return true
		}
	}
	return false
}

const (
	// spelledOut is how many single letters in a row are no text: "I g n o r e".
	spelledOut = 8
	// longestWord is how many letters a word has at most. The longest names of places have 85; scripts without spaces have no words here.
	longestWord = 90
)

// isNoise reports whether a sentence has letters that nobody would write: many single ones in a row, or a word without an end.
func isNoise(sentence string) bool {
	if len(sentence) < 2*spelledOut {
		return false
	}
	singles, run := 0, 0
	for _, r := range sentence {
		switch {
		case r >= 0xe00: // Thai and what follows: scripts without spaces, and Korean
			singles, run = 0, 0
		case r|0x20 >= 'a' && r|0x20 <= 'z', r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.Is(unicode.M, r)):
			if run++; run > longestWord {
				return true
			}
		case run == 1:
			if singles++; singles >= spelledOut {
				return true
			}
			run = 0
		case run > 1:
			singles, run = 0, 0
		}
	}
	return false
}

// Unnatural returns the first word of a text that nobody would write: it mixes Latin letters with look-alikes of other scripts, has no end, or has marks
// piled over a letter; "" = there is none. Short words may mix scripts: people write Roman numerals with the letters they have.
func Unnatural(text string) string {
	start, letters, marks := -1, 0, 0
	for i, r := range text + " " {
		switch {
		case r|0x20 >= 'a' && r|0x20 <= 'z', r >= utf8.RuneSelf && unicode.IsLetter(r):
			marks = 0
		case r >= 0x300 && unicode.Is(unicode.M, r):
			marks++
		default:
			if start >= 0 && letters > 4 && mixesScripts(text[start:i]) {
				return text[start:i]
			}
			start, letters, marks = -1, 0, 0
			continue
		}
		if start < 0 {
			start = i
		}
		letters++
		if marks > mostMarks || letters > longestWord && r < 0xe00 {
			return text[start:i]
		}
	}
	return ""
}
