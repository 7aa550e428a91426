package facts

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// words reads a number in words that starts at token i and returns the index behind it, i if there is none.
func (r *reader) words(i int) int {
	l := r.l
	if value, to, ok := r.namedDecade(i); ok {
		r.add(quantity{kind: decadeOf, values: []float64{value}}, i, to)
		return to
	}
	if c, ok := l.centuryName.get(r.word(i)); ok && r.tokens[i].upper { // "nel Cinquecento"
		if next := r.word(i + 1); !r.tokens[i].first || next == "" || l.stop.has(next) { // but "Cinquecento lampade"
			r.add(quantity{kind: span, from: int(c-1) * 100, to: int(c) * 100}, i, i+1)
			return i + 1
		}
	}
	value, to, isOrdinal, mild := r.numeral(i)
	if to == i {
		return i
	}
	if !isOrdinal && value >= 20 && value <= 90 && int(value)%10 == 0 && r.l.decadePrefix.has(r.word(i-1)) && !r.countContext(to) { // "années quatre-vingt"
		r.add(quantity{kind: decadeOf, values: []float64{value}}, i, to)
		return to
	}
	k := to
	if r.at(k).low == "-" && r.at(k).glued {
		k++
	}
	w := r.word(k)
	switch {
	case isOrdinal && value <= 21 && utf8.RuneCountInString(w) > 2 && l.century.has(w):
		r.addCentury(int(value), i, k+1)
		return k + 1
	case isOrdinal && value <= 21 && r.centuryBefore(i):
		r.addCentury(int(value), i, to)
		return to
	case utf8.RuneCountInString(w) > 2 && l.century.has(w) && value > 1: // "five centuries later"
		r.add(quantity{kind: cardinal, values: []float64{100 * value}, years: true, approx: true}, i, k+1)
		return k + 1
	case isOrdinal:
		if m, end := r.monthAt(to); m > 0 && value <= 31 {
			r.add(quantity{kind: date, day: int(value), month: m}, i, end)
			return end
		}
		if value > 1 {
			r.add(quantity{kind: ordinal, values: []float64{value}, mild: value <= 4}, i, to)
		}
		return to
	}
	if l.decadeWord.has(w) && value > 1 { // "seven decades"
		r.add(quantity{kind: cardinal, values: []float64{10 * value}, years: true, approx: true}, i, k+1)
		return k + 1
	}
	if d, ok := l.decade.get(w); ok && value >= 10 && value <= 20 && value == float64(int(value)) { // "eighteen-forties"
		from := int(value)*100 + int(d)
		r.add(quantity{kind: span, from: from, to: from + 9}, i, k+1)
		return k + 1
	}
	if value == 1 {
		return to
	}
	if w != "" && l.unit.has(w) {
		unit, _ := l.unit.get(w)
		switch unit {
		case "%":
			r.add(quantity{kind: percent, values: []float64{value}}, i, k+1)
		case "":
			r.add(quantity{kind: cardinal, values: []float64{value}}, i, k+1)
		default:
			r.add(quantity{kind: measure, values: []float64{value}, unit: unit}, i, k+1)
			return r.hundredths(value, unit, i, k+1)
		}
		return k + 1
	}
	if value >= 1000 && value <= 2100 && int(value)%10 == 0 && r.decadePrefixed(i) { // "anni duemila"
		r.add(quantity{kind: span, from: int(value), to: int(value) + 9}, i, to)
		return to
	}
	if value >= 1000 && value <= 2100 && value == float64(int(value)) && !r.countContext(to) && r.yearContext(i, to) {
		r.add(quantity{kind: year, from: int(value), to: int(value), values: []float64{value}, maybeYear: true}, i, to)
		return to
	}
	r.add(quantity{kind: cardinal, values: []float64{value}, years: r.yearsFollow(to), mild: mild && !r.yearsFollow(to)}, i, to)
	return to
}

// hundredths adds a length whose second part is told without a unit: "dois metros e vinte", "un metro e 75". The first part is added already. It returns the
// index behind all of it.
func (r *reader) hundredths(whole float64, unit string, from, k int) int {
	if unit != "m" || !r.l.join.has(r.word(k)) {
		return k
	}
	var part float64
	var to int
	if t := r.at(k + 1); t.kind == numberToken {
		part, _ = strconv.ParseFloat(t.low, 64)
		to = k + 2
	} else {
		part, to, _, _ = r.numeral(k + 1)
	}
	if part < 10 || part > 99 || r.l.unit.has(r.word(to)) || r.at(to).kind == wordToken && !r.l.stop.has(r.word(to)) {
		return k
	}
	r.out = r.out[:len(r.out)-1]
	r.add(quantity{kind: measure, values: []float64{whole + part/100, whole}, unit: unit}, from, to)
	return to
}

