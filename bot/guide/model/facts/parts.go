package facts

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// part is a piece of a sentence that tells of one thing: what stands between commas, or between two numbers that "and" joins.
type part struct {
	sentence int
	from, to int      // tokens
	features []string // what it tells of, for comparison with other parts
	counters []string // the words right behind its numbers
	held     []int    // the numbers of the text in it
}

// class says which numbers can be taken for one another.
type class uint8

const (
	noClass class = iota
	times         // years, decades and centuries
	sizes         // measures
	amounts       // everything else that is counted
)

func classOf(q quantity) class {
	switch q.kind {
	case year:
		return times
	case span:
		if q.to-q.from < 150 {
			return times
		}
	case measure:
		return sizes
	case cardinal, percent, ordinal:
		return amounts
	}
	return noClass
}

// partsOf cuts a text with its numbers, which are sorted by where they stand.
func partsOf(l *lexicon, tokens []token, found []quantity, known words) []part {
	var list []part
	next := 0
	for _, bounds := range clausesOf(tokens) {
		for next < len(found) && found[next].start < tokens[bounds[0]].start {
			next++
		}
		within := next
		for within < len(found) && found[within].start < tokens[bounds[1]-1].end {
			within++
		}
		for _, b := range splitAtJoins(l, tokens, found[next:within], bounds) {
			p := part{sentence: tokens[b[0]].sentence, from: b[0], to: b[1]}
			for next < len(found) && found[next].start < tokens[b[0]].start {
				next++
			}
			for i := next; i < len(found) && found[i].start < tokens[b[1]-1].end; i++ {
				p.held = append(p.held, i)
			}
			p.read(l, tokens, found, known)
			if n := len(list); n > 0 && list[n-1].sentence == p.sentence && len(list[n-1].features) == 0 { // "In 1977," belongs to what follows
				before := list[n-1]
				p.from, p.held, p.counters = before.from, append(before.held, p.held...), append(before.counters, p.counters...)
				list[n-1] = p
				continue
			}
			list = append(list, p)
		}
	}
	return list
}

// splitAtJoins cuts a clause with its numbers at "and" between two of them that are of one class, if words stand between the first of them and the "and".
func splitAtJoins(l *lexicon, tokens []token, found []quantity, b [2]int) [][2]int {
	const many = 40 // numbers in one clause: a list
	if len(found) < 2 || len(found) > many {
		return [][2]int{b}
	}
	var list [][2]int
	start := b[0]
	for i := b[0] + 1; i < b[1]-1; i++ {
		if tokens[i].kind != wordToken || !l.join.has(tokens[i].low) {
			continue
		}
		before, after := noClass, noClass
		end := 0
		for _, q := range found {
			switch {
			case q.start >= tokens[start].start && q.end <= tokens[i].start:
				before, end = classOf(q), q.end
			case q.start >= tokens[i].end && q.end <= tokens[b[1]-1].end && after == noClass:
				after = classOf(q)
			}
		}
		words := 0
		for k := start; k < i; k++ {
			if tokens[k].start >= end && tokens[k].kind == wordToken && !l.stop.has(tokens[k].low) && !l.yearWord.has(tokens[k].low) {
				words++
			}
		}
		if before != noClass && before == after && words > 0 {
			list = append(list, [2]int{start, i})
			start = i + 1
		}
	}
	return append(list, [2]int{start, b[1]})
}

// clausesOf returns the ranges of tokens between the signs that part clauses.
func clausesOf(tokens []token) [][2]int {
	var list [][2]int
	start := 0
	for i, t := range tokens {
		ends := t.kind == markToken && (t.low == "," || t.low == ";" || t.low == "，" || t.low == "、" || t.low == "：" || t.low == "،" || t.low == "؛" || t.low == ":")
		if i >= start && (t.sentence != tokens[start].sentence || ends) {
			if i > start {
				list = append(list, [2]int{start, i})
			}
			start = i
			if ends {
				start = i + 1
			}
		}
	}
	if start < len(tokens) {
		list = append(list, [2]int{start, len(tokens)})
	}
	return list
}

