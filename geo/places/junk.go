package places

import (
	"strings"
	"unicode"
)

// Kinds of our own, beside the source's types: they are stored so that nobody asks for such a page again.
const (
	kindMissing        = "-missing"
	kindDisambiguation = "-disambiguation"
	kindElsewhere      = "-elsewhere" // not on this planet
)

// dimLimit in metres: what is larger is not a place to stand before.
const dimLimit = 3000

// worthwhile says whether a place is something to walk to.
func worthwhile(p Place) bool {
	return !dull(p.Kind, p.Dim) && !dullTitle(p.Language, p.Title) && !dullDescription(p.Language, p.Description)
}

// dull judges by the source's metadata: a type such as "adm1st" or "city(120000)", and the size in metres.
func dull(kind string, dim int) bool {
	kind, _, _ = strings.Cut(strings.ToLower(kind), "(")
	return dim > dimLimit || strings.HasPrefix(kind, "adm") || dullKinds[strings.TrimSpace(kind)]
}

var dullKinds = set(`city country state region river waterbody event satellite glacier
	` + kindMissing + ` ` + kindDisambiguation + ` ` + kindElsewhere)

// dullTitle judges by how a title begins ("List of ...") and by what it says of itself in brackets ("... (river)").
func dullTitle(language, title string) bool {
	title = fold(language, title)
	for _, start := range vocabularies[base(language)].titles {
		if rest, ok := strings.CutPrefix(title, start); ok && strings.HasPrefix(rest, " ") {
			return true
		}
	}
	if before, note, ok := strings.Cut(title, "("); ok && before != "" {
		note, _, _ = strings.Cut(note, ")")
		return dullDescription(language, note)
	}
	return false
}

// dullDescription judges by what the short description says the thing is: its words before the first preposition, so that
// a bridge over a river and a church in a city stay. English puts the noun last ("city museum"), and only
// that counts; the others decline or put prepositions between nouns, and there any of the words may be it.
// A language without a vocabulary is judged by metadata alone.
func dullDescription(language, description string) bool {
	v, ok := vocabularies[base(language)]
	if !ok || description == "" {
		return false
	}
	description = fold(language, description)
	whole := " " + description + " "
	for _, phrase := range v.phrases {
		if strings.Contains(whole, phrase) {
			return true
		}
	}
	if end := strings.IndexAny(description, ",;:(–—"); end > 0 {
		description = description[:end]
	}
	words := strings.FieldsFunc(description, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-'
	})
	last := ""
	for i, word := range words {
		if i > 0 && v.stops[word] {
			break
		}
		if !v.headLast && v.nouns[word] {
			return true
		}
		last = word
	}
	return v.headLast && v.nouns[last]
}

// fold brings text to the form of the vocabularies. An apostrophe divides words, but not in the alphabets where it is a letter's neighbour.
func fold(language, s string) string {
	s = strings.ReplaceAll(strings.ToLower(s), "ё", "е")
	if !strings.ContainsAny(s, "'’ʼ") {
		return s
	}
	if language == "uk" {
		return apostrophesOut.Replace(s)
	}
	return apostrophesApart.Replace(s)
}

var (
	apostrophesOut   = strings.NewReplacer("'", "", "’", "", "ʼ", "")
	apostrophesApart = strings.NewReplacer("'", " ", "’", " ", "ʼ", " ")
)

// base is the language without its region: "pt-br" is judged as "pt".
func base(language string) string {
	language, _, _ = strings.Cut(language, "-")
	return language
}

// phrases is lines with a space before and after each, to be found as whole words.
func phrases(text string) []string {
	out := lines(text)
	for i := range out {
		out[i] = " " + out[i] + " "
	}
	return out
}

// set is the words of text.
func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, word := range strings.Fields(words) {
		m[word] = true
	}
	return m
}

// lines divides text at commas.
func lines(text string) []string {
	var out []string
	for _, line := range strings.Split(text, ",") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			out = append(out, line)
		}
	}
	return out
}
