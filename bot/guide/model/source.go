package model

import (
	"cmp"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"excursobot/bot/guide/model/facts"
	"excursobot/geo/places"
	"excursobot/geo/places/wikitext"
)

// source is what one place is told from. It is read for the checks when they need it first, and then once.
type source struct {
	text     string
	language string
	lower    string // title, description and text, for phrases and names that the source uses itself
	facts    func() *facts.Passage
}

func newSource(place places.Place, passage Passage) *source {
	s := &source{text: passage.Text, language: passage.Language}
	if s.text == "" {
		s.text = place.Extract
		s.language = cmp.Or(s.language, place.Language)
	}
	names := append([]string{place.Title, place.Description, passage.Title}, passage.Labels...)
	s.lower = strings.ReplaceAll(strings.ToLower(strings.Join(names, " ")+" "+s.text), "’", "'")
	s.facts = sync.OnceValue(func() *facts.Passage {
		return facts.Read(facts.Source{Language: s.language, Title: place.Title, Labels: names[1:], Text: s.text})
	})
	return s
}

// speaks reports whether the source holds words to a language model.
func (s *source) speaks() bool { return wikitext.SpeaksToModel(s.lower) }

// atLeast returns the fewest words or characters of a story: usual ones, but no more than a third of the source has, and never below floor. A
// short source makes a short story.
func (s *source) atLeast(usual, floor int) int {
	has := len(strings.Fields(s.text))
	if usual == minCharacters {
		has = utf8.RuneCountInString(s.text)
	}
	return max(floor, min(usual, has/3))
}

// quoted returns the quotes that the passage holds, apart from spaces, quotation marks and dashes.
func (s *source) quoted(quotes []string) []string {
	var known []string
	for _, q := range quotes {
		q = plain(strings.TrimSpace(q), 300)
		if n := utf8.RuneCountInString(q); n >= 8 && len(known) < 2 && strings.Contains(foldQuote(s.text), foldQuote(q)) {
			known = append(known, q)
		}
	}
	return known
}

var quoteSigns = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "’", "'", "‘", "'", "–", "-", "—", "-", "\u00a0", " ")

func foldQuote(s string) string {
	return strings.Trim(strings.Join(strings.Fields(quoteSigns.Replace(norm.NFC.String(s))), " "), ` ".,;:`)
}

// odd are words with a sign that markup and links have too.
var odd = regexp.MustCompile(`[\p{L}\p{N}_]*[@#.|][\p{L}\p{N}_@#.|]+`)

// withoutNames returns text without the words that hold a sign of markup and stand in the source as they are ("Booking.com", "C#").
func (s *source) withoutNames(text string) string {
	return odd.ReplaceAllStringFunc(text, func(word string) string {
		if strings.Contains(s.lower, strings.ToLower(strings.TrimRight(word, "."))) && !wikitext.HasContact(word) {
			return ""
		}
		return word
	})
}

// contact returns the first sentence of a story that holds an address, a telephone number, an account or a command, or speaks to a model;
// "" = none.
func contact(s *source, text string) string {
	for _, sentence := range wikitext.Sentences(s.withoutNames(text)) {
		if wikitext.HasContact(sentence) || wikitext.SpeaksToModel(sentence) {
			return plain(sentence, 80)
		}
	}
	return ""
}

// withoutQuotes returns a lower-case text without what stands in quotation marks: the source's words may greet or ask.
func withoutQuotes(lower string) string { return inQuotes.ReplaceAllString(lower, " ") }

var inQuotes = regexp.MustCompile(`"[^"]{1,200}"|“[^”]{1,200}”|«[^»]{1,200}»|„[^“”]{1,200}[“”]|「[^」]{1,200}」|『[^』]{1,200}』`)

// bound decides whether a story belongs to its place: it shares a name, a number or some content words with its own passage, and holds no
// name that only another passage of the same request has.
func (a *answer) bound(id, text string) *CheckError {
	own := a.sources[id].facts()
	if !own.Shares(text, a.language) {
		return &CheckError{Place: id, Rule: ruleBound, Detail: "nothing of the place's own passage"}
	}
	for _, name := range own.Unknown(text, a.language) {
		for other, src := range a.sources {
			if other != id && src.facts().Holds(name) {
				return &CheckError{Place: id, Rule: ruleBound, Detail: plain(name, 60) + " belongs to another place"}
			}
		}
	}
	return nil
}
