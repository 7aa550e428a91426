package facts

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

var folding = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "‟", `"`, "❝", `"`, "❞", `"`,
	"’", "'", "‘", "'", "ʼ", "'", "`", "'", "´", "'", "–", "-", "—", "-", "‑", "-", "−", "-", "‒", "-", "\u00ad", "",
	"\u00a0", " ", "\u202f", " ", "\u2009", " ", "\u200b", "", "\u2060", "", "٬", ",", "٫", ".")

type tokenKind uint8

const (
	wordToken   tokenKind = iota
	numberToken           // digits with their separators
	markToken             // one sign
)

// token is a word, a number or a sign of a folded text.
type token struct {
	kind       tokenKind
	low        string // in lower case; of a number its digits in ASCII
	start, end int    // bytes in the text
	upper      bool   // starts with a capital letter
	first      bool   // the first word of a sentence
	glued      bool   // no space before it
	sentence   int
}

// tokenize splits a folded text. Apostrophes inside a word end it after the apostrophe ("l'" + "art"), except before s, t and the like.
func tokenize(text string) []token {
	list := make([]token, 0, len(text)/5)
	sentence, first, spaced := 0, true, true
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case unicode.IsSpace(r):
			if r == '\n' && len(list) > 0 {
				sentence, first = sentence+1, true
			}
			spaced = true
			i += size
			continue
		case unicode.Is(unicode.Nd, r):
			end := numberEnd(text, i)
			list = append(list, token{kind: numberToken, low: asciiDigits(text[i:end]), start: i, end: end, glued: !spaced, sentence: sentence, first: first})
			i, first = end, false
		case unicode.IsLetter(r) || unicode.Is(unicode.M, r):
			end := wordEnd(text, i)
			t := token{kind: wordToken, low: strings.ToLower(text[i:end]), start: i, end: end, upper: unicode.IsUpper(r), glued: !spaced, sentence: sentence, first: first}
			t.low = strings.ReplaceAll(t.low, "i̇", "i")
			list = append(list, t)
			i, first = end, false
		default:
			list = append(list, token{kind: markToken, low: text[i : i+size], start: i, end: i + size, glued: !spaced, sentence: sentence})
			i += size
			if strings.ContainsRune(".!?…。！？।؟", r) && endsSentence(text, i, r, list) {
				sentence, first = sentence+1, true
			}
		}
		spaced = false
	}
	return list
}

// endsSentence reports whether the sign before i ends a sentence: a space and no small letter follow, and no initial or short ordinal stands
// before a dot.
func endsSentence(text string, i int, r rune, list []token) bool {
	if r == '。' || r == '！' || r == '？' || r == '।' {
		return true
	}
	rest := strings.TrimLeft(text[i:], `"')]`)
	if rest == "" || rest[0] == '\n' {
		return true
	}
	if rest[0] != ' ' {
		return false
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(rest, ` "'(-`))
	if unicode.IsLower(next) {
		return false
	}
	if r == '.' && len(list) > 1 {
		before := list[len(list)-2]
		if before.kind == wordToken && utf8.RuneCountInString(before.low) == 1 || before.kind == numberToken && len(before.low) <= 2 && unicode.IsLetter(next) {
			return false
		}
	}
	return true
}

func wordEnd(text string, i int) int {
	start := i
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case unicode.IsLetter(r) || unicode.Is(unicode.M, r) || r == '\u200c' || r == '\u200d':
			i += size
		case r == '\'' && i > start:
			next, _ := utf8.DecodeRuneInString(text[i+1:])
			if !unicode.IsLetter(next) {
				return i
			}
			head := strings.ToLower(text[start:i])
			if len(head) <= 2 || head == "dell" || head == "nell" || head == "all" || head == "sull" || head == "dall" || head == "jusqu" || head == "qu" || head == "aujourd" || head == "quell" {
				if unicode.Is(unicode.Latin, next) && head != "o" { // an elided article: l'art
					return i + 1
				}
			}
			rest := text[i+1:]
			if wordLength(rest) <= 2 && unicode.Is(unicode.Latin, next) { // an ending: Brunel's
				return i
			}
			i++
		default:
			return i
		}
	}
	return i
}

func wordLength(text string) int {
	n := 0
	for _, r := range text {
		if !unicode.IsLetter(r) {
			break
		}
		n++
	}
	return n
}

// numberEnd returns where the number that starts at i ends: digits, with separators that digits follow. A space is a separator only between
// groups of three.
func numberEnd(text string, i int) int {
	group := 0
	first := true
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if unicode.Is(unicode.Nd, r) {
			group++
			i += size
			continue
		}
		if r != '.' && r != ',' && r != ' ' && r != '\'' {
			return i
		}
		n := digitRun(text[i+size:])
		if n == 0 {
			return i
		}
		if (r == ' ' || r == '\'') && (n != 3 || group > 3 || !first && group != 3) {
			return i
		}
		if r == ',' && n > 3 && group >= 3 { // "1937,1938"
			return i
		}
		i += size
		group, first = 0, false
	}
	return i
}

func digitRun(text string) int {
	n := 0
	for _, r := range text {
		if !unicode.Is(unicode.Nd, r) {
			break
		}
		n++
	}
	return n
}

// asciiDigits returns a number with the digits of any script as 0-9.
func asciiDigits(text string) string {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return strings.Map(func(r rune) rune {
				if unicode.Is(unicode.Nd, r) {
					return '0' + digitValue(r)
				}
				return r
			}, text)
		}
	}
	return text
}

// digitValue returns the value of a decimal digit: the digits of each script stand in one run of ten.
func digitValue(r rune) rune {
	zero := r
	for zero > 0 && unicode.Is(unicode.Nd, zero-1) && r-(zero-1) < 10 {
		zero--
	}
	return r - zero
}
