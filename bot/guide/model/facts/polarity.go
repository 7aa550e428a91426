package facts

import (
	"iter"
	"strings"
	"unicode/utf8"
)

// checkQuotes objects to direct speech that is not in the source. Words of a title or a nickname in quotation marks are short and are left
// to the check of names.
func (c *checker) checkQuotes() {
	for before, inner := range enclosed(c.text, `""`, "「」", "『』") {
		quote := strings.Trim(inner, " .,!?;:。！？")
		if c.longQuote(quote) && !containsFolded(c.passage.text, quote) {
			before = strings.TrimRight(before, " ")
			spoken := strings.HasSuffix(before, ":") || strings.HasSuffix(before, ",")
			c.object(RuleQuote, quote, c.same || spoken && !c.passage.quotes())
		}
	}
}

// enclosed returns the parts of text between the two marks of a pair, pair by pair, each with the text in front of its first mark.
func enclosed(text string, pairs ...string) iter.Seq2[string, string] {
	return func(yield func(before, inner string) bool) {
		for _, pair := range pairs {
			_, size := utf8.DecodeRuneInString(pair)
			for from := 0; ; {
				before, rest, opened := strings.Cut(text[from:], pair[:size])
				inner, _, closed := strings.Cut(rest, pair[size:])
				if !opened || !closed {
					break
				}
				from += len(before)
				if !yield(text[:from], inner) {
					return
				}
				from += len(pair) + len(inner)
			}
		}
	}
}

// quotes reports whether the source has any quotation marks. Without them, what a story quotes in another language is not a translation.
func (p *Passage) quotes() bool { return strings.ContainsAny(p.text, `"「『`) }

func (c *checker) longQuote(quote string) bool {
	if c.language.cjk {
		return utf8.RuneCountInString(quote) > 8
	}
	return len(strings.Fields(quote)) >= 3
}

// containsFolded reports whether text holds a quotation, apart from capitals and punctuation.
func containsFolded(text, quote string) bool {
	return strings.Contains(lettersOnly(text), lettersOnly(quote))
}

func lettersOnly(text string) string {
	var out strings.Builder
	for _, t := range tokenize(text) {
		if t.kind != markToken {
			out.WriteString(t.low)
			out.WriteByte(' ')
		}
	}
	return out.String()
}

// checkPolarity compares superlatives and negations with the sentence of the source that tells the same. If that sentence has enough of the
// story's content words and lacks the superlative, or has the opposite polarity, the story is refused; if there is no such sentence, the
// judge looks at superlatives.
func (c *checker) checkPolarity() {
	if c.language.cjk {
		return
	}
	p := c.passage
	for _, part := range sentencesOf(c.tokens) {
		var content []string
		superlative, negated := -1, false
		for i := part[0]; i < part[1]; i++ {
			t := c.tokens[i]
			if t.kind != wordToken {
				continue
			}
			switch {
			case c.isSuperlative(i):
				superlative = i
			case c.language.negation.has(t.low):
				negated = true
			case !c.language.stop.has(t.low) && utf8.RuneCountInString(t.low) > 3:
				content = append(content, t.low)
			}
		}
		if superlative < 0 && !negated || !c.same {
			if superlative >= 0 {
				c.object(RuleSuperlative, c.around(superlative), false)
			}
			continue
		}
		best, shared := p.closest(content)
		if superlative >= 0 {
			c.checkSuperlative(superlative, part)
		}
		if negated && best >= 0 && shared >= 4 && 3*shared >= 2*len(content) && !p.hasNegation(best) {
			c.object(RuleNegation, c.text[c.tokens[part[0]].start:c.tokens[part[1]-1].end], false)
		}
	}
}

// checkSuperlative compares the words next to a superlative with the source. If the sentence that has most of them, at least three and three quarters,
// holds no superlative, the story is refused; without such a sentence the judge decides.
func (c *checker) checkSuperlative(at int, sentence [2]int) {
	p := c.passage
	var beside []string
	for i := max(sentence[0], at-3); i < min(sentence[1], at+7); i++ {
		t := c.tokens[i]
		if i != at && t.kind == wordToken && !c.language.stop.has(t.low) && utf8.RuneCountInString(t.low) > 3 {
			beside = append(beside, t.low)
		}
	}
	wanted := newIndex()
	for _, w := range beside {
		wanted.add(w)
	}
	refuse := c.claimsScope(at, sentence)
	for _, part := range sentencesOf(p.tokens) {
		seen := map[string]bool{}
		for i := part[0]; i < part[1]; i++ {
			if t := p.tokens[i]; t.kind == wordToken && wanted.hasPlain(p.plain[i]) {
				seen[t.low] = true
			}
		}
		if len(seen) == 0 {
			continue
		}
		if p.hasSuperlative(part[0]) && !refuse {
			return
		}
		refuse = refuse || len(seen) >= 3 && 4*len(seen) >= 3*len(beside)
	}
	c.object(RuleSuperlative, c.around(at), refuse)
}

