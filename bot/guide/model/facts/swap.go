package facts

// clause is a part of the source that tells of one event: the words of a sentence around its years.
type clause struct {
	years []int
	words index
}

// readClauses cuts the source at its commas and sentence ends and remembers which years stand in which part.
func (p *Passage) readClauses(found []quantity) {
	p.years = map[int][]int{}
	parts := clausesOf(p.tokens)
	for _, part := range parts {
		c := clause{words: newIndex()}
		for _, t := range p.tokens[part[0]:part[1]] {
			if t.kind == wordToken && !p.language.stop.has(t.low) && len(t.low) > 3 {
				c.words.add(t.low)
			}
		}
		from, to := p.tokens[part[0]].start, p.tokens[part[1]-1].end
		for _, q := range found {
			if q.kind == year && q.start >= from && q.end <= to {
				c.years = append(c.years, q.from)
			}
		}
		for _, y := range c.years {
			p.years[y] = append(p.years[y], len(p.clauses))
		}
		p.clauses = append(p.clauses, c)
	}
}

// clausesOf returns the ranges of tokens between the signs that part clauses.
func clausesOf(tokens []token) [][2]int {
	var list [][2]int
	start := 0
	for i, t := range tokens {
		ends := t.kind == markToken && (t.low == "," || t.low == ";" || t.low == "，" || t.low == "、" || t.low == "：")
		if i > start && (t.sentence != tokens[start].sentence || ends) {
			list = append(list, [2]int{start, i})
			start = i
			if ends {
				start = i + 1
			}
		}
	}
	if start < len(tokens) {
		list = append(list, [2]int{start, len(tokens)})
	}
	return list
}

// checkSwap objects to a year, decade or century that the source supports, but for another event: the story's clause shares at least two
// content words with a part of the source that has another year, and none with any part that has this one.
func (c *checker) checkSwap(q quantity) {
	p := c.passage
	if !c.same || len(p.years) < 2 || c.language.cjk {
		return
	}
	inside := func(y int) bool { return y >= q.from && y <= q.to }
	if q.kind == span && anySpan(&p.numbers, func(s quantity) bool { return s.from >= q.from-1 && s.to <= q.to+1 }) {
		return // the source names the decade or century itself
	}
	own, clear := c.clauseWords(q, inside)
	if !clear {
		return
	}
	shared := func(i int) int {
		n := 0
		for _, w := range own {
			if p.clauses[i].words.has(w) {
				n++
			}
		}
		return n
	}
	found := false
	for y, list := range p.years {
		if !inside(y) {
			continue
		}
		found = true
		for _, i := range list {
			for near := max(0, i-1); near <= min(len(p.clauses)-1, i+1); near++ { // a clause without a year belongs to its neighbour
				if (near == i || len(p.clauses[near].years) == 0) && shared(near) > 0 {
					return
				}
			}
		}
	}
	if !found {
		return
	}
	for y, list := range p.years {
		if inside(y) {
			continue
		}
		for _, i := range list {
			if shared(i) >= 2 {
				c.object(RuleSwap, c.text[q.start:q.end], true)
				return
			}
		}
	}
}

// clauseWords returns the content words of the story's clause around a date. It reports false if the clause holds a year outside the date:
// which one belongs to which word is then not known.
func (c *checker) clauseWords(q quantity, inside func(int) bool) (own []string, clear bool) {
	for _, part := range clausesOf(c.tokens) {
		if c.tokens[part[0]].start > q.start || c.tokens[part[1]-1].end < q.end {
			continue
		}
		for _, t := range c.tokens[part[0]:part[1]] {
			if t.kind == wordToken && !c.language.stop.has(t.low) && len(t.low) > 3 && !c.language.month.has(t.low) && !c.language.yearWord.has(t.low) && !c.language.century.has(t.low) {
				own = append(own, t.low)
			}
		}
		for _, other := range quantities(c.language, c.text, c.tokens[part[0]:part[1]], false) {
			if other.kind == year && !inside(other.from) {
				return nil, false
			}
		}
	}
	return own, true
}
