// Package facts decides whether a story follows from the text that it was written from, as far as a program can tell without understanding
// it: numbers, dates, names, quotations, superlatives and negations. It works in the 15 languages of stories with word lists as data, asks
// nobody and keeps nothing. It does not decide whether a story is good, well formed or in the right language.
package facts

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// Rule names a kind of objection.
type Rule string

// The rules.
const (
	RuleNumber      Rule = "number"      // a number, measure, percentage or ordinal that the source does not give
	RuleYear        Rule = "year"        // a year, decade or century that no date of the source supports
	RuleDate        Rule = "date"        // a day of a month that the source does not give
	RuleSwap        Rule = "swap"        // a date that the source gives to another event
	RuleName        Rule = "name"        // a name that the source does not hold
	RuleQuote       Rule = "quote"       // direct speech that is not the source's
	RuleSuperlative Rule = "superlative" // a superlative that the source's sentence lacks
	RuleNegation    Rule = "negation"    // a negation that the source's sentence lacks, or the reverse
	RuleStyle       Rule = "style"       // a style or material that the source does not name
)

// Finding is one objection to a story.
type Finding struct {
	Rule   Rule
	Words  string // the story's words that are meant
	Refuse bool   // the story must not be told; false = a judge should look
}

// Source is the text that a story was written from.
type Source struct {
	Language string   // of Text
	Title    string   // of the place, in the story's language
	Labels   []string // the place's other names, in any language
	Text     string
}

// Passage is a source that was read once and can check many stories. It is safe for concurrent use.
type Passage struct {
	language *lexicon
	text     string
	tokens   []token
	plain    []string // the words among them without marks over letters
	words    index
	numbers  licence
	dated    []dated
	counts   []counted
	found    []quantity // of the text, in its order
	parts    []part
	home     []int                // the part of each of them
	counting []bool               // which of them stand before a word that they count
	sizes    map[string][]float64 // what may be measured, by dimension
	terms    terms
	place    words           // the words of the place's names
	phonetic map[string]bool // how the capitalised words sound, and whether they are in Latin script
}

// Read prepares a source. It takes some milliseconds for 6000 characters.
func Read(s Source) *Passage {
	p := &Passage{language: lexiconOf(s.Language), text: fold(s.Text)}
	p.tokens = tokenize(p.text)
	p.words = newIndex()
	p.plain = make([]string, len(p.tokens))
	for i, t := range p.tokens {
		if t.kind == wordToken {
			p.plain[i] = plainLetters(t.low)
			p.words.addPlain(p.plain[i])
		}
	}
	for _, name := range append([]string{s.Title}, s.Labels...) {
		for _, t := range tokenize(fold(name)) {
			if t.kind == wordToken {
				p.words.add(t.low)
			}
		}
		p.text += "\n" + fold(name)
	}
	p.phonetic = map[string]bool{}
	for _, name := range append([]string{s.Text, s.Title}, s.Labels...) {
		for _, t := range tokenize(fold(name)) {
			if !t.upper {
				continue
			}
			if key := skeleton(t.low); len(key) > 1 || len(t.low) > 3 && key != "" {
				p.phonetic[key] = isLatin(t.low)
				if silent := strings.TrimRight(key, "st"); silent != "" {
					p.phonetic[silent] = isLatin(t.low)
				}
			}
		}
	}
	found := quantities(p.language, p.text[:len(fold(s.Text))], p.tokens, true)
	slices.SortStableFunc(found, func(a, b quantity) int { return a.start - b.start })
	p.readParts(slices.Clone(found), tokenize(fold(s.Title)))
	for _, name := range append([]string{s.Title}, s.Labels...) {
		name = fold(name)
		found = append(found, quantities(p.language, name, tokenize(name), true)...)
	}
	p.numbers = license(found)
	p.dated, p.counts = datesWithYears(found), counts(p.language, p.tokens, found)
	return p
}

// Check returns the objections to a story in a language, in the story's order by rule. Today is the day on which the story is told, for
// ages and anniversaries. An empty result is not proof: fact-check.md lists what is not seen.
func (p *Passage) Check(story, language string, today time.Time) []Finding {
	c := checker{
		passage: p, language: lexiconOf(language), same: baseOf(language) == p.language.code,
		text: fold(story), year: today.Year(),
	}
	c.tokens = tokenize(c.text)
	c.checkNumbers()
	c.checkNames()
	c.checkQuotes()
	c.checkPolarity()
	c.checkStyles()
	return c.findings
}

// checker is one Check under way.
type checker struct {
	passage  *Passage
	language *lexicon
	same     bool // story and source are in the same language
	text     string
	tokens   []token
	found    []quantity      // the story's numbers in their order
	telling  map[[2]int]bool // answers of tells
	year     int
	findings []Finding
}

// most is the bound of the findings of one story: more of them tell nobody more.
const most = 32

func (c *checker) object(rule Rule, words string, refuse bool) {
	if len(c.findings) < most {
		c.findings = append(c.findings, Finding{rule, words, refuse})
	}
}

// fold returns text in NFKC with one form for quotation marks, apostrophes, dashes and spaces, so that texts from different hands compare.
func fold(text string) string {
	return folding.Replace(norm.NFKC.String(text))
}