// namedDecade reads "the thirties" and its like without a century.
func (r *reader) namedDecade(i int) (value float64, to int, ok bool) {
	d, known := r.l.decade.get(r.word(i))
	if !known {
		return 0, i, false
	}
	before, after := r.word(i-1), r.word(i+1)
	switch r.l.code {
	case "en", "ar":
		return d, i + 1, true
	case "ru", "uk", "pl":
		return d, i + 1, r.l.yearWord.has(after) || r.l.decadePrefix.has(after) || r.l.decadePrefix.has(before) || r.l.yearWord.has(before)
	case "de":
		return d, i + 1, r.l.yearWord.has(after) || before == "den" || before == "der" || before == "die"
	default: // "anni Trenta", "los noventa" without a noun
		return d, i + 1, r.l.decadePrefix.has(before) || r.l.decadeArticle.has(before) && (after == "" || r.l.stop.has(after) && !r.l.join.has(after))
	}
}

// numeral reads cardinals, or cardinals that end in an ordinal, from token i on.
func (r *reader) numeral(i int) (value float64, to int, isOrdinal, mild bool) {
	l := r.l
	total, current := 0.0, 0.0
	found := false
	words := 0
	k := i
	for k < len(r.tokens) {
		w := r.word(k)
		if w == "" {
			if r.at(k).low == "-" && r.at(k).glued && found && r.at(k+1).kind == wordToken && r.isNumeral(r.word(k+1)) {
				k++
				continue
			}
			break
		}
		if !found && r.at(k+1).low == "-" { // words with a hyphen that stand in the list as one
			if v, end, ok := r.hyphened(k); ok {
				return v, end, true, v <= 4
			}
		}
		if v, ok := l.ord.get(w); ok && l.code == "ar" && !found && (r.word(k+1) == "عشر" || r.word(k+1) == "عشرة") {
			return v + 10, k + 2, true, false
		}
		if v, ok := l.ord.get(w); ok && (!found || v <= 100) && !(found && v == 1) {
			return total + current + v, k + 1, true, total+current+v <= 4
		}
		if v, ok := l.card.get(w); ok {
			if v == 0 { // a vague number
				break
			}
			if found && current > 0 && v >= 10 && v < 100 && current >= 10 && current < 100 && l.code == "en" { // "nineteen thirty-four"
				current = current*100 + v
			} else if found && v == 1 && r.at(k-1).low != "-" && (w == "a" || w == "un" || w == "une") {
				break
			} else if l.code == "fr" && v == 20 && r.word(k-2) == "quatre" && r.at(k-1).low == "-" { // quatre-vingt
				current += 76
			} else {
				current += v
			}
			found, words, k = true, words+1, k+1
			continue
		}
		if v, ok := l.scale.get(w); ok {
			if l.vague.has(w) && !found {
				return 0, i, false, false
			}
			if !found && (l.code != "tr" && v > 1000 || strings.HasSuffix(w, "s") && l.code == "en") {
				return 0, i, false, false // "millions of"
			}
			if v == 100 {
				current = max(1, current) * v
			} else {
				total += max(1, current) * v
				current = 0
			}
			found, words, k = true, words+1, k+1
			continue
		}
		if l.compound {
			if v, ok := l.compoundOf(w); ok {
				current += v
				found, words, k = true, words+1, k+1
				continue
			}
		}
		if found && l.join.has(w) && r.isNumeral(r.word(k+1)) && (total+current >= 20 || l.code == "ar") {
			if v, ok := l.card.get(r.word(k + 1)); !ok || v != 1 || l.code != "en" {
				k++
				continue
			}
		}
		if rest, ok := strings.CutPrefix(w, "و"); ok && found && l.code == "ar" {
			if v, ok := l.card.get(rest); ok {
				current += v
				k++
				continue
			}
			if v, ok := l.scale.get(rest); ok {
				current += v
				k++
				continue
			}
		}
		break
	}
	if !found {
		return 0, i, false, false
	}
	if half := r.halfAt(k); half > k && total >= 1000 { // "two million and a half"
		scale, _ := l.scale.get(r.word(k - 1))
		total, k = total+scale/2, half
	}
	value = total + current
	return value, k, false, value <= 4 || words == 1 && value == 10 && l.code == "tr"
}

// halfAt returns the index behind "and a half" at token k, k if it is not there.
func (r *reader) halfAt(k int) int {
	for n := range 3 {
		w := r.word(k + n)
		if r.l.half.has(w) {
			return k + n + 1
		}
		if w == "" || !r.l.join.has(w) && w != "a" && w != "с" && w != "з" && w != "et" {
			break
		}
	}
	return k
}

// hyphened reads an ordinal such as "dix-septième" that stands in the list with its hyphens.
func (r *reader) hyphened(k int) (value float64, to int, ok bool) {
	word := r.word(k)
	for j := k + 1; j+1 < len(r.tokens) && j < k+6 && r.at(j).low == "-" && r.at(j).glued && r.at(j+1).kind == wordToken; j += 2 {
		word += "-" + r.word(j+1)
		if v, known := r.l.ord.get(word); known {
			value, to, ok = v, j+2, true
		}
	}
	return value, to, ok
}

