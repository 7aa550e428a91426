package speech

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ForEar returns a text as it is read aloud: the title first, nothing in brackets, and abbreviations, units and centuries in words, as far as the
// language's table has them (ear_words.go).
func ForEar(language, title, text string) string {
	base, _, _ := strings.Cut(language, "-")
	spoken := strings.TrimRight(words(base, title), ".… ")
	if spoken != "" && !strings.HasSuffix(spoken, "!") && !strings.HasSuffix(spoken, "?") {
		spoken += "."
	}
	return shortened(strings.TrimSpace(spoken+"\n"+words(base, text)), maxText)
}

var (
	invisible = strings.NewReplacer("\u2060", "", "\u200b", "", "\ufeff", "", "\u00ad", "", "\u00a0", " ", "\u202f", " ", "\u2009", " ")
	blanks    = regexp.MustCompile(`[ \t]+`)
	lines     = regexp.MustCompile(` ?\n[ \n]*`)
	loose     = regexp.MustCompile(` +([,.;:!?…»”)])`)
	thousands = regexp.MustCompile(`(\d) (\d{3})`)
	years     = regexp.MustCompile(`(\d{4}) ?[–—-] ?(\d{4})([^\d]|$)`)
)

// words returns a text with what is written for the eye in words.
func words(language, text string) string {
	text = unbracketed(invisible.Replace(text))
	for range 2 { // 1 234 567 has two blanks that share digits
		text = thousands.ReplaceAllString(text, "$1$2")
	}
	t := ears()[language]
	if t.to != "" {
		text = years.ReplaceAllString(text, "$1 "+t.to+" $2$3")
	}
	if t.units != nil {
		text = t.spellUnits(text)
	}
	for _, rule := range t.rules {
		text = rule.find.ReplaceAllString(text, rule.say)
		text = rule.find.ReplaceAllString(text, rule.say) // neighbours share the character between them
	}
	if t.ordinal != nil {
		text = t.spellCenturies(text)
	}
	text = blanks.ReplaceAllString(text, " ")
	text = lines.ReplaceAllString(text, "\n")
	return strings.TrimSpace(loose.ReplaceAllString(text, "$1"))
}

// unbracketed returns text without what stands in brackets. A bracket that is never closed stays out alone.
func unbracketed(text string) string {
	const opening, closing = "([{（【", ")]}）】"
	var b strings.Builder
	depth, from := 0, 0
	for i, r := range text {
		switch {
		case strings.ContainsRune(opening, r):
			if depth == 0 {
				b.WriteString(text[from:i])
				from = i
			}
			depth++
		case strings.ContainsRune(closing, r):
			if depth > 0 {
				depth--
			}
			if depth == 0 {
				if from > i || !strings.ContainsAny(text[from:i], opening) { // it was never opened
					b.WriteString(text[from:i])
				}
				from = i + utf8.RuneLen(r)
			}
		}
	}
	if depth > 0 {
		return b.String() + unbracketed(text[from+firstLen(text[from:]):])
	}
	return b.String() + text[from:]
}

func firstLen(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// shortened returns at most n characters of text, whole sentences if there are any.
func shortened(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	cut := string(runes[:n])
	if i := strings.LastIndexAny(cut, ".!?。！？\n"); i > len(cut)/2 {
		return cut[:i+firstLen(cut[i:])]
	}
	return cut
}

// ear is how a language is made fit to hear.
type ear struct {
	to      string // between two years
	rules   []earRule
	units   map[string]string // symbol -> its words: one|few|many|part of one
	forms   func(n int) int   // which of the words follows a whole number: 0, 1 or 2
	point   string            // the decimal separator
	unit    *regexp.Regexp    // a number and a symbol
	century *regexp.Regexp    // one or two Roman numerals and the word for century
	ordinal func(n int, century string) string
}

type earRule struct {
	find *regexp.Regexp
	say  string
}

// rule returns the rule that replaces an abbreviation. In the abbreviation, ~ stands for a blank that may be missing, and # and ^ for a digit or a capital
// letter that must follow.
func rule(abbreviation, say string) earRule {
	find, last := regexp.QuoteMeta(strings.TrimRight(abbreviation, "#^")), abbreviation[len(abbreviation)-1]
	find = `(^|[^\p{L}\p{N}])` + strings.ReplaceAll(find, "~", ` ?`)
	switch r, _ := utf8.DecodeLastRuneInString(abbreviation); {
	case last == '#':
		find += ` ?(\d)`
		say += " "
	case last == '^':
		find += ` ?(\p{Lu})`
		if !strings.HasSuffix(say, "-") {
			say += " "
		}
	case unicode.IsLetter(r):
		find += `([^\p{L}\p{N}]|$)`
	default:
		find += `()`
	}
	return earRule{regexp.MustCompile(find), "${1}" + say + "${2}"}
}

// rules makes rules of pairs.
func rules(pairs ...string) []earRule {
	var list []earRule
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, rule(pairs[i], pairs[i+1]))
	}
	return list
}

// pattern returns a rule of a regular expression.
func pattern(find, say string) earRule { return earRule{regexp.MustCompile(find), say} }

// spellUnits writes the symbols of units after numbers in words.
func (t ear) spellUnits(text string) string {
	return t.unit.ReplaceAllStringFunc(text, func(found string) string {
		m := t.unit.FindStringSubmatch(found)
		forms := strings.Split(t.units[m[2]], "|")
		return m[1] + " " + forms[min(t.form(m[1]), len(forms)-1)] + m[3]
	})
}

// form returns which of a unit's words follows a number as it is written.
func (t ear) form(number string) int {
	if strings.Contains(number, t.point) {
		return 3
	}
	n := 0
	for _, r := range number {
		if unicode.IsDigit(r) {
			n = (n*10 + int(r-'0')) % 1_000_000
		}
	}
	return t.forms(n)
}

// spellCenturies writes Roman numerals of centuries as ordinals in the case that the word for century has.
func (t ear) spellCenturies(text string) string {
	return t.century.ReplaceAllStringFunc(text, func(found string) string {
		m := t.century.FindStringSubmatch(found)
		second := t.ordinal(roman(m[4]), m[5])
		if second == "" {
			return found
		}
		first := ""
		if m[2] != "" {
			if first = t.ordinal(roman(m[2]), m[5]); first == "" {
				return found
			}
			first += m[3]
		}
		return m[1] + first + second + " " + m[5] + m[6]
	})
}

// roman returns the value of a Roman numeral of I, V and X.
func roman(s string) int {
	value := map[byte]int{'I': 1, 'V': 5, 'X': 10}
	n := 0
	for i := range len(s) {
		if v := value[s[i]]; i+1 < len(s) && v < value[s[i+1]] {
			n -= v
		} else {
			n += v
		}
	}
	return n
}
