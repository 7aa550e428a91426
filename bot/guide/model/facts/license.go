package facts

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// licence is what the numbers of a source allow a story to say.
type licence struct {
	years    map[int]bool // of dates
	maybe    map[int]bool // four digits that the text does not show to be a year or a count
	spans    []quantity
	decades  map[int]bool  // of unnamed centuries
	values   []float64     // of everything that is counted or measured, in every reading
	bare     []float64     // of what has no unit
	spanned  []quantity    // numbers of years
	told     map[int][]int // the sentences by the year that they hold
	percents []float64
	ordinals map[int]bool
	regnal   map[int]bool
	measures []measured
	dates    map[[2]int]bool
}

// measured is a measure in the base unit of its dimension.
type measured struct {
	dimension string
	value     float64
	unit      string
}

// units gives each unit its dimension and its size in the dimension's base unit.
var units = map[string]measured{
	"m": {dimension: "length", value: 1}, "km": {dimension: "length", value: 1000}, "cm": {dimension: "length", value: 0.01}, "mm": {dimension: "length", value: 0.001}, "ft": {dimension: "length", value: 0.3048}, "in": {dimension: "length", value: 0.0254},
	"mi": {dimension: "length", value: 1609.344}, "yd": {dimension: "length", value: 0.9144}, "verst": {dimension: "length", value: 1066.8}, "sazhen": {dimension: "length", value: 2.1336}, "arshin": {dimension: "length", value: 0.7112},
	"t": {dimension: "mass", value: 1000}, "kg": {dimension: "mass", value: 1}, "lb": {dimension: "mass", value: 0.4536}, "pfund": {dimension: "mass", value: 0.5}, "pood": {dimension: "mass", value: 16.38},
	"ha": {dimension: "area", value: 10000}, "ac": {dimension: "area", value: 4046.86}, "m2": {dimension: "area", value: 1}, "l": {dimension: "volume", value: 1}, "gal": {dimension: "volume", value: 3.785},
}

func license(found []quantity) licence {
	l := licence{
		years: map[int]bool{}, maybe: map[int]bool{}, decades: map[int]bool{}, ordinals: map[int]bool{}, regnal: map[int]bool{}, dates: map[[2]int]bool{}, told: map[int][]int{},
	}
	for _, q := range found {
		switch q.kind {
		case year:
			if q.maybeYear {
				l.maybe[q.from] = true
			}
			l.years[q.from] = true
			l.told[q.from] = append(l.told[q.from], q.sentence)
			if q.maybeYear || q.from != q.to {
				l.values = append(l.values, float64(q.from))
			}
		case span:
			l.spans = append(l.spans, q)
		case decadeOf:
			l.decades[int(q.values[0])] = true
		case percent:
			l.percents = append(l.percents, q.values...)
			l.values = append(l.values, q.values...)
		case ordinal:
			l.ordinals[int(q.values[0])] = true
			l.values = append(l.values, q.values...)
		case regnal:
			l.regnal[int(q.values[0])] = true
		case measure:
			l.values = append(l.values, q.values...)
			if u, ok := units[q.unit]; ok {
				for _, v := range q.values {
					l.measures = append(l.measures, measured{u.dimension, v * u.value, q.unit})
				}
			}
		case date:
			l.dates[[2]int{q.day, q.month}] = true
			l.ordinals[q.day] = true
		case cardinal:
			l.values = append(l.values, q.values...)
			l.bare = append(l.bare, q.values...)
			if q.years {
				l.spanned = append(l.spanned, q)
			}
			if q.maybeYear {
				l.years[int(q.values[0])] = true
			}
		}
	}
	return l
}

// checkNumbers objects to each number of the story that the source does not support.
func (c *checker) checkNumbers() {
	l := &c.passage.numbers
	found := quantities(c.language, c.text, c.tokens, false)
	slices.SortStableFunc(found, func(a, b quantity) int { return a.start - b.start })
	c.found = found
	c.checkDatedYears(found)
	c.checkBindings(found)
	c.checkCounts(found)
	for _, q := range found {
		words := c.text[q.start:q.end]
		switch q.kind {
		case year:
			if !c.yearHolds(l, q) {
				c.object(RuleYear, words, true)
			}
		case span:
			if !c.spanHolds(l, q) {
				c.object(RuleYear, words, true)
			}
		case decadeOf:
			if !l.decades[int(q.values[0])] && !anyYear(l, func(y int) bool { return y%100/10*10 == int(q.values[0]) }) && !anySpan(l, func(s quantity) bool { return s.from%100 == int(q.values[0]) && s.to-s.from < 50 }) {
				c.object(RuleYear, words, true)
			}
		case date:
			if !l.dates[[2]int{q.day, q.month}] {
				c.object(RuleDate, words, true)
			}
		case regnal:
			if !l.regnal[int(q.values[0])] || c.same && c.passage.otherRuler(q) {
				c.object(RuleNumber, words, c.same)
			}
		case ordinal:
			if !l.ordinals[int(q.values[0])] && !near(l.values, q.values, 0) {
				c.object(RuleNumber, words, !q.mild)
			}
		case percent:
			if !near(l.percents, q.values, tolerance(q)) && !near(l.values, q.values, 0) {
				c.object(RuleNumber, words, true)
			}
		case measure, cardinal:
			if !c.valueHolds(l, q) {
				c.object(RuleNumber, words, !q.mild && !c.passage.adds(q))
			}
		}
	}
}

