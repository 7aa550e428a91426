package facts

import (
	"embed"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed data/*.txt
var data embed.FS

// dictionary maps words to values: whole words, and beginnings of words that take endings.
type dictionary[V any] struct {
	whole map[string]V
	stems map[string]V
}

// longestEnding is how many letters may follow a stem.
const longestEnding = 5

func (d dictionary[V]) get(word string) (V, bool) {
	if v, ok := d.whole[word]; ok {
		return v, true
	}
	if len(d.stems) > 0 {
		end := len(word)
		for range longestEnding + 1 {
			if v, ok := d.stems[word[:end]]; ok {
				return v, true
			}
			_, size := utf8.DecodeLastRuneInString(word[:end])
			if end -= size; end < 2 {
				break
			}
		}
	}
	var zero V
	return zero, false
}

func (d dictionary[V]) has(word string) bool { _, ok := d.get(word); return ok }

func (d *dictionary[V]) set(word string, v V) {
	if stem, ok := strings.CutSuffix(word, "*"); ok {
		if d.stems == nil {
			d.stems = map[string]V{}
		}
		d.stems[stem] = v
		return
	}
	if d.whole == nil {
		d.whole = map[string]V{}
	}
	d.whole[word] = v
}

type words = dictionary[struct{}]

// lexicon is what the checks know of a language. All words are in lower case.
type lexicon struct {
	code          string
	compound, cjk bool // numerals are written together; the script has no spaces

	card, scale, ord, decade, centuryName, month, eras dictionary[float64]

	unit dictionary[string]

	join, vague, century, decadeWord, decadePrefix, decadeArticle, yearWord, yearCount, half, approx, yearBefore, bce, count words

	negation, superlative, stop, common, title, styles, materials, scope words

	segments []segment // for compounds: numerals by length, longest first
}

type segment struct {
	text  string
	value float64
	scale bool
}

var lexicons = sync.OnceValue(func() map[string]*lexicon {
	all := map[string]*lexicon{}
	files, err := data.ReadDir("data")
	if err != nil {
		panic("facts: " + err.Error()) // embedded: a test reads every file
	}
	for _, f := range files {
		text, err := data.ReadFile("data/" + f.Name())
		if err != nil {
			panic("facts: " + err.Error())
		}
		code := strings.TrimSuffix(f.Name(), ".txt")
		all[code] = readLexicon(code, string(text))
	}
	return all
})

// baseOf returns the language of a tag without its region or script ("pt-br" is "pt").
func baseOf(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	base, _, _ = strings.Cut(base, "_")
	return base
}

// lexiconOf returns what is known of a language; digits are read in any.
func lexiconOf(tag string) *lexicon {
	if l := lexicons()[baseOf(tag)]; l != nil {
		return l
	}
	return &lexicon{code: baseOf(tag)}
}

func readLexicon(code, text string) *lexicon {
	l := &lexicon{code: code}
	numbers := map[string]*dictionary[float64]{
		"card": &l.card, "scale": &l.scale, "ord": &l.ord, "decade": &l.decade, "centuryname": &l.centuryName, "month": &l.month, "eras": &l.eras,
	}
	lists := map[string]*words{
		"join": &l.join, "vague": &l.vague, "century": &l.century, "decadeword": &l.decadeWord, "decadeprefix": &l.decadePrefix, "decadearticle": &l.decadeArticle, "yearword": &l.yearWord,
		"half": &l.half, "yearcount": &l.yearCount, "approx": &l.approx, "year_before": &l.yearBefore, "bce": &l.bce, "count": &l.count, "negation": &l.negation,
		"superlative": &l.superlative, "stop": &l.stop, "common": &l.common, "title": &l.title, "styles": &l.styles, "scope": &l.scope, "materials": &l.materials,
	}
	for line := range strings.SplitSeq(text, "\n") {
		kind, rest, found := strings.Cut(line, ": ")
		if !found {
			continue
		}
		switch {
		case kind == "compound":
			l.compound = true
		case kind == "cjk":
			l.cjk = true
		case kind == "unit":
			for entry := range strings.FieldsSeq(rest) {
				word, unit, _ := strings.Cut(entry, "=")
				l.unit.set(word, unit)
			}
		case numbers[kind] != nil:
			for entry := range strings.FieldsSeq(rest) {
				word, digits, _ := strings.Cut(entry, "=")
				value, err := strconv.ParseFloat(digits, 64)
				if err == nil {
					numbers[kind].set(word, value)
				}
			}
		case lists[kind] != nil:
			for word := range strings.FieldsSeq(rest) {
				lists[kind].set(word, struct{}{})
			}
		}
	}
	if l.compound {
		for word, v := range l.card.whole {
			l.segments = append(l.segments, segment{word, v, false})
		}
		for word, v := range l.scale.whole {
			l.segments = append(l.segments, segment{word, v, true})
		}
	}
	return l
}
