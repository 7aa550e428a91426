package maplink

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind of a token.
type kind uint8

const (
	unknown     kind = iota // a word or a sign that no coordinates contain
	number                  // 48, 48.8721
	degreeMark              // °
	minuteMark              // '
	secondMark              // "
	separator               // , ; / |
	joint                   // - or : between two digits
	dash                    // - that belongs to no number, or that is punctuation
	sideWord                // N, с, Ouest
	axisWord                // Lat, ш
	filler                  // "Coordinates"
	conjunction             // "and"
)

// token is a part of a line.
type token struct {
	kind   kind
	word   meaning // of a sideWord or an axisWord
	letter bool    // the word has one letter
	upper  bool    // the word is in upper case
	text   string  // of a word of one small letter
	spaced bool    // a space or the start of the line stands before it

	value    float64
	whole    int  // digits before the decimal sign
	fraction int  // digits after it
	sign     int8 // +1 or -1 if the sign is written, otherwise 0
}

// maxDigits bounds a number. Longer ones are unknown.
const maxDigits = 24

// tokens splits a normalised line. The decimal sign is a comma if no point stands between two digits and a comma does.
func tokens(line string) []token {
	s := scanner{line: line, decimal: '.'}
	if !between(line, '.') && between(line, ',') {
		s.decimal = ','
	}
	for s.at < len(line) {
		s.next()
	}
	return s.out
}

// between reports whether sign stands between two digits somewhere in line.
func between(line string, sign byte) bool {
	for i := 1; i+1 < len(line); i++ {
		if line[i] == sign && isDigit(line[i-1]) && isDigit(line[i+1]) {
			return true
		}
	}
	return false
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

type scanner struct {
	line    string
	at      int
	decimal byte
	spaced  bool // a space was skipped
	sign    int8 // of the number that follows
	out     []token
}

func (s *scanner) add(t token) {
	t.spaced = s.spaced || len(s.out) == 0
	s.spaced = false
	s.out = append(s.out, t)
}

// digit reports whether a digit stands at i.
func (s *scanner) digit(i int) bool { return i >= 0 && i < len(s.line) && isDigit(s.line[i]) }

func (s *scanner) next() {
	r, size := utf8.DecodeRuneInString(s.line[s.at:])
	switch {
	case r < 0x80 && isDigit(byte(r)):
		s.number()
		return
	case unicode.IsLetter(r):
		s.word()
		return
	case r == ' ':
		s.spaced = true
	case r == '°':
		s.add(token{kind: degreeMark})
	case r == '*' && s.digit(s.at-1) && s.digit(s.at+1): // 48*52'19"
		s.add(token{kind: degreeMark})
	case r == '\'':
		s.add(token{kind: minuteMark})
	case r == '"':
		s.add(token{kind: secondMark})
	case r == ',', r == ';', r == '/', r == '|', r == '&', r == '~':
		s.add(token{kind: separator})
	case r == '-', r == '+':
		s.signAt(r)
	case r == '.' && s.digit(s.at-1) && s.digit(s.at+1): // a second decimal point
		s.add(token{kind: unknown})
	case r == ':' && s.digit(s.at-1) && s.digit(s.at+1):
		s.add(token{kind: joint})
	case strings.ContainsRune(".:=()[]{}<>*_?#@!·", r):
	default:
		s.add(token{kind: unknown})
	}
	s.at += size
}

func (s *scanner) signAt(r rune) {
	switch {
	case !s.digit(s.at + 1):
		s.add(token{kind: dash})
	case s.digit(s.at - 1):
		s.add(token{kind: joint})
	case r == '-':
		s.sign = -1
	default:
		s.sign = 1
	}
}

// number reads digits with at most one decimal sign.
func (s *scanner) number() {
	start := s.at
	for s.digit(s.at) {
		s.at++
	}
	t := token{kind: number, whole: s.at - start, sign: s.sign}
	text := s.line[start:s.at]
	if s.at < len(s.line) && s.line[s.at] == s.decimal && s.digit(s.at+1) {
		dot := s.at
		for s.at++; s.digit(s.at); s.at++ {
		}
		t.fraction = s.at - dot - 1
		text += "." + s.line[dot+1:s.at]
	}
	s.sign = 0
	var err error
	if t.value, err = strconv.ParseFloat(text, 64); err != nil || len(text) > maxDigits {
		t.kind = unknown
	}
	s.add(t)
}

// word reads letters. Words of scripts that are written without spaces are split into known words.
func (s *scanner) word() {
	start := s.at
	for s.at < len(s.line) {
		r, size := utf8.DecodeRuneInString(s.line[s.at:])
		if !unicode.IsLetter(r) && !unicode.IsMark(r) {
			break
		}
		s.at += size
	}
	word := strings.ToLower(s.line[start:s.at])
	if same, ok := lookalikes[word]; ok {
		word = same
	}
	if m, ok := meanings[word]; ok {
		first, _ := utf8.DecodeRuneInString(s.line[start:])
		s.addWord(word, unicode.IsUpper(first), m)
		return
	}
	for rest := word; rest != ""; {
		known := longestKnown(rest)
		if known == "" {
			s.add(token{kind: unknown})
			return
		}
		s.addWord(known, false, meanings[known])
		rest = rest[len(known):]
	}
}

func (s *scanner) addWord(word string, upper bool, m meaning) {
	if n := len(s.out); word == "l" && upper && n > 0 && s.out[n-1].kind == sideWord { // German: 11° ö. L.
		m = meaning{kind: axisWord, axis: longitude}
	}
	t := token{kind: m.kind, word: m, letter: utf8.RuneCountInString(word) == 1, upper: upper}
	if t.letter && !t.upper {
		t.text = word
	}
	s.add(t)
}

// longestKnown returns the longest known word of Chinese, Japanese or Korean with which s begins.
func longestKnown(s string) string {
	longest := ""
	for i, r := range s {
		if !unicode.In(r, unicode.Han, unicode.Hangul) {
			break
		}
		if end := i + utf8.RuneLen(r); meanings[s[:end]].kind != unknown {
			longest = s[:end]
		}
	}
	return longest
}
