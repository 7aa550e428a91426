package facts

// dated is a day with the year that stands beside it.
type dated struct{ day, month, year int }

// besideDate is how many bytes may lie between a day and its year: "on 4 May, in the year 2013".
const besideDate = 24

// datesWithYears returns the days of a text that have a year beside them.
func datesWithYears(found []quantity) []dated {
	var list []dated
	for _, d := range found {
		if d.kind != date {
			continue
		}
		nearest, apart := 0, besideDate+1
		for _, y := range found {
			if y.kind != year || y.sentence != d.sentence || y.from != y.to {
				continue
			}
			if gap := max(y.start-d.end, d.start-y.end); gap >= 0 && gap < apart {
				nearest, apart = y.from, gap
			}
		}
		if apart <= besideDate {
			list = append(list, dated{d.day, d.month, nearest})
		}
	}
	return list
}

// checkDatedYears objects to a day whose year is another one in the source.
func (c *checker) checkDatedYears(found []quantity) {
	for _, d := range datesWithYears(found) {
		known, same := false, false
		for _, s := range c.passage.dated {
			if s.day == d.day && s.month == d.month {
				known, same = true, same || s.year == d.year
			}
		}
		if known && !same {
			for _, q := range found {
				if q.kind == year && q.from == d.year {
					c.object(RuleDate, c.text[q.start:q.end], true)
					break
				}
			}
		}
	}
}

// counted is a number with the word of what it counts.
type counted struct {
	quantity
	noun string
}

// counts returns the numbers of a text that stand before a word of at least four letters which is not a unit.
func counts(l *lexicon, tokens []token, found []quantity) []counted {
	var list []counted
	at := 0
	for _, q := range found {
		if q.kind != cardinal || q.approx || q.mild || q.maybeYear || q.years {
			continue
		}
		for at < len(tokens) && tokens[at].start < q.start {
			at++
		}
		next := at
		for next < len(tokens) && tokens[next].start < q.end {
			next++
		}
		if next < len(tokens) && tokens[next].kind == wordToken && len([]rune(tokens[next].low)) >= 4 && !l.stop.has(tokens[next].low) && !l.unit.has(tokens[next].low) {
			list = append(list, counted{q, plainLetters(tokens[next].low)})
		}
	}
	return list
}

// checkCounts marks a number for the judge that the source has, if it counts the things behind it with other numbers.
func (c *checker) checkCounts(found []quantity) {
	if !c.same {
		return
	}
	for _, n := range counts(c.language, c.tokens, found) {
		known, same := false, false
		for _, s := range c.passage.counts {
			if sameStem(s.noun, n.noun) {
				known, same = true, same || near(s.values, n.values, 0.1)
			}
		}
		if known && !same {
			c.object(RuleNumber, c.text[n.start:n.end], false)
		}
	}
}
