package model

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"excursobot/geo/places"
)

// inventedYear returns the first year from 1000 to 2099 in the text that the source's text about the place does not contain, 0 = none. A decade
// ("1890s", "1890-е") is fine if the source has a year in it.
func inventedYear(place places.Place, text string) int {
	var found, known numbers
	found.scan(text)
	if len(found.all) == 0 {
		return 0
	}
	known.grouped = true
	known.scan(place.Title)
	known.scan(place.Description)
	known.scan(place.Extract)
	for _, n := range found.all {
		if !known.contain(n) && n.value != place.Year {
			return n.value
		}
	}
	return 0
}

// number is a number that may be a year.
type number struct {
	value  int
	decade bool // written as a decade
}

// numbers collects the numbers from 1000 to 2099 in texts.
type numbers struct {
	all     []number
	backing [16]number // of all while it is short, to avoid an allocation
	grouped bool       // read "1 500" and "1,500" as numbers too, and the end of "1998-99"
}

// contain reports whether n is among the numbers.
func (ns *numbers) contain(n number) bool {
	for _, k := range ns.all {
		if k.value == n.value || n.decade && k.value/10 == n.value/10 {
			return true
		}
	}
	return false
}

func (ns *numbers) add(n number) {
	if n.value < 1000 || n.value > 2099 {
		return
	}
	if ns.all == nil {
		ns.all = ns.backing[:0]
	}
	ns.all = append(ns.all, n)
}

// scan collects the numbers of a text, with digits of all scripts. Four Chinese numerals count only before 年.
func (ns *numbers) scan(text string) {
	var last run // the previous run
	gap := 0     // the end of the previous run
	for i := 0; i < len(text); {
		if !maybeDigit[text[i]] {
			i++
			continue
		}
		this := readRun(text[i:])
		if this.digits == 0 {
			i++
			continue
		}
		ns.addRun(this, last, text[gap:i], text[:i], text[i+this.bytes:])
		i += this.bytes
		gap, last = i, this
	}
}

// addRun adds a run if it may be a year.
func (ns *numbers) addRun(this, last run, gap, left, right string) {
	switch {
	case this.digits == 4:
		if this.han && !strings.HasPrefix(right, "年") {
			return
		}
		before, _ := utf8.DecodeLastRuneInString(left)
		if s, letter := scriptOf(before); letter && (s == latin || s == cyrillic) {
			return // part of a name: "M1917"
		}
		ns.add(number{this.value, this.value%10 == 0 && decade(left, right)})
	case !ns.grouped:
	case this.digits == 3 && last.digits == 1 && separator(gap):
		ns.add(number{value: last.value*1000 + this.value})
	case this.digits == 2 && last.digits == 4 && (gap == "-" || gap == "–" || gap == "/"):
		ns.add(number{value: last.value/100*100 + this.value})
	}
}

// separator reports whether gap may separate thousands.
func separator(gap string) bool {
	switch gap {
	case " ", ",", ".", "'", "’", "\u00a0", "\u202f", "\u2009", "٬":
		return true
	}
	return false
}

// decade reports whether a number is written as a decade: with an ending ("1890s", "1890-х", "1890er", "1890年代", "1890년대"),
// or after a word for years ("années 1890", "anni 1890").
func decade(left, right string) bool {
	right = strings.TrimLeft(right, "-‑–'’")
	for _, ending := range []string{"s", "х", "е", "er", "年代", "년대", "ті", "тих", "ми", "’s", "lar", "ler", "ların", "lerin"} {
		if rest, ok := strings.CutPrefix(right, ending); ok {
			r, _ := utf8.DecodeRuneInString(rest)
			if !unicode.IsLetter(r) || ending == "年代" || ending == "년대" || ending == "er" || ending == "lar" || ending == "ler" {
				return true
			}
		}
	}
	left = strings.TrimRight(left, " ")
	for _, word := range []string{"années", "años", "anni", "anos", "década de", "latach", "lata", "عقد", "दशक"} {
		if strings.HasSuffix(left, word) {
			return true
		}
	}
	return false
}
