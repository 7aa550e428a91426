package maplink

import (
	"regexp"
	"strings"
	"unicode"
)

// sameSigns maps the signs that people use in coordinates to one sign of each kind. Full-width forms and digits of other scripts are handled in
// normalise.
var sameSigns = signMap(map[rune]string{
	'-':  "−–—‒―﹣‐‑⁻",
	'\'': "′’‘‛´`ʹʼ՚׳ˈ",
	'"':  "″”“„‟˝ʺ״〃«»",
	'°':  "º˚⁰ᵒ∘⚬",
	',':  "، 、",
	'.':  "٫。",
	';':  "；؛",
	'/':  "∕⁄",
})

func signMap(kinds map[rune]string) map[rune]rune {
	m := map[rune]rune{}
	for sign, others := range kinds {
		for _, r := range others {
			if r != ' ' {
				m[r] = sign
			}
		}
	}
	return m
}

// visible removes characters without a width: marks of direction, joiners, soft hyphens, byte order marks, variation selectors.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) {
			return -1
		}
		return r
	}, s)
}

var (
	doubled = strings.NewReplacer("''", `"`)
	// middleDot is a decimal point in British print.
	middleDot = regexp.MustCompile(`(\d)·(\d)`)
	// trailers follow coordinates without belonging to them: the letters that Wikipedia's coordinates are copied with, an accuracy, a name in
	// brackets.
	trailers = regexp.MustCompile(`\s*(?:H?GЯO|\(G\)\s*\(O\)(?:\s*\(Я\))?|\(?\s*(?:±|\+/-)\s*\d{1,6}(?:\.\d{1,6})?\s?[mм]\s*\)?|\([^()\d]*\))$`)
	// height is a zoom or an altitude behind a pair.
	height = regexp.MustCompile(`(,\s*[+-]?\d{1,3}(?:\.\d{1,20})?)\s*,\s*\d{1,6}(?:\.\d{1,6})?\s?[zma]$`)
	wgs84  = regexp.MustCompile(`(?i)\bwgs[- ]?84\b`)
)

// normalise returns a line with one sign of each kind, without invisible characters, and without what often stands around coordinates.
func normalise(line string) string {
	line = strings.Map(func(r rune) rune {
		if same, ok := sameSigns[r]; ok {
			return same
		}
		if digit, ok := digitOf(r); ok {
			return digit
		}
		switch {
		case 0xff01 <= r && r <= 0xff5e: // full-width forms
			return r - 0xfee0
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.So, r) && r != '°' && r != '№', unicode.Is(unicode.Sk, r) && r != '^', r == '•':
			return ' '
		}
		return r
	}, visible(line))
	line = doubled.Replace(line)
	if strings.Contains(line, "·") {
		line = middleDot.ReplaceAllString(line, "$1.$2")
	}
	if strings.Contains(line, "84") {
		line = wgs84.ReplaceAllString(line, " ")
	}
	return trimEdges(line)
}

// trimEdges removes brackets, punctuation and trailers around a line. Quotation marks at its end are seconds, unless the line begins with one too.
func trimEdges(line string) string {
	line = strings.TrimLeft(line, " .,;:!?()[]{}<>*_|/")
	quoted := strings.TrimLeft(line, `"' `)
	end := " .,;:!?([{<]}>*_|/"
	if quoted != line {
		end += `"'`
	}
	line = strings.TrimRight(quoted, end)
	if strings.Count(line, ")") > strings.Count(line, "(") {
		line = strings.TrimRight(line, end+")")
	}
	if len(line) > maxCoordinatesBytes { // it is more than coordinates
		return line
	}
	line = trailers.ReplaceAllString(line, "")
	return strings.TrimRight(height.ReplaceAllString(line, "$1"), end)
}

// digitOf returns the ASCII digit for a decimal digit of another script.
func digitOf(r rune) (rune, bool) {
	if r < 0x80 || !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	first := r // each script has its ten digits in one run that begins at 0
	for n := 0; n < 9 && unicode.Is(unicode.Nd, first-1); n++ {
		first--
	}
	// Runs of two scripts never touch, except the mathematical ones, which begin at a known point.
	if 0x1d7ce <= r && r <= 0x1d7ff {
		first = 0x1d7ce + (r-0x1d7ce)/10*10
	}
	return '0' + r - first, true
}