// read collects what a part tells of: its words without stop words, numerals, units and words of the calendar, and without those of known. In Chinese,
// Japanese and Korean these are pairs of characters.
func (p *part) read(l *lexicon, tokens []token, found []quantity, known words) {
	for i := p.from; i < p.to; i++ {
		t := tokens[i]
		if t.kind != wordToken {
			continue
		}
		if l.cjk {
			for _, pair := range pairs(t.low) {
				if !known.has(pair) {
					p.features = append(p.features, pair)
				}
			}
			continue
		}
		if w := feature(l, t.low); w != "" && !known.has(w) {
			p.features = append(p.features, w)
		}
	}
	for _, i := range p.held {
		if q := found[i]; classOf(q) == amounts || classOf(q) == sizes {
			p.counters = append(p.counters, behind(l, tokens, p.from, p.to, q.end))
		}
	}
	slices.Sort(p.features)
	p.features = slices.Compact(p.features)
}

// feature returns a word as it is compared, "" if it tells nothing of what a sentence is about.
func feature(l *lexicon, low string) string {
	if l.stop.has(low) || l.unit.has(low) || l.month.has(low) || l.yearWord.has(low) || l.yearCount.has(low) || l.century.has(low) || l.approx.has(low) ||
		l.decade.has(low) || l.decadeWord.has(low) || l.decadePrefix.has(low) || l.card.has(low) || l.scale.has(low) || l.ord.has(low) || l.centuryName.has(low) || strings.Trim(low, "ivx") == "" {
		return ""
	}
	if l.code == "ar" {
		low = withoutArticle(low)
	}
	if utf8.RuneCountInString(low) < 3 {
		return ""
	}
	return plainLetters(low)
}

// withoutArticle cuts what Arabic writes together with a word: and, the, for, with.
func withoutArticle(low string) string {
	for _, prefix := range []string{"وال", "بال", "لل", "ال", "و"} {
		if rest, ok := cutPrefix(low, prefix); ok && utf8.RuneCountInString(rest) >= 3 {
			return rest
		}
	}
	return low
}

func cutPrefix(s, prefix string) (string, bool) {
	if len(s) > len(prefix) && s[:len(prefix)] == prefix {
		return s[len(prefix):], true
	}
	return s, false
}

// pairs returns the pairs of neighbouring characters of a run that carry meaning: not those that begin with Japanese syllables, which are mostly
// grammar, and none with numerals.
func pairs(run string) []string {
	var list []string
	var before rune
	width := 0
	for i, r := range run {
		if carries(before) && (carries(r) || unicode.Is(unicode.Hiragana, r)) {
			list = append(list, run[i-width:i+utf8.RuneLen(r)])
		}
		before, width = r, utf8.RuneLen(r)
	}
	return list
}

// carries reports whether a character can begin a pair.
func carries(r rune) bool {
	if _, digit := hanDigits[r]; digit && r != '元' {
		return false
	}
	if _, scale := hanScales[r]; scale {
		return false
	}
	switch r {
	case '年', '月', '日', '世', '紀', '纪', '년', '월':
		return false
	}
	return unicode.In(r, unicode.Han, unicode.Katakana, unicode.Hangul) || r == 'ー'
}

// behind returns what stands right behind a number: the next word that counts as a feature, or the counter of an East Asian language.
func behind(l *lexicon, tokens []token, from, to, end int) string {
	for i := from; i < to; i++ {
		t := tokens[i]
		if t.end <= end || t.kind != wordToken {
			continue
		}
		if l.cjk {
			start := max(t.start, end)
			r, _ := utf8.DecodeRuneInString(t.low[start-t.start:])
			return string(r)
		}
		if w := feature(l, t.low); w != "" {
			return w
		}
		if !l.stop.has(t.low) {
			return ""
		}
	}
	return ""
}
