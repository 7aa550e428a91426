package facts

import (
	"unicode/utf8"
)

// scaled multiplies values by the words for thousands and millions from token j on.
func (r *reader) scaled(values []float64, j int) ([]float64, int) {
	k := j
	for r.at(k).kind == wordToken {
		factor, ok := r.l.scale.get(r.word(k))
		if !ok {
			break
		}
		next := make([]float64, len(values))
		for n, v := range values {
			next[n] = v * factor
		}
		values = next
		if k++; r.at(k).low == "." && r.at(k).glued && r.at(k+1).kind == wordToken && !r.at(k+1).upper { // "тыс."
			k++
		}
	}
	return values, k
}

// decadeEnd returns the last year of "the 1930s"; "the 1600s" are a century.
func decadeEnd(from int) int {
	if from%100 == 0 {
		return from + 99
	}
	return from + 9
}

// centuryAt reports whether a word for century stands at token k, perhaps behind a second number ("17th-18th century"), and returns the
// index behind it.
func (r *reader) centuryAt(k, n int) (to, last int, ok bool) {
	for range 2 {
		if w := r.word(k); r.at(k).low == "-" || w != "" && utf8.RuneCountInString(w) <= 3 && r.at(k+1).kind == numberToken && len(r.at(k+1).low) <= 2 {
			k++ // "17th-18th", "с 11 по 13"
		}
		if r.isCentury(k) {
			return k + 1, n, true
		}
		if r.at(k).kind == numberToken && len(r.at(k).low) <= 2 { // the second one is read by itself
			k++
			if r.at(k).glued {
				k++
			}
			if r.isCentury(k) {
				return k - 1, n, true
			}
			return 0, 0, false
		}
		if w := r.word(k); w != "" && r.at(k).glued && ordinalEndings[w] {
			k++
			continue
		}
		return 0, 0, false
	}
	return 0, 0, false
}

// isCentury reports whether token k is a word for century; an abbreviation needs its dot.
func (r *reader) isCentury(k int) bool {
	w := r.word(k)
	if w == "" || !r.l.century.has(w) {
		return false
	}
	return utf8.RuneCountInString(w) > 2 || r.at(k+1).low == "." && r.at(k+1).glued
}

// centuryBefore reports whether the word before token i is one for century, in languages that write it first.
func (r *reader) centuryBefore(i int) bool {
	w := r.word(i - 1)
	return utf8.RuneCountInString(w) > 2 && r.l.century.has(w)
}

// decadePrefixed reports whether a word such as "années" stands before token i, perhaps with "de" between.
func (r *reader) decadePrefixed(i int) bool {
	if r.l.decadePrefix.has(r.word(i - 1)) {
		return true
	}
	w := r.word(i - 1)
	if r.l.join.has(w) && len(r.out) > 0 { // "the decades of 1750 and 1760"
		if last := r.out[len(r.out)-1]; last.kind == span && last.to-last.from == 9 && last.end+len(w)+2 >= r.tokens[i].start {
			return true
		}
	}
	return (w == "de" || w == "dos" || w == "del" || w == "des" || w == "degli") && r.l.decadePrefix.has(r.word(i-2))
}

// addCentury adds the n-th century, before Christ if a mark follows.
func (r *reader) addCentury(n, from, to int) {
	k := to
	if r.at(k).low == "." {
		k++
	}
	if end := r.bceAt(k); end > 0 {
		r.add(quantity{kind: span, from: -n * 100, to: -(n - 1) * 100}, from, end)
		return
	}
	r.add(quantity{kind: span, from: (n - 1) * 100, to: n * 100}, from, to)
}

// yearsFollow reports whether token k or one of the two behind it says that years are counted ("сто с лишним лет").
func (r *reader) yearsFollow(k int) bool {
	for n := range 3 {
		w := r.word(k + n)
		if w == "" {
			return false
		}
		if r.l.yearCount.has(w) || n == 0 && r.l.yearWord.has(w) {
			return true
		}
		if !r.l.stop.has(w) && !r.l.approx.has(w) {
			return false
		}
	}
	return false
}
