package facts

import (
	"slices"
	"strconv"
	"strings"
)

type quantityKind uint8

const (
	cardinal quantityKind = iota
	year                  // from..to are equal
	span                  // of years from..to: a decade or a century
	decadeOf              // a decade of an unnamed century: values[0] is 20, 30, ...
	percent
	ordinal
	regnal // the number of a ruler
	measure
	date // day and month
	nothing
)

// quantity is one number of a text.
type quantity struct {
	kind       quantityKind
	values     []float64 // the readings of a number: "1,900" is 1900 or 1.9
	from, to   int       // years
	day, month int
	unit       string // of a measure; of a ruler's number the name
	approx     bool   // the text says that it is not exact
	years      bool   // it counts years
	maybeYear  bool   // four digits that may be a year or a count
	mild       bool   // too common a word to refuse a story for
	start, end int
	sentence   int
}

// reader walks through the tokens of a text.
type reader struct {
	l      *lexicon
	text   string
	tokens []token
	source bool
	out    []quantity
}

// quantities returns the numbers of a text.
func quantities(l *lexicon, text string, tokens []token, source bool) []quantity {
	if l.cjk {
		return decadesOfCenturies(ideographic(l, text, tokens))
	}
	r := reader{l: l, text: text, tokens: tokens, source: source}
	for i := 0; i < len(tokens); {
		next := i + 1
		switch t := tokens[i]; t.kind {
		case numberToken:
			next = r.digits(i)
		case wordToken:
			if n := r.words(i); n > i {
				next = n
			} else if n := r.roman(i); n > i {
				next = n
			}
		}
		i = next
	}
	return decadesOfCenturies(r.out)
}

// decadesOfCenturies joins a decade with the century beside it: "the thirties of the 20th century".
func decadesOfCenturies(found []quantity) []quantity {
	isCentury := func(i int) bool {
		return i >= 0 && i < len(found) && found[i].kind == span && found[i].to-found[i].from == 100
	}
	drop := false
	for i := range found {
		d := &found[i]
		if d.kind != decadeOf {
			continue
		}
		for _, k := range []int{i + 1, i - 1} {
			if !isCentury(k) || found[k].sentence != d.sentence || max(found[k].start-d.end, d.start-found[k].end) > besideCentury {
				continue
			}
			from := found[k].from + int(d.values[0])
			d.kind, d.from, d.to, d.values = span, from, from+9, nil
			d.start, d.end = min(d.start, found[k].start), max(d.end, found[k].end)
			found[k].kind = nothing
			drop = true
			break
		}
	}
	if drop {
		found = slices.DeleteFunc(found, func(q quantity) bool { return q.kind == nothing })
	}
	return found
}

// besideCentury is how many bytes may lie between a decade and its century: "лет первой половины".
const besideCentury = 24

func (r *reader) at(i int) token {
	if i < 0 || i >= len(r.tokens) {
		return token{kind: markToken}
	}
	return r.tokens[i]
}

func (r *reader) word(i int) string {
	if t := r.at(i); t.kind == wordToken {
		return t.low
	}
	return ""
}

func (r *reader) add(q quantity, from, to int) {
	q.start, q.end = r.tokens[from].start, r.tokens[min(to, len(r.tokens))-1].end
	q.sentence = r.tokens[from].sentence
	if !q.approx {
		q.approx = r.approximate(from, to)
	}
	r.out = append(r.out, q)
}

// approximate reports whether a word for "about", "nearly" or "over" stands within three words before the number or right behind it.
func (r *reader) approximate(from, to int) bool {
	for i := from - 1; i >= max(0, from-3); i-- {
		if t := r.tokens[i]; t.sentence == r.tokens[from].sentence && t.kind == wordToken && r.l.approx.has(t.low) {
			return true
		}
	}
	return r.l.approx.has(r.word(to))
}

var noSeparators = strings.NewReplacer(",", "", ".", "", " ", "", "'", "")