func (r *reader) isNumeral(w string) bool {
	if w == "" {
		return false
	}
	if v, ok := r.l.card.get(w); ok {
		return v > 0
	}
	if r.l.scale.has(w) || r.l.ord.has(w) || r.l.decade.has(w) {
		return true
	}
	if r.l.compound {
		_, ok := r.l.compoundOf(w)
		return ok
	}
	return false
}

// compoundOf reads numerals that are written together: "fünfundneunzig", "millenovecento", "dokuzyüz". The whole word must be used.
func (l *lexicon) compoundOf(word string) (float64, bool) {
	if len(word) < 5 {
		return 0, false
	}
	total, current, parts := 0.0, 0.0, 0
	for rest := word; rest != ""; {
		best := segment{}
		for _, s := range l.segments {
			if len(s.text) > len(best.text) && strings.HasPrefix(rest, s.text) {
				best = s
			}
		}
		if best.text == "" {
			if next, ok := strings.CutPrefix(rest, "und"); ok && parts > 0 && l.code == "de" {
				rest = next
				continue
			}
			if next := strings.TrimPrefix(rest, "o"); l.code == "it" && parts > 0 && next != rest {
				rest = next
				continue
			}
			return 0, false
		}
		switch {
		case !best.scale:
			current += best.value
		case best.value == 100:
			current = max(1, current) * 100
		default:
			total += max(1, current) * best.value
			current = 0
		}
		rest = rest[len(best.text):]
		parts++
	}
	return total + current, parts > 1
}

var romanDigits = map[rune]int{'i': 1, 'v': 5, 'x': 10, 'l': 50, 'c': 100, 'd': 500, 'm': 1000, 'і': 1, 'х': 10} // with Cyrillic letters that look alike

// romanValue returns the value of a Roman numeral in lower case, 0 if it is none.
func romanValue(low string) int {
	total, previous := 0, 0
	for _, r := range low {
		v := romanDigits[r]
		if v == 0 {
			return 0
		}
		if previous > 0 && previous < v {
			total += v - 2*previous
		} else {
			total += v
		}
		previous = v
	}
	if total > 3000 {
		return 0
	}
	return total
}

// roman reads a Roman numeral at token i: a century, a year in capitals or the number of a ruler.
func (r *reader) roman(i int) int {
	t := r.tokens[i]
	if !t.upper || len(t.low) > 12 {
		return i
	}
	low, suffix := t.low, ""
	for _, s := range []string{"ème", "e", "er", "th", "º", "o"} { // "XVIIIe"
		if head, ok := strings.CutSuffix(low, s); ok && romanValue(head) > 0 && strings.ToUpper(head) == r.text[t.start:t.start+len(head)] {
			low, suffix = head, s
			break
		}
	}
	n := romanValue(low)
	if n == 0 || strings.ToUpper(low) != r.text[t.start:t.start+len(low)] {
		return i
	}
	k := i + 1
	if r.at(k).low == "-" && r.at(k).glued && r.at(k+1).kind == wordToken && len(r.word(k+1)) <= 4 && romanValue(r.word(k+1)) == 0 { // "XIX-го"
		k += 2
	}
	if r.at(k).low == "." && r.at(k).glued {
		k++
	}
	if r.isCentury(k) && n <= 21 {
		r.addCentury(n, i, k+1)
		return k + 1
	}
	before := r.at(i - 1)
	if n <= 21 && r.centuryBefore(i) {
		r.addCentury(n, i, i+1)
		return i + 1
	}
	// "XVII-XVIII век", "XVII и XVIII веков": the century's word stands behind the second number.
	for ahead := i + 1; ahead <= i+6 && ahead < len(r.tokens); ahead++ {
		a := r.at(ahead)
		if a.kind == wordToken && r.isCentury(ahead) && n <= 21 {
			r.add(quantity{kind: span, from: (n - 1) * 100, to: n * 100}, i, i+1)
			return i + 1
		}
		if a.kind == wordToken && !r.l.join.has(a.low) && romanValue(strings.TrimSuffix(a.low, "e")) == 0 && a.low != "e" && a.low != "et" && a.low != "y" && a.low != "и" && a.low != "і" && a.low != "i" && a.low != "bis" && a.low != "au" && a.low != "to" {
			break
		}
	}
	if n >= 1000 && len(low) >= 3 {
		r.add(quantity{kind: year, from: n, to: n}, i, i+1)
		return i + 1
	}
	if suffix != "" && suffix != "e" && suffix != "er" {
		return i
	}
	if r.l.code == "tr" && r.at(i+1).low == "." && r.at(i+2).upper && n <= 30 { // "IV. Murad"
		r.add(quantity{kind: regnal, values: []float64{float64(n)}, unit: plainLetters(r.word(i + 2))}, i, i+1)
		return i + 2
	}
	if before.kind == wordToken && before.upper && n <= 30 && !(n == 1 && r.l.code == "en" && before.first) && len(low) <= 5 {
		r.add(quantity{kind: regnal, values: []float64{float64(n)}, unit: plainLetters(before.low)}, i, i+1)
		return i + 1
	}
	return i
}
