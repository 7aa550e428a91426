package facts

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// connectors stand inside names in lower case.
var connectors = map[string]bool{
	"of": true, "the": true, "de": true, "du": true, "des": true, "la": true, "le": true, "les": true, "del": true, "della": true, "di": true, "da": true, "do": true, "dos": true, "das": true,
	"von": true, "van": true, "der": true, "den": true, "zu": true, "al": true, "el": true, "y": true, "d'": true, "l'": true, "dell'": true, "auf": true, "am": true, "und": true, "and": true, "et": true, "e": true, "i": true, "и": true, "на": true,
}

// checkNames objects to names that neither the source nor the place's names hold. In the source's own language such a name refuses the
// story; from another language it may be a translation, which a judge decides.
func (c *checker) checkNames() {
	if c.language.cjk || c.language.code == "ar" || c.language.code == "hi" {
		c.checkMarkedNames()
		return
	}
	for i := 0; i < len(c.tokens); {
		if !c.isCapital(i) {
			i++
			continue
		}
		end := i + 1
		for end < len(c.tokens) {
			t := c.tokens[end]
			if t.sentence != c.tokens[i].sentence {
				break
			}
			if c.isCapital(end) || t.low == "-" && t.glued && end+1 < len(c.tokens) && c.tokens[end+1].glued {
				end++
				continue
			}
			if t.kind == markToken && t.low == "." && utf8.RuneCountInString(c.tokens[end-1].low) <= 2 && end+1 < len(c.tokens) && c.isCapital(end+1) { // initials
				end++
				continue
			}
			if connectors[t.low] && end+1 < len(c.tokens) && (c.isCapital(end+1) || connectors[c.tokens[end+1].low] && end+2 < len(c.tokens) && c.isCapital(end+2)) && c.tokens[end+1].sentence == t.sentence {
				end++
				continue
			}
			break
		}
		c.checkRun(i, end)
		i = end
	}
}

func (c *checker) isCapital(i int) bool {
	t := c.tokens[i]
	return t.kind == wordToken && t.upper
}

// checkRun looks at one run of capitalised words.
func (c *checker) checkRun(from, to int) {
	capitals := 0
	for i := from; i < to; i++ {
		if c.isCapital(i) {
			capitals++
		}
	}
	german := c.language.code == "de"
	if german && capitals < 2 && !(from > 0 && c.language.title.has(c.tokens[from-1].low)) {
		return
	}
	if german {
		c.checkGermanRun(from, to)
		return
	}
	for i := from; i < to; i++ {
		t := c.tokens[i]
		if !c.isCapital(i) || c.known(t) {
			continue
		}
		// The first word of a sentence is capitalised anyway: it is a name only together with what follows.
		if t.first || i > 0 && c.tokens[i-1].low == `"` || i > 0 && c.tokens[i-1].low == ":" {
			if capitals < 2 || i+1 >= to || !c.isCapital(i+1) || c.known(c.tokens[i+1]) {
				continue
			}
		}
		c.object(RuleName, c.text[t.start:c.tokens[to-1].end], c.same)
		return
	}
}

// checkGermanRun looks at capitalised words of a German story, where every noun is one. Two unknown ones side by side, or one behind a title,
// are a name; one unknown word beside a known one may be a noun and is left to the judge.
func (c *checker) checkGermanRun(from, to int) {
	titled := from > 0 && c.language.title.has(c.tokens[from-1].low)
	for i := from; i < to; i++ {
		if !c.isCapital(i) || c.known(c.tokens[i]) {
			continue
		}
		words := c.text[c.tokens[i].start:c.tokens[to-1].end]
		if i+1 < to && c.isCapital(i+1) && !c.known(c.tokens[i+1]) || titled && i == from {
			c.object(RuleName, words, c.same)
			return
		}
		if i > from && c.isCapital(i-1) && !c.tokens[i-1].first {
			c.object(RuleName, words, false)
		}
	}
}

// known reports whether a capitalised word is no news: the source or a name of the place has it, or it is no name.
func (c *checker) known(t token) bool {
	l := c.language
	if l.stop.has(t.low) || l.common.has(t.low) || l.month.has(t.low) || l.title.has(t.low) || l.century.has(t.low) || l.unit.has(t.low) {
		return true
	}
	if utf8.RuneCountInString(t.low) <= 2 && romanValue(t.low) == 0 {
		return true // initials, articles
	}
	if romanValue(strings.TrimSuffix(strings.TrimSuffix(t.low, "e"), "èm")) > 0 || l.ord.has(t.low) || l.card.has(t.low) || l.decade.has(t.low) || l.centuryName.has(t.low) {
		return true
	}
	word := strings.TrimSuffix(t.low, "'s")
	if i := strings.LastIndexByte(word, '\''); i > 0 {
		switch {
		case l.code == "tr": // UNESCO'nun: the ending stands behind the apostrophe
			word = word[:i]
		case len(word)-i > 3:
			word = word[i+1:]
		}
	}
	if demonym(word) {
		return true
	}
	return c.passage.words.has(word) || c.passage.sounds(word, c.same)
}

// demonym reports whether an English word names a nation or its language: a source that names the country does not always hold it.
func demonym(word string) bool { return demonyms[word] }

var demonyms = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq("english british scottish welsh irish french german austrian swiss italian roman spanish portuguese dutch belgian russian soviet polish czech hungarian greek turkish ottoman jewish christian catholic protestant orthodox muslim islamic european american african asian chinese japanese korean indian arab arabic egyptian persian latin norman saxon celtic viking victorian georgian elizabethan edwardian tudor londoners parisians parisian londoner muscovites earth sun moon world") {
		m[w] = true
	}
	return m
}()

// checkMarkedNames looks at names in scripts without capitals: what stands in quotation marks or brackets of titles.
func (c *checker) checkMarkedNames() {
	for _, inner := range enclosed(c.text, "「」", "『』", "《》", "〈〉", `""`) {
		name := strings.TrimSpace(inner)
		if n := utf8.RuneCountInString(name); n >= 2 && n <= 20 && !strings.Contains(c.passage.text, name) {
			c.object(RuleName, name, c.same)
		}
	}
	if c.language.code == "ja" && c.same {
		c.checkKatakana()
	}
}

// checkKatakana looks at foreign names in Japanese: katakana words of four letters and more that the source does not hold. Many are ordinary
// loanwords, so they are only shown to the judge.
func (c *checker) checkKatakana() {
	start := -1
	for i, r := range c.text + " " {
		isKana := unicode.Is(unicode.Katakana, r) || r == 'ー' || r == '・'
		switch {
		case isKana && start < 0:
			start = i
		case !isKana && start >= 0:
			word := c.text[start:min(i, len(c.text))]
			if utf8.RuneCountInString(word) >= 4 && !strings.Contains(c.passage.text, word) {
				c.object(RuleName, word, strings.Contains(word, "・"))
			}
			start = -1
		}
	}
}
