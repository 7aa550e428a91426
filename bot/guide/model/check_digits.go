package model

import "unicode/utf8"

// maybeDigit marks the first bytes of all digits, so that most bytes of a text need no decoding.
var maybeDigit = func() (mark [256]bool) {
	for r := rune(0); r <= 0xFFFF; r++ {
		if _, ok := digit(r); ok {
			mark[string(r)[0]] = true
		}
	}
	return mark
}()

// run is a sequence of digits.
type run struct {
	value, digits, bytes int
	han                  bool // in Chinese numerals
}

// readRun reads the run at the start of s; it has no digits if s starts with something else.
func readRun(s string) run {
	var out run
	for i, r := range s {
		d, ok := digit(r)
		han := r >= 0x3007 && r < 0xFF00
		if !ok || out.digits > 0 && han != out.han {
			break
		}
		out.han = han
		if out.digits < 9 { // longer ones are not years
			out.value = out.value*10 + d
		}
		out.digits++
		out.bytes = i + utf8.RuneLen(r)
	}
	return out
}

// digit returns the value of a decimal digit in one of the supported scripts, or of a Chinese numeral.
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
