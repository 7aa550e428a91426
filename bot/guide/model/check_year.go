package model

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"excursobot/geo/places"
)

// inventedYear returns the first year from 1000 to 2099 in the text that the place's words do not hold, 0 = none.
// A decade ("1890s", "1890-е") holds if the source has a year of it.
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
		if !known.hold(n) && n.value != place.Year {
			return n.value
		}
	}
	return 0
}

// number is a number that may be a year.
type number struct {
	value  int
	decade bool // written as one
}

// numbers collects the numbers from 1000 to 2099 of texts.
type numbers struct {
	all     []number
	room    [16]number // first backing of all: most texts name few years
	grouped bool       // also those written "1 500" or "1,500", and the ends of "1998-99"
}

// hold says whether n is among the numbers.
func (ns *numbers) hold(n number) bool {
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
		ns.all = ns.room[:0]
	}
	ns.all = append(ns.all, n)
}

// scan reads the numbers of a text. Digits of all scripts count; four Chinese numerals count before 年.
func (ns *numbers) scan(text string) {
	var last run // the run before this one
	gap := 0     // where that one ended
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
		ns.take(this, last, text[gap:i], text[:i], text[i+this.bytes:])
		i += this.bytes
		gap, last = i, this
	}
}

// maybeDigit marks the bytes with which the digits of digit begin: most bytes of a text need no decoding.
var maybeDigit = func() (mark [256]bool) {
	for r := rune(0); r <= 0xFFFF; r++ {
		if _, ok := digit(r); ok {
			mark[string(r)[0]] = true
		}
	}
	return mark
}()

// run is a row of digits.
type run struct {
	value, digits, bytes int
	han                  bool // written in Chinese numerals
}

func readRun(s string) run {
	var out run
	for i, r := range s {
		d, ok := digit(r)
		han := r >= 0x3007 && r < 0xFF00
		if !ok || out.digits > 0 && han != out.han {
			break
		}
		out.han = han
		if out.digits < 9 { // longer ones are no years, whatever they are
			out.value = out.value*10 + d
		}
		out.digits++
		out.bytes = i + utf8.RuneLen(r)
	}
	return out
}

// take decides whether a run may be a year.
func (ns *numbers) take(this, last run, gap, left, right string) {
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

// separator says whether gap is what stands between thousands.
func separator(gap string) bool {
	switch gap {
	case " ", ",", ".", "'", "’", "\u00a0", "\u202f", "\u2009", "٬":
		return true
	}
	return false
}

// decade says whether a number is written as one: with an ending ("1890s", "1890-х", "1890er", "1890年代", "1890년대"),
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

// digit returns the value of a decimal digit of any script used here, or of a Chinese numeral.
func digit(r rune) (int, bool) {
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0'), true
	case r < 0x660:
		return 0, false
	case r <= 0x669: // Arabic-Indic
		return int(r - 0x660), true
	case r >= 0x6F0 && r <= 0x6F9: // Persian
		return int(r - 0x6F0), true
	case r >= 0x966 && r <= 0x96F: // Devanagari
		return int(r - 0x966), true
	case r >= 0xFF10 && r <= 0xFF19: // fullwidth
		return int(r - 0xFF10), true
	}
	switch r {
	case '〇', '零':
		return 0, true
	case '一':
		return 1, true
	case '二':
		return 2, true
	case '三':
		return 3, true
	case '四':
		return 4, true
	case '五':
		return 5, true
	case '六':
		return 6, true
	case '七':
		return 7, true
	case '八':
		return 8, true
	case '九':
		return 9, true
	}
	return 0, false
}
