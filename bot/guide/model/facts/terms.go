package facts

// terms finds the parts of a source in which a feature stands.
type terms struct {
	groups map[string][]term // by the first letters
	exact  bool              // features are pairs of characters, not words
}

type term struct {
	word  string
	parts []int // sorted
}

func (x *terms) add(word string, part int) {
	key := word
	if !x.exact {
		key = beginning(word)
	}
	list := x.groups[key]
	for i := range list {
		if list[i].word == word {
			if known := list[i].parts; known[len(known)-1] != part && len(known) <= rareIn {
				list[i].parts = append(list[i].parts, part)
			}
			return
		}
	}
	x.groups[key] = append(list, term{word, []int{part}})
}

// rareIn is in how many parts of a source a word may stand to tell anything about one of them.
const rareIn = 16

// find returns the parts that have a form of a word, nil if they are too many.
func (x *terms) find(word string) []int {
	if x.exact {
		for _, t := range x.groups[word] {
			if len(t.parts) <= rareIn {
				return t.parts
			}
		}
		return nil
	}
	var all []int
	for _, t := range x.groups[beginning(word)] {
		if sameStem(t.word, word) {
			if all = append(all, t.parts...); len(all) > rareIn {
				return nil
			}
		}
	}
	return all
}

// readParts prepares the source for binding: its numbers, its parts and where each feature stands.
func (p *Passage) readParts(found []quantity, title []token) {
	p.found = found
	p.place.set("", struct{}{})
	for _, t := range title {
		if t.kind != wordToken {
			continue
		}
		if p.language.cjk {
			for _, pair := range pairs(t.low) {
				p.place.set(pair, struct{}{})
			}
		} else {
			p.place.set(plainLetters(t.low), struct{}{})
		}
	}
	p.parts = partsOf(p.language, p.tokens, found, p.place)
	p.terms = terms{groups: map[string][]term{}, exact: p.language.cjk}
	p.home, p.counting = make([]int, len(found)), make([]bool, len(found))
	for i, part := range p.parts {
		for _, w := range part.features {
			p.terms.add(w, i)
		}
		for _, q := range part.held {
			p.home[q] = i
			if next := behind(p.language, p.tokens, part.from, part.to, found[q].end); next != "" && !p.language.cjk {
				p.counting[q] = true
			}
		}
	}
	p.readSizes()
}

// readSizes collects, for each dimension, the numbers of the source that may be a measure of it: not those that measure another, and not those that stand
// before a word which says what they count, unless such a measure stands before them in their sentence ("20 metres wide and 26 high").
func (p *Passage) readSizes() {
	p.sizes = map[string][]float64{}
	for _, u := range units {
		if p.sizes[u.dimension] != nil {
			continue
		}
		list, measured := []float64{}, -1 // the sentence with a measure of this dimension
		for i, q := range p.found {
			switch q.kind {
			case measure:
				if other := units[q.unit].dimension; other == "" || other == u.dimension {
					list = append(list, q.values...)
				}
				if units[q.unit].dimension == u.dimension {
					measured = q.sentence
				}
			case cardinal:
				if !p.counting[i] || measured == q.sentence {
					list = append(list, q.values...)
				}
			case year:
				if q.maybeYear {
					list = append(list, float64(q.from))
				}
			}
		}
		p.sizes[u.dimension] = list
	}
}

// reach returns the parts, from first to last, that tell of a number: its own and, in the same sentence, those around it without a number of its class.
func reach(parts []part, found []quantity, home int, kind class) (first, last int) {
	alone := func(i int) bool {
		if i < 0 || i >= len(parts) || parts[i].sentence != parts[home].sentence {
			return false
		}
		for _, q := range parts[i].held {
			if classOf(found[q]) == kind {
				return false
			}
		}
		return true
	}
	first, last = home, home
	for alone(first - 1) {
		first--
	}
	for alone(last + 1) {
		last++
	}
	return first, last
}

// around returns the parts of the sentence of a part and of the sentences beside it.
func (p *Passage) around(home int) (first, last int) {
	first, last = home, home
	for first > 0 && p.parts[first-1].sentence >= p.parts[home].sentence-1 {
		first--
	}
	for last+1 < len(p.parts) && p.parts[last+1].sentence <= p.parts[home].sentence+1 {
		last++
	}
	return first, last
}

// sizeOf returns how many features the sentence of a part has.
func (p *Passage) sizeOf(home int) int {
	n := 0
	for i := home; i >= 0 && p.parts[i].sentence == p.parts[home].sentence; i-- {
		n += len(p.parts[i].features)
	}
	for i := home + 1; i < len(p.parts) && p.parts[i].sentence == p.parts[home].sentence; i++ {
		n += len(p.parts[i].features)
	}
	return n
}

func anyWithin(list []int, first, last int) bool {
	for _, i := range list {
		if i >= first && i <= last {
			return true
		}
	}
	return false
}
