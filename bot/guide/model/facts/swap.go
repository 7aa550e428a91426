package facts

// period is a year, a decade or a century.
type period struct{ from, to int }

// clause is a part of the source that tells of one event: the words of a sentence around its periods.
type clause struct {
	periods []period
	words   index
}

// readClauses cuts the source at its commas and sentence ends and remembers which periods stand in which part.
func (p *Passage) readClauses(found []quantity) {
	p.periods = map[period][]int{}
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
			if (q.kind == year || q.kind == span && q.to-q.from < 150) && q.start >= from && q.end <= to {
				c.periods = append(c.periods, period{q.from, q.to})
			}
		}
		for _, y := range c.periods {
			p.periods[y] = append(p.periods[y], len(p.clauses))
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
	if !c.same || len(p.periods) < 2 || c.language.cjk {
		return
	}
	inside := func(y period) bool { return y.to >= q.from-1 && y.from <= q.to+1 }
	own, clear := c.clauseWords(q, func(y int) bool { return y >= q.from && y <= q.to })
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
	found, best := false, 0
	for y, list := range p.periods {
		if !inside(y) {
			continue
		}
		found = true
		for _, i := range list {
			for near := max(0, i-1); near <= min(len(p.clauses)-1, i+1); near++ { // a clause without a year belongs to its neighbour
				if near == i || len(p.clauses[near].periods) == 0 {
					best = max(best, shared(near))
				}
			}
		}
	}
	if !found {
		return
	}
	for y, list := range p.periods {
		if inside(y) {
			continue
		}
		for _, i := range list {
			if n := shared(i); n >= best+2 || n > best && best == 0 && c.rare(own, i) {
				c.object(RuleSwap, c.text[q.start:q.end], true)
				return
			}
		}
	}
}

// rare reports whether one of the words stands in this part of the source and in no other.
func (c *checker) rare(words []string, at int) bool {
	for _, w := range words {
		if !c.passage.clauses[at].words.has(w) {
			continue
		}
		alone := true
		for i, other := range c.passage.clauses {
			if i != at && other.words.has(w) {
				alone = false
				break
			}
		}
		if alone {
			return true
		}
	}
	return false
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
