package ask

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"excursobot/bot/guide/model/facts"
	"excursobot/geo/places/wikitext"
)

const (
	// introMost is how many characters of the intro are in every passage: it names what the rest speaks of.
	introMost = 1200
	// sectionWeight is how much a paragraph gains from the rest of its section.
	sectionWeight = 0.3
	// manyForms bounds the words of a question that are looked for.
	manyForms = 40
)

// paragraph is a part of an article in its order.
type paragraph struct {
	section int
	text    string
	score   float64
	words   int // of the question that are in it
}

// Passage returns at most limit characters of an article for a question: the beginning of the intro and the paragraphs that match the question best,
// in the article's order. language is the article's. If nothing matches, as with a question in another language, it is wikitext.Passage.
func Passage(sections []wikitext.Section, title, question, language string, limit int) string {
	all := ranked(sections, title, question, language)
	if !slices.ContainsFunc(all, func(p paragraph) bool { return p.score > 0 }) {
		return wikitext.Passage(sections, limit)
	}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(all[b].score, all[a].score) })
	taken, room := make([]string, len(all)), limit
	take := func(i, most int) {
		if taken[i] == "" && room > 0 {
			taken[i] = wikitext.Cut(all[i].text, min(most, room))
			room -= utf8.RuneCountInString(taken[i]) + 1
		}
	}
	for i := range all {
		if sections[all[i].section].Heading == "" && limit-room < introMost {
			take(i, introMost)
		}
	}
	for _, i := range order {
		take(i, limit)
	}
	return wikitext.Cut(strings.Join(slices.DeleteFunc(taken, func(s string) bool { return s == "" }), "\n"), limit)
}

// Best returns the sentences of an article that match a question best, at most limit characters from one paragraph; "" if none does.
func Best(sections []wikitext.Section, title, question, language string, limit int) string {
	var best paragraph
	for _, p := range ranked(sections, title, question, language) {
		if p.score > best.score {
			best = p
		}
	}
	if best.words == 0 {
		return ""
	}
	if utf8.RuneCountInString(best.text) <= limit {
		return best.text
	}
	forms, from, most := termsOf(question, title, language), 0, 0
	sentences := wikitext.Sentences(best.text)
	for i, s := range sentences {
		if n := forms.in(facts.Content(s, language)); n > most {
			from, most = i, n
		}
	}
	return wikitext.Cut(strings.Join(sentences[from:], " "), limit)
}

// ranked returns the paragraphs of an article with how well each matches the question: the rarer a word of the question is in the article, the more it
// counts.
func ranked(sections []wikitext.Section, title, question, language string) []paragraph {
	terms := termsOf(question, title, language)
	var all []paragraph
	var found [][]int // by paragraph: how often each term is in it
	for i, s := range sections {
		for text := range strings.SplitSeq(s.Text, "\n") {
			if text == "" {
				continue
			}
			all = append(all, paragraph{section: i, text: text})
			found = append(found, terms.count(facts.Content(s.Heading+". "+text, language)))
		}
	}
	bySection := make([]float64, len(sections))
	for t := range terms {
		with := 0
		for _, n := range found {
			if n[t] > 0 {
				with++
			}
		}
		rarity := math.Log(1 + (float64(len(all))-float64(with)+0.5)/(float64(with)+0.5))
		for i, n := range found {
			if n[t] > 0 {
				gain := rarity * float64(n[t]) / (float64(n[t]) + 1)
				all[i].score += gain
				all[i].words++
				bySection[all[i].section] += gain
			}
		}
	}
	for i := range all {
		if all[i].words > 0 || bySection[all[i].section] > 0 {
			all[i].score += sectionWeight * bySection[all[i].section] / float64(len(all))
		}
	}
	return all
}

// terms are the words of a question that can be looked for.
type terms []string

// termsOf returns the content words of a question, without those of the place's title: the whole article is about it.
func termsOf(question, title, language string) terms {
	named := facts.Content(title, language)
	var t terms
	for _, w := range facts.Content(question, language) {
		if len(t) < manyForms && !t.has(w) && !slices.ContainsFunc(named, func(n string) bool { return facts.SameStem(n, w) }) {
			t = append(t, w)
		}
	}
	return t
}

func (t terms) has(word string) bool {
	return slices.ContainsFunc(t, func(known string) bool { return facts.SameStem(known, word) })
}

// count returns how often each term is among the words.
func (t terms) count(words []string) []int {
	n := make([]int, len(t))
	for _, w := range words {
		for i, term := range t {
			if facts.SameStem(term, w) {
				n[i]++
			}
		}
	}
	return n
}

// in returns how many of the terms are among the words.
func (t terms) in(words []string) int {
	some := 0
	for _, n := range t.count(words) {
		if n > 0 {
			some++
		}
	}
	return some
}
