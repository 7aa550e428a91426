package pack

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"excursobot/geo/places"
)

// The cost of a story, measured with articles of ordinary length; a Cyrillic text has about a token for three characters.
const (
	tokensInStory  = 2200 // of the prompt, for one place: its passage and its share of the rest
	tokensInVerdit = 2000 // of the judge's prompt
	tokensOut      = 330  // of the answer with its quotes, and of the verdict
	callTakes      = 12 * time.Second
)

// Estimate is what a pack will cost.
type Estimate struct {
	Places   int     // sights and others, as far as the searches show
	Requests int     // that are still to be sent to the sources
	Took     int     // requests that the searches for the estimate sent
	Minutes  float64 // at the limits of the sources and the model
	Stories  int     // that are still to be written
	Calls    int     // to the model
	In, Out  int     // tokens
	Dollars  float64
	Priced   bool // the prices are known
}

// Estimate searches the area and returns the most that collecting the rest can cost: rows that are stored already are counted as if they were not, except
// searches.
func (b *Builder) Estimate(ctx context.Context, o Order, report func(Progress)) (Estimate, error) {
	if err := b.Check(o); err != nil {
		return Estimate{}, err
	}
	if !b.mu.TryLock() {
		return Estimate{}, ErrBusy
	}
	defer b.mu.Unlock()
	c := &collection{b: b, order: o, report: report, before: b.Finder.Stats().Requests}
	found, err := c.search(places.Background(ctx))
	if err != nil {
		return Estimate{}, err
	}
	e := Estimate{Took: int(b.Finder.Stats().Requests - c.before)} //nolint:gosec // a few hundred
	articles := 0
	for edition, list := range found {
		e.Requests += parts(len(list), 20) + 2*parts(len(list), 50) + parts(len(list), 50)
		e.Places = max(e.Places, len(list))
		for _, l := range o.Languages {
			if order := c.editionsFor(l); edition == order[0] || len(order) > 1 && edition == order[1] || edition == "en" {
				articles += len(list)
				break
			}
		}
	}
	if e.Places == 0 {
		return e, errors.New("no Wikipedia knows a place in the area")
	}
	e.Requests += articles
	e.Minutes = float64(e.Requests) / float64(max(1, b.Requests))
	if !o.Stories {
		return e, nil
	}
	m := b.Model
	e.Stories = e.Places * len(o.Languages)
	e.Calls = parts(e.Stories, max(1, m.PerCall))
	e.In, e.Out = e.Stories*tokensInStory, e.Stories*tokensOut
	if m.Judged {
		e.Calls += parts(e.Stories, 8)
		e.In += e.Stories * tokensInVerdit
	}
	minutes := float64(e.Calls) * callTakes.Minutes() / float64(max(1, m.AtOnce))
	if m.PerMinute > 0 {
		minutes = max(minutes, float64(e.Calls)/m.PerMinute)
	}
	e.Minutes += minutes
	e.Priced = m.PriceIn > 0 || m.PriceOut > 0
	e.Dollars = (float64(e.In)*m.PriceIn + float64(e.Out)*m.PriceOut) / 1e6
	return e, nil
}

// parts returns how many requests n things need, most of them in one.
func parts(n, most int) int { return (n + most - 1) / most }

// String returns the estimate as lines for people.
func (e Estimate) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "about %d places; at most %d requests to Wikipedia, Wikidata and Commons (%d were sent to count)\n", e.Places, e.Requests, e.Took)
	if e.Stories > 0 {
		fmt.Fprintf(&b, "about %d stories: %d calls to the model, about %.1f million tokens in and %.1f out", e.Stories, e.Calls, float64(e.In)/1e6, float64(e.Out)/1e6)
		if e.Priced {
			fmt.Fprintf(&b, ", $%.2f", e.Dollars)
		} else {
			b.WriteString(" (for the money set openai.price_in and openai.price_out)")
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "about %s at the limits\n", time.Duration(math.Ceil(e.Minutes))*time.Minute)
	return b.String()
}