// readings returns what digits with separators can mean.
func readings(digits string) []float64 {
	plain := noSeparators.Replace(digits)
	whole, err := strconv.ParseFloat(plain, 64)
	if err != nil {
		return nil
	}
	separators := strings.IndexAny(digits, ",. '")
	if separators < 0 {
		return []float64{whole}
	}
	var list []float64
	last := strings.LastIndexAny(digits, ",.")
	groups := strings.FieldsFunc(digits, func(r rune) bool { return strings.ContainsRune(",. '", r) })
	grouped := len(groups[len(groups)-1]) == 3
	for i, group := range groups {
		grouped = grouped && (len(group) == 3 || i == 0 && len(group) <= 3 || len(group) == 2 && i > 0) // lakhs too: "12,34,567"
	}
	if grouped {
		list = append(list, whole)
	}
	if last >= 0 {
		head := noSeparators.Replace(digits[:last])
		if v, err := strconv.ParseFloat(head+"."+digits[last+1:], 64); err == nil {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		list = append(list, whole)
	}
	return list
}

var decadeEndings = map[string]bool{
	"s": true, "'s": true, "х": true, "е": true, "м": true, "ми": true, "ті": true, "тих": true, "і": true, "er": true, "ern": true, "ler": true, "lerde": true,
	"lu": true, "lı": true, "li": true, "lerin": true, "ların": true, "larda": true, "lar": true, "ых": true, "ые": true, "те": true,
}

var ordinalEndings = map[string]bool{
	"st": true, "nd": true, "rd": true, "th": true, "e": true, "er": true, "ère": true, "ème": true, "eme": true, "º": true, "ª": true, "o": true, "a": true,
	"й": true, "я": true, "ая": true, "го": true, "му": true, "м": true, "ый": true, "ой": true, "ого": true, "ому": true, "ая́": true, "те": true, "ше": true,
	"inci": true, "ıncı": true, "uncu": true, "üncü": true, "nci": true, "ncı": true, "वीं": true, "वाँ": true, "वें": true, "та": true, "ша": true, "ій": true, "гого": true,
}

// digits reads the number at token i and returns the index behind everything that belongs to it.
func (r *reader) digits(i int) int {
	t := r.tokens[i]
	if day, month, y, ok := numericDate(t.low); ok {
		r.add(quantity{kind: date, day: day, month: month}, i, i+1)
		if y > 0 {
			r.add(quantity{kind: year, from: y, to: y}, i, i+1)
		}
		return i + 1
	}
	values := readings(t.low)
	if len(values) == 0 {
		return i + 1
	}
	plain := !strings.ContainsAny(t.low, ",. '")
	n := int(values[0])
	j := i + 1
	ending, ended := "", j
	if next := r.at(j); next.kind == wordToken && next.glued {
		ending, ended = next.low, j+1
	} else if (next.low == "-" || next.low == "'") && next.glued && r.at(j+1).kind == wordToken && r.at(j+1).glued && len(r.at(j+1).low) <= 10 {
		ending, ended = r.at(j+1).low, j+2
	}
	dotted := r.at(j).low == "." && r.at(j).glued
	afterDot := j
	if dotted {
		afterDot = j + 1
	}
	// Centuries: "19th century", "19. Jahrhundert", "XIX" is read elsewhere.
	if plain && n >= 1 && n <= 21 {
		for _, k := range []int{ended, afterDot, j} {
			if to, last, ok := r.centuryAt(k, n); ok {
				r.addCentury(last, i, to)
				return to
			}
		}
	}
	if plain && n >= 1 && n <= 21 && r.centuryBefore(i) {
		r.addCentury(n, i, i+1)
		return i + 1
	}
	// Decades: "1930s", "1930-х", "1930er", "années 1930", "1930s" may be a century if it ends in 00.
	if plain && n%10 == 0 && (len(t.low) == 4 || len(t.low) == 2) && ending != "" && decadeEndings[ending] && !(r.l.code == "ru" && (ending == "м" || ending == "е") && !r.l.yearWord.has(r.word(ended))) {
		if len(t.low) == 2 {
			if n >= 20 {
				r.add(quantity{kind: decadeOf, values: []float64{float64(n)}}, i, ended)
				return ended
			}
		} else {
			r.add(quantity{kind: span, from: n, to: decadeEnd(n)}, i, ended)
			return ended
		}
	}
	if plain && len(t.low) == 2 && n%10 == 0 && n >= 20 && r.decadePrefixed(i) {
		r.add(quantity{kind: decadeOf, values: []float64{float64(n)}}, i, j)
		return j
	}
	if plain && len(t.low) == 4 && n%10 == 0 && (r.decadePrefixed(i) || r.l.decadeWord.has(r.word(j)) || r.l.code == "fr" && r.word(i-1) == "mille") {
		r.add(quantity{kind: span, from: n, to: decadeEnd(n)}, i, j)
		return j
	}
	// Percentages and measures.
	unitAt := j
	switch {
	case ending == "м" && ended == j+2: // "в 1607-м": an ordinal, not metres
	case ending != "" && r.l.unit.has(ending):
		unitAt = ended - 1
	case r.at(j).low == "-" && r.at(j).glued:
		unitAt = j + 1 // "214-metre"
	}
	scaled, k := r.scaled(values, j)
	if k > j {
		values, unitAt, plain = scaled, k, false
	}
	switch {
	case r.at(unitAt).low == "%" || r.at(i-1).low == "%":
		r.add(quantity{kind: percent, values: values}, i, max(j, min(unitAt+1, len(r.tokens))))
		return unitAt + 1
	case r.word(unitAt) != "":
		if unit, ok := r.l.unit.get(r.word(unitAt)); ok {
			square := r.word(unitAt-1) == "square"
			switch {
			case unit == "%":
				r.add(quantity{kind: percent, values: values}, i, unitAt+1)
			case unit != "" && !square:
				r.add(quantity{kind: measure, values: values, unit: unit}, i, unitAt+1)
				return r.hundredths(values[0], unit, i, unitAt+1)
			default:
				r.add(quantity{kind: cardinal, values: values}, i, unitAt+1)
			}
			return unitAt + 1
		}
	}
	// Ordinals: "18th", "2-й", "3. Mai".
	if plain && n >= 1 && n <= 31 {
		m := 0
		to := 0
		for _, k := range []int{ended, afterDot, j} {
			m, to = r.monthAt(k)
			if m > 0 {
				break
			}
		}
		if m == 0 {
			if before := r.word(i - 1); before != "" {
				if v, ok := r.l.month.get(before); ok && r.monthLooksReal(i-1) {
					m, to = int(v), ended
					if ending == "" {
						to = j
					}
				}
			}
		}
		if m > 0 {
			r.add(quantity{kind: date, day: n, month: m}, i, to)
			return max(to, j)
		}
	}
	if plain && ending != "" && ordinalEndings[ending] && len(t.low) <= 3 {
		r.add(quantity{kind: ordinal, values: values}, i, ended)
		return ended
	}
	if plain && (r.l.yearWord.has(ending) && len(t.low) >= 3) { // "1812г"
		r.add(quantity{kind: year, from: n, to: n}, i, ended)
		return ended
	}
	if plain && len(t.low) >= 3 && len(t.low) <= 4 && n >= 100 && n <= 2100 {
		return r.yearAt(i, n)
	}
	if r.isCentury(k) {
		for n := range values {
			values[n] *= 100
		}
		r.add(quantity{kind: cardinal, values: values, years: true, approx: true}, i, k+1)
		return k + 1
	}
	q := quantity{kind: cardinal, values: values, years: r.yearsFollow(k) || r.at(k).low == "-" && r.l.yearWord.has(r.word(k+1))}
	if bce := r.bceAt(j); bce > 0 && plain {
		r.add(quantity{kind: year, from: -n, to: -n}, i, bce)
		return bce
	}
	r.add(q, i, max(j, k))
	return max(j, k)
}
