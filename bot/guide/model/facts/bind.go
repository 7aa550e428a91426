package facts

import "slices"

// evidence is a word of a story with the parts of the source that have it, and its weight: the fewer they are, the more it tells.
type evidence struct {
	parts  []int
	weight float64
}

// bindings compares what a story says around each of its numbers with what the source says around the same number and around others like it.
type bindings struct {
	c     *checker
	found []quantity
	parts []part
	home  []int
	// licensed holds, by number of the story, those of the source that say the same.
	licensed [][]int
}

// mostCompared bounds the numbers of a source that are compared with those of a story. Honest passages have fewer.
const mostCompared = 400

// checkBindings objects to numbers that the source has, but for something else.
func (c *checker) checkBindings(found []quantity) {
	if !c.same || len(found) == 0 {
		return
	}
	b := bindings{c: c, found: found, parts: partsOf(c.language, c.tokens, found, c.passage.place), home: make([]int, len(found))}
	for i, part := range b.parts {
		for _, q := range part.held {
			b.home[q] = i
		}
	}
	b.licensed = make([][]int, len(found))
	for i, q := range found {
		for s, from := range c.passage.compared() {
			if licenses(from, q) {
				b.licensed[i] = append(b.licensed[i], s)
			}
		}
	}
	for i, q := range found {
		if kind := classOf(q); kind != noClass && len(b.licensed[i]) > 0 {
			b.check(i, kind)
		}
	}
}

// check looks at one number of the story. The source must have it directly: what follows by counting is not compared. A rival is another number of its class
// which the story's sentence does not tell. The story is refused if words around its number stand around a rival and not around the number itself: two of
// them that are rare in the source, or, for a period, most of the clause.
func (b *bindings) check(i int, kind class) {
	p, q := b.c.passage, b.found[i]
	if q.years && slices.ContainsFunc(q.values, func(v float64) bool { return b.c.ageHolds(v, q) }) {
		return
	}
	words, counter, all := b.evidence(i, kind)
	if len(words) == 0 {
		return
	}
	sentence := b.ofSentence(i)
	own, wide := b.licensed[i], 0.0 // what follows in another way has none
	for _, s := range own {
		first, last := p.around(p.home[s])
		for _, w := range sentence {
			if len(w.parts) <= 4 && anyWithin(w.parts, first, last) {
				wide += w.weight
			}
		}
	}
	for s, rival := range p.compared() {
		if classOf(rival) != kind || kind == sizes && units[rival.unit].dimension != units[q.unit].dimension || licenses(rival, q) || b.told(i, s) {
			continue
		}
		first, last := reach(p.parts, p.found, p.home[s], kind)
		sum, n, hits, rare := 0.0, 0, 0, false
		for _, w := range words {
			if anyWithin(w.parts, first, last) {
				sum += w.weight
				hits++
				if len(w.parts) <= 3 {
					n++
				}
				rare = rare || len(w.parts) == 1
			}
		}
		if n == 0 {
			continue
		}
		if counter != "" && contains(p.parts[p.home[s]].counters, counter, p.language.cjk) {
			sum++
			if p.language.cjk {
				n++
			}
		}
		sum += b.together(i, first, last)
		support := 0.0
		for _, from := range own {
			support = max(support, b.support(i, from, words, counter, first, last))
		}
		margin := 1.2
		if support < 0.5 {
			margin = 0.8
		}
		several := n >= 2 && sum >= support+margin || hits >= 2 && rare && support == 0 && sum >= 1.2
		single := kind == times && rare && support == 0 && (2*hits > all || 3*hits >= all && wide == 0)
		if several || single {
			rule := RuleNumber
			if kind == times {
				rule = RuleSwap
			}
			b.c.object(rule, b.c.text[q.start:q.end], true)
			return
		}
	}
}

// support weighs what the story's words have in common with the parts around number s of the source. The parts of a rival, from first to last, count only
// for a number that is told later in the rival's sentence, or for a period of a very short one: it may be about what was named before ("They did not
// reopen until 1982").
func (b *bindings) support(i, s int, words []evidence, counter string, first, last int) float64 {
	p := b.c.passage
	from, to := reach(p.parts, p.found, p.home[s], classOf(p.found[s]))
	wideFirst, wideLast := p.around(p.home[s])
	sum := b.together(i, wideFirst, wideLast)
	back := p.home[s] > last && (p.parts[last].sentence == p.parts[p.home[s]].sentence || classOf(b.found[i]) == times && p.sizeOf(p.home[s]) <= 1)
	for _, w := range words {
		switch {
		case anyWithin(w.parts, from, to):
			sum += w.weight
		case anyOutside(w.parts, wideFirst, wideLast, first, last) || back && anyWithin(w.parts, wideFirst, wideLast):
			sum += 0.8 * w.weight
		}
	}
	if counter != "" && contains(p.parts[p.home[s]].counters, counter, p.language.cjk) {
		sum++
	}
	return sum
}

