package facts

import (
	"strconv"
	"strings"
)

// monthAt returns the month named at token k, perhaps behind "of" or "de", and the index behind it; 0 = none.
func (r *reader) monthAt(k int) (month, to int) {
	if w := r.word(k); w == "of" || w == "de" || w == "di" {
		k++
	}
	if v, ok := r.l.month.get(r.word(k)); ok && r.monthLooksReal(k) {
		return int(v), k + 1
	}
	return 0, 0
}

// monthLooksReal reports whether the word at k can be a month's name: languages that write months in upper case write other words that look
// alike in lower case.
func (r *reader) monthLooksReal(k int) bool {
	switch r.l.code {
	case "en", "de":
		return r.at(k).upper
	}
	return true
}

// numericDate reads "12.05.1905" and "12/05/1905"-like numbers with dots.
func numericDate(digits string) (day, month, y int, ok bool) {
	parts := strings.Split(digits, ".")
	if len(parts) != 3 || len(parts[0]) > 2 || len(parts[1]) > 2 || len(parts[2]) != 4 {
		return 0, 0, 0, false
	}
	day, _ = strconv.Atoi(parts[0])
	month, _ = strconv.Atoi(parts[1])
	y, _ = strconv.Atoi(parts[2])
	return day, month, y, day >= 1 && day <= 31 && month >= 1 && month <= 12
}

// bceAt returns the index behind a mark of a year before Christ at token k, 0 if there is none.
func (r *reader) bceAt(k int) int {
	for n := range 2 {
		w := r.word(k + n)
		if w == "" {
			continue
		}
		next := r.word(k + n + 1)
		if next == "" {
			next = r.word(k + n + 2)
		}
		if r.l.bce.has(w) {
			return k + n + 1
		}
		if next != "" && (r.l.bce.has(w+"_"+next) || r.l.bce.has(w+"_"+firstRune(next))) {
			return k + n + 2
		}
		return 0
	}
	return 0
}

func firstRune(s string) string {
	for i, r := range s {
		return s[i : i+len(string(r))]
	}
	return ""
}

// yearAt reads the three- or four-digit number n at token i, with the second half of a range ("1941-45", "2007/8").
func (r *reader) yearAt(i, n int) int {
	j := i + 1
	if bce := r.bceAt(j); bce > 0 {
		r.add(quantity{kind: year, from: -n, to: -n}, i, bce)
		return bce
	}
	sure := r.yearContext(i, j)
	if r.l.yearCount.has(r.word(j)) && r.at(j).sentence == r.tokens[i].sentence {
		r.add(quantity{kind: cardinal, values: []float64{float64(n)}, years: true}, i, j)
		return j
	}
	if sep := r.at(j).low; sep == "-" || sep == "/" {
		if second := r.at(j + 1); second.kind == numberToken && !strings.ContainsAny(second.low, ",. ") {
			m, _ := strconv.Atoi(second.low)
			full := m
			switch len(second.low) {
			case 1:
				full = n/10*10 + m
			case 2:
				full = n/100*100 + m
			}
			if full > n && len(second.low) <= 4 && full <= 2100 && full-n < 400 && !r.countContext(j+2) {
				r.add(quantity{kind: year, from: n, to: n}, i, i+1)
				r.add(quantity{kind: year, from: full, to: full}, j+1, j+2)
				return j + 2
			}
		}
	}
	switch {
	case r.countContext(j) && !sure:
		r.add(quantity{kind: cardinal, values: []float64{float64(n)}, years: r.l.yearWord.has(r.word(j)) && !r.l.yearBefore.has(r.word(j))}, i, j)
	case sure || len(r.tokens[i].low) == 4 && n >= 1000 && r.at(j).low == ")" || r.at(i-1).low == "(":
		r.add(quantity{kind: year, from: n, to: n, maybeYear: len(r.tokens[i].low) == 3}, i, j)
	case len(r.tokens[i].low) == 3:
		r.add(quantity{kind: cardinal, values: []float64{float64(n)}, years: r.l.yearWord.has(r.word(j)), maybeYear: true}, i, j)
	default:
		r.add(quantity{kind: year, from: n, to: n, maybeYear: true, values: []float64{float64(n)}}, i, j)
	}
	return j
}

// yearContext reports whether the words around a number say that it is a year.
func (r *reader) yearContext(i, j int) bool {
	if w := r.word(j); w != "" && r.l.yearWord.has(w) && r.l.code != "en" && r.l.code != "de" && r.l.code != "fr" && r.l.code != "es" && r.l.code != "it" && r.l.code != "pt" {
		return true
	}
	before := r.word(i - 1)
	if before == "" {
		return false
	}
	if r.l.month.has(before) {
		return true
	}
	return r.l.yearBefore.has(before) && !r.countContext(j)
}

// countContext reports whether a word that is counted or measured stands at token j, at most one word further.
func (r *reader) countContext(j int) bool {
	for k := j; k < j+2; k++ {
		w := r.word(k)
		if w == "" {
			return false
		}
		if r.l.count.has(w) || r.l.unit.has(w) {
			return true
		}
		if r.l.stop.has(w) {
			return false
		}
	}
	return false
}
