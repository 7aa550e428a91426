package facts

import "math"

// ageHolds reports whether v is the difference of two years of the source, or of one and today. Two years belong together if they stand in the same
// sentence or in neighbouring ones, or if the story names one of them or its event nearby. A round number may be rounded.
func (c *checker) ageHolds(v float64, q quantity) bool {
	if !q.years {
		return false
	}
	slack := 1.0
	switch {
	case v <= 10:
		slack = 0
	case math.Mod(v, 100) == 0:
		slack = math.Max(10, v*0.06)
	case math.Mod(v, 50) == 0:
		slack = 6
	case math.Mod(v, 10) == 0 && v >= 30:
		slack = 5
	}
	if q.approx {
		slack = math.Max(2*slack, v*0.12)
	}
	p := c.passage
	round := q.approx || math.Mod(v, 10) == 0
	fits := func(a, b int) bool { return math.Abs(math.Abs(float64(a-b))-v) <= slack }
	list := p.found[:min(len(p.found), mostAges)]
	for i, a := range list {
		if a.kind != year && a.kind != span {
			continue
		}
		for _, from := range ends(a, round) {
			if fits(from, c.year) && v >= 5 {
				return true
			}
			for k, b := range list[i+1:] {
				if b.kind != year && b.kind != span {
					continue
				}
				for _, to := range ends(b, round) {
					if fits(from, to) && (b.sentence-a.sentence <= 1 || c.tells(q, i) || c.tells(q, i+1+k)) {
						return true
					}
				}
			}
		}
	}
	return false
}

// mostAges bounds the numbers of a source between which years are counted.
const mostAges = 150

// ends returns the years that an age may be counted from; one that is counted from a decade or century is round.
func ends(q quantity, round bool) []int {
	if q.kind == year {
		return []int{q.from}
	}
	if !round {
		return nil
	}
	return []int{q.from, (q.from + q.to) / 2, q.to}
}

// tells reports whether a story names number i of the source, in the sentence of q or beside it, or shares a word with its part that stands nowhere else.
func (c *checker) tells(q quantity, i int) bool {
	key := [2]int{q.sentence, i}
	told, known := c.telling[key]
	if !known {
		if c.telling == nil {
			c.telling = map[[2]int]bool{}
		}
		told = c.tellsOf(q, i)
		c.telling[key] = told
	}
	return told
}

func (c *checker) tellsOf(q quantity, i int) bool {
	from := c.passage.found[i]
	for _, n := range c.found {
		if abs(n.sentence-q.sentence) <= 1 && classOf(n) == times && licenses(from, n) {
			return true
		}
	}
	if !c.same {
		return true // words cannot be compared
	}
	home := c.passage.home[i]
	for _, t := range c.tokens {
		if t.kind != wordToken || t.sentence != q.sentence {
			continue
		}
		list := []string{feature(c.language, t.low)}
		if c.language.cjk {
			list = pairs(t.low)
		}
		for _, w := range list {
			if w == "" {
				continue
			}
			if at := c.passage.terms.find(w); len(at) > 0 && len(at) <= 3 && anyWithin(at, home, home) {
				return true
			}
		}
	}
	return false
}