// anyOutside reports whether a part lies from first to last, but not from low to high.
func anyOutside(list []int, first, last, low, high int) bool {
	for _, i := range list {
		if i >= first && i <= last && (i < low || i > high) {
			return true
		}
	}
	return false
}

func contains(list []string, word string, exact bool) bool {
	for _, w := range list {
		if w == word || !exact && w != "" && sameStem(w, word) {
			return true
		}
	}
	return false
}

// evidence returns the words of the story around a number that the source has too, the word behind it, and how many words there are in all.
func (b *bindings) evidence(i int, kind class) (list []evidence, counter string, all int) {
	p := b.c.passage
	home := b.home[i]
	features := b.parts[home].features
	first, last := home, home
	if len(features) < 2 {
		first, last = reach(b.parts, b.found, home, kind)
	}
	for k := first; k <= last; k++ {
		for _, w := range b.parts[k].features {
			all++
			if at := p.terms.find(w); len(at) > 0 {
				list = append(list, evidence{at, 1 / float64(len(at))})
			}
		}
	}
	if kind != times {
		counter = behind(b.c.language, b.c.tokens, b.parts[home].from, b.parts[home].to, b.found[i].end)
	}
	return list, counter, all
}

// ofSentence returns the words of the whole sentence around a number that the source has too.
func (b *bindings) ofSentence(i int) []evidence {
	var list []evidence
	for _, part := range b.parts {
		if part.sentence != b.parts[b.home[i]].sentence {
			continue
		}
		for _, w := range part.features {
			if at := b.c.passage.terms.find(w); len(at) > 0 {
				list = append(list, evidence{at, 1 / float64(len(at))})
			}
		}
	}
	return list
}

// together returns how many other numbers of the story's sentence stand in these parts of the source.
func (b *bindings) together(i, first, last int) float64 {
	n := 0.0
	for k, q := range b.found {
		if k == i || q.sentence != b.found[i].sentence || licenses(b.found[i], q) {
			continue
		}
		if slices.ContainsFunc(b.licensed[k], func(s int) bool { return b.c.passage.home[s] >= first && b.c.passage.home[s] <= last }) {
			n++
		}
	}
	return n
}

// told reports whether the story gives number s of the source itself, in the same sentence.
func (b *bindings) told(i, s int) bool {
	for k, q := range b.found {
		if k != i && q.sentence == b.found[i].sentence && slices.Contains(b.licensed[k], s) {
			return true
		}
	}
	return false
}

// compared returns the numbers of the source that are compared with those of a story.
func (p *Passage) compared() []quantity { return p.found[:min(len(p.found), mostCompared)] }

// licenses reports whether a number of the source is directly what a story's number says.
func licenses(from, q quantity) bool {
	switch classOf(q) {
	case times:
		switch {
		case classOf(from) != times:
			return false
		case q.kind == year && from.kind == year:
			return from.from == q.from
		case q.kind == year: // the source gives a decade or a century
			return q.from >= from.from && q.from <= from.to
		}
		if from.kind == span { // centuries meet at their edges
			return from.to > q.from+1 && from.from < q.to-1
		}
		return from.to >= q.from-edge(q) && from.from <= q.to+edge(q)
	case noClass:
		return false
	}
	values := from.values
	switch from.kind {
	case year:
		values = []float64{float64(from.from)}
	case date:
		values = []float64{float64(from.day)}
	}
	if near(values, q.values, 0.001) || q.approx && rounded(values, q.values) {
		return true
	}
	a, okA := units[from.unit]
	u, okU := units[q.unit]
	if okA && okU && a.dimension == u.dimension && from.unit != q.unit {
		for _, v := range values {
			for _, w := range q.values {
				if near([]float64{v * a.value}, []float64{w * u.value}, max(0.03, tolerance(q))) {
					return true
				}
			}
		}
	}
	return false
}
