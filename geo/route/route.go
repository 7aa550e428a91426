// Package route plans a tour on foot: which of the places around a person to visit within a given time, and in which order. It knows nothing of
// stories, people or maps: distances are straight lines with a detour, and a place is a point with a value.
package route

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"excursobot/geo"
)

const (
	// Detour is how much longer the way through streets is than the straight line.
	Detour = 1.3
	// Speed is that of a walker, in metres a minute.
	Speed = 75.0
	// Stay is the time at each stop.
	Stay = 4 * time.Minute
	// MaxStops is the most stops of a tour.
	MaxStops = 12
)

// Candidate is a place that a tour may visit.
type Candidate struct {
	Point geo.Point
	Value float64 // what a visit is worth; a candidate whose value is not above 0 is never visited
}

// Query asks for a tour.
type Query struct {
	From   geo.Point
	Within time.Duration // on foot and at the stops, with the way back if Round
	Round  bool          // the tour ends at From; otherwise at its last stop
	Most   int           // stops; 0 or more than MaxStops = MaxStops
}

// Stop is a visit.
type Stop struct {
	Index  int           // of the candidate
	Arrive time.Duration // after the start
}

// Tour is the answer to a Query: its stops in order.
type Tour struct {
	Stops  []Stop
	Metres float64       // through streets, with the way back if the tour is round
	Takes  time.Duration // at most Query.Within
}

// Walk returns how long the way between two points with this straight distance in metres takes.
func Walk(metres float64) time.Duration {
	return time.Duration(metres * Detour / Speed * float64(time.Minute))
}

// Reach returns the straight distance in metres from the start beyond which no stop of the tour can lie.
func (q Query) Reach() float64 {
	metres := max(0, (q.Within-Stay).Minutes()) * Speed / Detour
	if q.Round {
		metres /= 2
	}
	return metres
}

// Plan returns a tour with as much value as it finds: near the optimum, which nobody finds fast for many candidates. The same query gives the same
// tour. Candidates and a start off the globe are left out.
func Plan(q Query, list []Candidate) Tour {
	p := newProblem(q, list)
	if len(p.places) < 2 { // the start alone
		return Tour{}
	}
	best := p.solve()
	if n := len(best.stops); p.round && n > 0 && p.metre(0, best.stops[n-1]) < p.metre(0, best.stops[0]) {
		slices.Reverse(best.stops) // as long, and the first stop comes sooner
	}
	return p.tour(best)
}

const (
	// rounds is how often the route is torn and mended. It bounds the time: 5 ms of a processor for 300 candidates.
	rounds = 80
	// backEvery is after how many rounds the search goes on from the best route again.
	backEvery = 25
	// worse is how much of its value a route may lose against the one before it, at most: a worse one leads out of a dead end.
	worse = 0.05
)

// greeds are the exponents of the extra time in the choice of the next place: 0 looks at the value alone, 2 mostly at the time.
var greeds = [...]float64{1, 0.5, 2, 0, 1.5}

// solve returns the best route found: a good route for each greed, of which the best one is torn and mended again and again.
func (p *problem) solve() path {
	best := p.empty()
	for _, greed := range greeds {
		r := p.empty()
		p.mend(&r, greed)
		p.polish(&r)
		if r.better(&best) {
			best = r
		}
	}
	random := rand.New(rand.NewPCG(1, uint64(len(p.places)))) //nolint:gosec // no secret: the same query gives the same tour
	current := best.clone()
	for i := range rounds {
		if i%backEvery == 0 {
			current = best.clone()
		}
		r := current.clone()
		p.tear(&r, random)
		p.mend(&r, greeds[i%len(greeds)])
		if r.value < current.value*(1-worse*random.Float64()) {
			continue
		}
		if r.value > best.value*(1-worse) {
			p.polish(&r)
		}
		if r.better(&best) {
			best = r.clone()
		}
		current = r
	}
	return best
}

// tour returns the route with its times.
func (p *problem) tour(r path) Tour {
	var t Tour
	at, elapsed, metres := 0, time.Duration(0), 0.0
	for _, next := range r.stops {
		d := p.metres[at*len(p.places)+next]
		metres += d
		elapsed += Walk(d)
		t.Stops = append(t.Stops, Stop{Index: p.places[next].index, Arrive: elapsed})
		elapsed += Stay
		at = next
	}
	if p.round {
		d := p.metres[at*len(p.places)]
		metres += d
		elapsed += Walk(d)
	}
	t.Metres, t.Takes = metres*Detour, elapsed
	return t
}

// minutes is the time of a way in floating point, for the search.
func minutes(metres float64) float64 { return metres * Detour / Speed }

func finite(v float64) bool { return v > 0 && !math.IsInf(v, 0) }