// adds reports whether a number is the sum of two numbers of the same things in one sentence of the source: it may be told as one, which a judge has to see.
func (p *Passage) adds(q quantity) bool {
	if q.kind != cardinal || q.years {
		return false
	}
	for i, a := range p.counts {
		for _, b := range p.counts[i+1:] {
			if a.sentence == b.sentence && sameStem(a.noun, b.noun) && near([]float64{a.values[0] + b.values[0]}, q.values, 0) {
				return true
			}
		}
	}
	return false
}

// otherRuler reports whether the source gives the name of a ruler other numbers only.
func (p *Passage) otherRuler(q quantity) bool {
	known := false
	for _, from := range p.found {
		if from.kind != regnal || !sameStem(from.unit, q.unit) {
			continue
		}
		if from.values[0] == q.values[0] {
			return false
		}
		known = true
	}
	return known
}

func tolerance(q quantity) float64 {
	if q.approx {
		return 0.10
	}
	return 0.001
}

// near reports whether one of the readings is within a share of one of the values.
func near(values, readings []float64, share float64) bool {
	for _, r := range readings {
		for _, v := range values {
			if math.Abs(v-r) <= share*math.Max(math.Abs(v), math.Abs(r))+1e-9 {
				return true
			}
		}
	}
	return false
}

// rounded reports whether one of the readings is one of the values in fewer digits, or in as many, and at most a tenth away, or with all digits but
// the first cut off ("over 2000" for 2250).
func rounded(values, readings []float64) bool {
	for _, r := range readings {
		for _, v := range values {
			if significant(r) <= significant(v) && near([]float64{v}, []float64{r}, 0.10) || r >= 2 && significant(r) == 1 && r == cutOff(v) {
				return true
			}
		}
	}
	return false
}

// cutOff returns a number with zeros for all its digits but the first.
func cutOff(v float64) float64 {
	if v < 1 {
		return 0
	}
	size := math.Pow(10, math.Floor(math.Log10(v)))
	return math.Floor(v/size) * size
}

// significant returns how many digits of a number are needed to write it, apart from zeros at its end.
func significant(v float64) int {
	text := strings.TrimLeft(strings.ReplaceAll(strconv.FormatFloat(math.Abs(v), 'f', -1, 64), ".", ""), "0")
	return len(strings.TrimRight(text, "0"))
}

func anyYear(l *licence, holds func(int) bool) bool {
	for y := range l.years {
		if holds(y) {
			return true
		}
	}
	return false
}

func anySpan(l *licence, holds func(quantity) bool) bool {
	for _, s := range l.spans {
		if holds(s) {
			return true
		}
	}
	return false
}

// yearHolds reports whether a date of the source supports a year: it is given, or it is a given year and a given number of years.
func (c *checker) yearHolds(l *licence, q quantity) bool {
	if l.years[q.from] {
		return true
	}
	if q.maybeYear && near(l.values, []float64{float64(q.from)}, tolerance(q)) {
		return true
	}
	return anyYear(l, func(y int) bool {
		for _, s := range l.spanned {
			for _, n := range s.values {
				if (y+int(n) == q.from || y-int(n) == q.from) && l.near(y, s.sentence) {
					return true
				}
			}
		}
		return q.approx && q.from%10 == 0 && abs(y-q.from) <= 5
	}) || q.from%100 == 0 && anySpan(l, func(s quantity) bool { // "around 1900" at the turn of a century, "nel corso del 1800"
		return q.approx && (s.from == q.from || s.to == q.from) || c.language.code == "it" && s.from == q.from
	})
}

// near reports whether a year stands in a sentence or in one beside it: "built in 1890, and thirty years later rebuilt".
func (l *licence) near(year, sentence int) bool {
	for _, s := range l.told[year] {
		if abs(s-sentence) <= 1 {
			return true
		}
	}
	return false
}

// edge is how many years a date may lie outside a span: 1700 is the 17th century and the 18th, but no year is of two decades.
func edge(q quantity) int {
	if q.to-q.from >= 90 {
		return 1
	}
	return 0
}

// spanHolds reports whether a year or a span of the source lies in a decade or century.
func (c *checker) spanHolds(l *licence, q quantity) bool {
	slack := edge(q)
	if q.approx {
		slack = 10
	}
	if anyYear(l, func(y int) bool { return y >= q.from-slack && y <= q.to+slack }) {
		return true
	}
	for _, s := range l.spans {
		if s.from >= q.from-1 && s.to <= q.to+1 { // it lies inside
			return true
		}
		if q.to-q.from >= 90 && s.from%100 == 0 && s.from == q.from { // "1600s" for the 17th century
			return true
		}
	}
	return false
}

// valueHolds reports whether a count or a measure follows from the source.
func (c *checker) valueHolds(l *licence, q quantity) bool {
	share := tolerance(q)
	u, sized := units[q.unit]
	values := l.values
	if sized {
		values = c.passage.sizes[u.dimension]
	}
	if near(values, q.values, 0.001) || q.approx && rounded(values, q.values) {
		return true
	}
	if sized {
		for _, v := range q.values {
			for _, m := range l.measures {
				if m.dimension == u.dimension && m.unit != q.unit && math.Abs(m.value-v*u.value) <= math.Max(0.03, share)*math.Max(m.value, v*u.value) {
					return true
				}
			}
			if v*u.value >= 10 && u.value != 1 && near(l.bare, []float64{v * u.value}, 0.02) { // "20 metres wide and 26 high"
				return true
			}
		}
		return false
	}
	for _, v := range q.values {
		if l.years[int(v)] && q.maybeYear {
			return true
		}
		if (q.years || v >= 5 && v <= 1500) && c.ageHolds(v, q) {
			return true
		}
	}
	return false
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
