// Package wikitext turns the text of Wikipedia articles, as TextExtracts returns it, into text that can be shown and told: it removes the
// leftovers of markup, splits an article into its sections and cuts passages for the model. It is pure and knows no places, people or
// network. All functions take time linear in the length of their input.
package wikitext

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean returns text without the leftovers of markup and without sentences that hold addresses of the network, telephone numbers, accounts
// or payment addresses, or that speak to a language model. Paragraphs are separated by one line end; lines that are headings or items of a list are dropped. Cleaning twice
// is the same as cleaning once. The result may be empty.
func Clean(text string) string {
	// One step may uncover work for another (an entity that hides a bracket), so the steps are repeated until nothing changes. Real text
	// settles in the second round.
	for range 6 {
		next := clean(text)
		if next == text {
			return text
		}
		text = next
	}
	// Text made to never settle loses the signs it is made of.
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune("&<>{}[]()（）;", r) {
			return -1
		}
		return r
	}, text)
	for range 6 {
		next := clean(text)
		if next == text {
			return text
		}
		text = next
	}
	return ""
}

func clean(text string) string {
	text = visible(html.UnescapeString(text))
	text = withoutMarkup(text)
	text = withoutNotes(text)
	text = withoutAsides(text)
	var out strings.Builder
	out.Grow(len(text))
	for line := range strings.SplitSeq(text, "\n") {
		line = unglue(tidy(line))
		if line == "" || isHeading(line) || isLeftover(line) {
			continue
		}
		kept := 0
		for _, s := range Sentences(line) {
			if plain := plainSigns(s); hasContact(plain) || isGap(s) || speaksToModel(plain) || isNoise(s) {
				continue
			}
			switch {
			case kept > 0 && !cjkStart(s):
				out.WriteByte(' ')
			case kept == 0 && out.Len() > 0:
				out.WriteByte('\n')
			}
			out.WriteString(s)
			kept++
		}
	}
	return out.String()
}

// visible returns text in NFC without control, invisible and private characters and without the stress marks of Cyrillic text. Special
// spaces become plain ones. Joiners stay where a script needs them.
func visible(text string) string {
	text = norm.NFC.String(strings.ToValidUTF8(text, ""))
	var out strings.Builder
	out.Grow(len(text))
	previous, marks := rune(0), 0
	for i, r := range text {
		switch {
		case r >= ' ' && r <= '~', r == '\n':
		case r == '\r' || r == '\u2028' || r == '\u2029' || r == '\v' || r == '\f' || r == '\u0085':
			r = '\n'
		case r == '\t' || unicode.Is(unicode.Zs, r):
			r = ' '
		case r == '\u200c' || r == '\u200d':
			next, _ := utf8.DecodeRuneInString(text[i+3:])
			if !joins(previous) || !joins(next) {
				continue
			}
		case (r == '\u0301' || r == '\u0300') && unicode.Is(unicode.Cyrillic, previous):
			continue
		case marks >= mostMarks && unicode.Is(unicode.Mn, r):
			continue
		case unicode.Is(unicode.C, r) || unicode.Is(unicode.Me, r) || unicode.Is(unicode.Variation_Selector, r) || r == utf8.RuneError || r == '\ufffc':
			continue
		}
		if marks++; r < 0x300 || !unicode.Is(unicode.Mn, r) {
			marks = 0
		}
		out.WriteRune(r)
		previous = r
	}
	return norm.NFC.String(out.String())
}

// mostMarks is how many marks may stand over and under one letter.
const mostMarks = 3

// joins reports whether r belongs to a script that is written with joiners.
func joins(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Devanagari, unicode.Bengali, unicode.Gujarati, unicode.Gurmukhi, unicode.Kannada,
		unicode.Malayalam, unicode.Oriya, unicode.Sinhala, unicode.Tamil, unicode.Telugu, unicode.Khmer, unicode.Myanmar)
}

// tidy mends the spaces and the punctuation that removed parts leave behind.
func tidy(line string) string {
	line = strings.Join(strings.Fields(line), " ")
	for _, fix := range []struct{ wrong, right string }{
		{" ,", ","}, {" .", "."}, {" )", ")"}, {"( ", "("}, {" ]", "]"}, {"[ ", "["}, {",,", ","}, {",.", "."}, {", ;", ";"}, {" ，", "，"}, {" 。", "。"},
	} {
		if strings.Contains(line, fix.wrong) {
			line = replaceAll(line, fix.wrong, fix.right)
		}
	}
	return strings.TrimSpace(strings.TrimLeft(line, ",;"))
}

// replaceAll replaces until nothing is left to replace; an ellipsis that stands apart (" ...") stays.
func replaceAll(line, wrong, right string) string {
	if wrong != " ." {
		for strings.Contains(line, wrong) {
			line = strings.ReplaceAll(line, wrong, right)
		}
		return line
	}
	var out strings.Builder
	for {
		before, after, found := strings.Cut(line, wrong)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		if next, _ := utf8.DecodeRuneInString(after); next == '.' || unicode.IsLetter(next) || unicode.IsDigit(next) {
			out.WriteString(wrong) // "..." apart, ".NET", ".45"
		} else {
			out.WriteString(right)
		}
		line = after
	}
}

// unglue puts a space between two sentences that lost it ("in 1888.In 1901"). Names with a dot (Booking.com, U.S.A.) stay.
func unglue(line string) string {
	if !strings.ContainsAny(line, ".!?") {
		return line
	}
	var out strings.Builder
	var before [3]rune
	done := 0
	for i, r := range line {
		if r == '.' || r == '!' || r == '?' {
			next, size := utf8.DecodeRuneInString(line[i+1:])
			if unicode.IsUpper(next) {
				second, _ := utf8.DecodeRuneInString(line[i+1+size:])
				lower := unicode.IsLower(before[0]) && unicode.IsLower(before[1]) && unicode.IsLower(before[2])
				number := unicode.IsDigit(before[0]) && unicode.IsDigit(before[1]) && unicode.IsDigit(before[2])
				closing := before[2] != 0 && strings.ContainsRune(")]»”\"", before[2])
				if (lower || number || closing) && (unicode.IsLower(second) || second == ' ') {
					out.WriteString(line[done : i+1])
					out.WriteByte(' ')
					done = i + 1
				}
			}
		}
		before = [3]rune{before[1], before[2], r}
	}
	if done == 0 {
		return line
	}
	out.WriteString(line[done:])
	return out.String()
}

// isLeftover reports whether a line is an item of a list, a caption or a heading that lost its signs: it has no end of a sentence and is
// short, or starts with a sign of a list.
func isLeftover(line string) bool {
	first, _ := utf8.DecodeRuneInString(line)
	if strings.ContainsRune("*#•·◦▪|!", first) {
		return true
	}
	if !strings.ContainsFunc(line, unicode.IsLetter) {
		return true
	}
	return utf8.RuneCountInString(line) < 80 && !EndsSentence(line)
}

// gaps are the words before which a template's number was lost ("a span of and a height of .").
var gaps = []string{" of.", " of,", " of and ", " is.", " at.", " by.", " to.", " about.", " some.", " von.", " rund.", " etwa.", " auf.", " около.", " примерно.", " высотой.", " длиной.", " de.", " d'environ."}

// isGap reports whether a sentence lost a number and does not make sense without it.
func isGap(sentence string) bool {
	for _, gap := range gaps {
		if strings.HasSuffix(gap, ".") {
			if strings.HasSuffix(sentence, gap) {
				return true
			}
		} else if strings.Contains(sentence, gap) {
			return true
		}
	}
	return false
}

func cjkStart(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}
