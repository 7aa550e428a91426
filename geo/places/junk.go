package places

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"excursobot/geo/editions"
)

// Our own kinds beside the types of the source. They are stored so that such a page is not fetched again.
const (
	kindMissing        = "-missing"
	kindDisambiguation = "-disambiguation"
	kindElsewhere      = "-elsewhere" // not on this planet
)

// dimLimit in metres: larger things are areas, not places.
const dimLimit = 3000

// Worthwhile reports whether a place is worth a visit, as far as its descriptions say.
func Worthwhile(p Place) bool { return worthwhile(p) }

// worthwhile reports whether a place is worth a visit. Wikidata's description in English decides first, because nearly every item has one in the
// same words, whatever the edition; then the title, the type and the description of the edition do.
func worthwhile(p Place) bool {
	if junkKind(p.Kind, p.Dim) || p.Length > 0 && p.Length < editions.MinBytes(p.Language) {
		return false
	}
	switch judgeEnglish(p.About, p.Dim) {
	case junk:
		return false
	case sight:
		return !strings.HasPrefix(p.Kind, "-")
	}
	return !junkTitle(p.Language, p.Title) && !junkDescription(p.Language, p.Description) &&
		(p.Language != "en" || judgeEnglish(p.Description, p.Dim) != junk)
}

// junkKind judges by the metadata of the source: a type such as "adm1st" or "city(120000)", and the size in metres.
func junkKind(kind string, dim int) bool {
	kind, _, _ = strings.Cut(strings.ToLower(kind), "(")
	return dim > dimLimit || strings.HasPrefix(kind, "adm") || junkKinds[strings.TrimSpace(kind)]
}

var junkKinds = set(`city country state region river waterbody event satellite glacier
	` + kindMissing + ` ` + kindDisambiguation + ` ` + kindElsewhere)

// junkTitle judges by the first words of a title ("List of ...") and by a note in brackets after it ("... (river)").
func junkTitle(language, title string) bool {
	given := title
	title = fold(language, title)
	for _, start := range vocabularies[base(language)].titles {
		if rest, ok := strings.CutPrefix(title, start); ok && strings.HasPrefix(rest, " ") {
			return true
		}
	}
	before, note, ok := strings.Cut(given, "(")
	if !ok || before == "" {
		return false
	}
	note, _, _ = strings.Cut(note, ")")
	return !namesAPlace(language, note) && junkDescription(language, note)
}

// namesAPlace reports whether a note in brackets says where a place is, "(New York City)" or "(село Коньково)", and not what, "(river)": it has a
// word with a capital letter. German capitalises all nouns, so there only a note of several words does.
func namesAPlace(language, note string) bool {
	words := strings.Fields(note)
	if base(language) == "de" && len(words) == 1 {
		return false
	}
	return slices.ContainsFunc(words, func(word string) bool {
		first, _ := utf8.DecodeRuneInString(word)
		return unicode.IsUpper(first)
	})
}

// junkDescription judges by the words of the short description before the first preposition, so that a bridge over a river and a church in a
// city are kept. In English the noun comes last ("city museum") and only the last word counts. The other languages decline or put prepositions
// between nouns, so each of the words counts. A language without a vocabulary has no junk descriptions.
func junkDescription(language, description string) bool {
	v, ok := vocabularies[base(language)]
	if !ok || description == "" {
		return false
	}
	description = fold(language, description)
	if lifetime.MatchString(description) && !builds(description) {
		return true
	}
	if holdsPhrase(description, v.phrases) {
		return true
	}
	last := ""
	for i, word := range firstWords(description) {
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

// holdsPhrase reports whether a folded description holds one of the phrases.
func holdsPhrase(description string, phrases []string) bool {
	padded := " " + description + " "
	return slices.ContainsFunc(phrases, func(phrase string) bool { return strings.Contains(padded, phrase) })
}

// firstWords returns the words of a folded description up to the first comma, bracket or dash.
func firstWords(description string) []string {
	if end := strings.IndexAny(description, ",;:(–—"); end > 0 {
		description = description[:end]
	}
	return strings.FieldsFunc(description, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' })
}

// builds reports whether a description names a building, which may have a lifetime as people have.
func builds(description string) bool {
	for _, word := range strings.FieldsFunc(description, func(r rune) bool { return !unicode.IsLetter(r) }) {
		for _, stem := range topics["architecture"].stems {
			if strings.HasPrefix(word, stem) && !strings.HasPrefix(word, "architect") && !strings.HasPrefix(word, "архитект") && !strings.HasPrefix(word, "arquitet") {
				return true
			}
		}
	}
	return false
}

var (
	apostrophesOut   = strings.NewReplacer("'", "", "’", "", "ʼ", "")
	apostrophesApart = strings.NewReplacer("'", " ", "’", " ", "ʼ", " ")
)