// claimsScope reports whether a superlative is said to hold for the world, a continent or a country, and no sentence of the source has a
// superlative and such a word.
func (c *checker) claimsScope(at int, sentence [2]int) bool {
	scoped := false
	for i := max(sentence[0], at-3); i < min(sentence[1], at+7); i++ {
		scoped = scoped || i != at && c.tokens[i].kind == wordToken && c.language.scope.has(c.tokens[i].low)
	}
	if !scoped {
		return false
	}
	p := c.passage
	for _, part := range sentencesOf(p.tokens) {
		for _, t := range p.tokens[part[0]:part[1]] {
			if t.kind == wordToken && p.language.scope.has(t.low) && p.hasSuperlative(part[0]) {
				return false
			}
		}
	}
	return true
}

// around returns the superlative with the two words behind it.
func (c *checker) around(i int) string {
	end := i
	for k := i + 1; k < min(len(c.tokens), i+3) && c.tokens[k].kind == wordToken; k++ {
		end = k
	}
	return c.text[c.tokens[i].start:c.tokens[end].end]
}

// isSuperlative reports whether token i is a superlative. Languages that build it with "more" and an article need both.
func (c *checker) isSuperlative(i int) bool { return superlativeAt(c.language, c.tokens, i) }

func superlativeAt(l *lexicon, tokens []token, i int) bool {
	w := tokens[i].low
	if !l.superlative.has(w) || tokens[i].upper && !tokens[i].first && l.code != "de" {
		return false
	}
	switch l.code {
	case "fr", "it", "es", "pt":
		if i == 0 {
			return false
		}
		before := tokens[i-1].low
		article := before == "le" || before == "la" || before == "les" || before == "il" || before == "i" || before == "el" || before == "los" || before == "las" || before == "o" || before == "a" || before == "os" || before == "as" || before == "lo" || before == "l'"
		if w == "plus" || w == "moins" || w == "más" || w == "più" || w == "mais" {
			return article
		}
		return article && !l.ord.has(w) && !strings.HasPrefix(w, "últim") && !strings.HasPrefix(w, "ultim") && !strings.HasPrefix(w, "derni")
	case "en":
		if w == "most" {
			return i+1 < len(tokens) && tokens[i+1].low != "of" && i > 0 && tokens[i-1].low == "the"
		}
		return !(w == "first" || w == "last" || w == "only" || w == "earliest" || w == "latest") || w == "only" && i > 0 && tokens[i-1].low == "the" || w == "earliest"
	case "de":
		return !strings.HasPrefix(w, "erste") && !strings.HasPrefix(w, "letzt") && !strings.HasPrefix(w, "meist")
	case "ru", "uk", "pl":
		return !l.ord.has(w) && !strings.HasPrefix(w, "последн") && !strings.HasPrefix(w, "останн") && !strings.HasPrefix(w, "ostatni") && !strings.HasPrefix(w, "pierwsz") &&
			!(l.code == "ru" && strings.HasPrefix(w, "сам") && (w == "сам" || w == "сама" || w == "сами" || w == "само" || !strings.HasPrefix(w, "самы") && !strings.HasPrefix(w, "само") && !strings.HasPrefix(w, "саму")))
	case "tr":
		return w == "en" || w == "tek"
	}
	return true
}

// sentencesOf returns the ranges of tokens of each sentence.
func sentencesOf(tokens []token) [][2]int {
	var list [][2]int
	start := 0
	for i, t := range tokens {
		if t.sentence != tokens[start].sentence {
			list = append(list, [2]int{start, i})
			start = i
		}
	}
	if start < len(tokens) {
		list = append(list, [2]int{start, len(tokens)})
	}
	return list
}

// closest returns the sentence of the source that shares the most content words, as its first token, and how many; -1 if none shares any.
func (p *Passage) closest(content []string) (best, shared int) {
	best = -1
	wanted := newIndex()
	for _, w := range content {
		wanted.add(w)
	}
	for _, part := range sentencesOf(p.tokens) {
		n := 0
		seen := map[string]bool{}
		for i := part[0]; i < part[1]; i++ {
			if t := p.tokens[i]; t.kind == wordToken && !p.language.stop.has(t.low) && !seen[t.low] && wanted.hasPlain(p.plain[i]) {
				seen[t.low] = true
				n++
			}
		}
		if n > shared {
			best, shared = part[0], n
		}
	}
	return best, shared
}

func (p *Passage) hasSuperlative(start int) bool {
	for i := start; i < len(p.tokens) && p.tokens[i].sentence == p.tokens[start].sentence; i++ {
		if p.tokens[i].kind == wordToken && superlativeAt(p.language, p.tokens, i) {
			return true
		}
	}
	return false
}

func (p *Passage) hasNegation(start int) bool {
	for i := start; i < len(p.tokens) && p.tokens[i].sentence == p.tokens[start].sentence; i++ {
		if p.tokens[i].kind == wordToken && p.language.negation.has(p.tokens[i].low) {
			return true
		}
	}
	return false
}

// checkStyles objects to styles and materials that the source does not name. Only stories in the source's language can be compared.
func (c *checker) checkStyles() {
	if !c.same {
		return
	}
	for _, list := range []words{c.language.styles, c.language.materials} {
		for _, t := range c.tokens {
			if t.kind != wordToken || t.upper && c.language.code != "de" && !t.first || !list.has(t.low) || c.passage.words.has(t.low) {
				continue
			}
			c.object(RuleStyle, c.text[t.start:t.end], true)
		}
	}
}
