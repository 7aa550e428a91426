package route

import (
	"math"
	"math/rand/v2"
)

// mend adds places while there is time, best first, and makes the way shorter, until nothing helps.
func (p *problem) mend(r *path, greed float64) {
	for p.grow(r, greed) {
		p.shorten(r)
	}
}

// polish exchanges stops for better ones and mends what that leaves, until nothing helps.
func (p *problem) polish(r *path) {
	for p.exchange(r) {
		p.shorten(r)
		p.mend(r, 1)
	}
}

// survey finds for every place where it costs least to add it to the route. It goes along the rows of the table, edge by edge.
func (p *problem) survey(r *path) {
	n, before := len(p.places), 0
	for i := range len(r.stops) + 1 {
		from := p.metres[before*n:][:n]
		switch {
		case i < len(r.stops):
			p.tryEdge(i, from, p.metres[r.stops[i]*n:][:n], from[r.stops[i]])
			before = r.stops[i]
		case p.round:
			p.tryEdge(i, from, p.metres[:n], from[0])
		case i == 0:
			p.tryEdge(i, from, nil, 0)
		default:
			for s, d := range from {
				if d < p.extra[s] {
					p.extra[s], p.at[s] = d, i
				}
			}
		}
	}
}

// tryEdge considers adding each place between two stops, whose distances to all places are given, before the i-th stop. A nil row is not a stop.
func (p *problem) tryEdge(i int, from, to []float64, length float64) {
	if i == 0 {
		for s, d := range from {
			if to != nil {
				d += to[s] - length
			}
			p.extra[s], p.at[s] = d, 0
		}
		return
	}
	for s, d := range from {
		if d += to[s] - length; d < p.extra[s] {
			p.extra[s], p.at[s] = d, i
		}
	}
}

// grow adds the place with the most value for its extra time, and reports whether one fits.
func (p *problem) grow(r *path, greed float64) bool {
	if len(r.stops) >= p.most {
		return false
	}
	p.survey(r)
	place, top := 0, 0.0
	room := p.within - minutes(r.length) - float64(len(r.stops)+1)*Stay.Minutes()
	for s := 1; s < len(p.places); s++ {
		extra := minutes(p.extra[s])
		if r.visited[s] || extra > room {
			continue
		}
		if score := p.places[s].value / power(Stay.Minutes()+extra, greed); score > top {
			place, top = s, score
		}
	}
	if top == 0 {
		return false
	}
	p.insert(r, p.at[place], place)
	return true
}

// power is x to the power of 0, 0.5, 1, 1.5 or 2.
func power(x, greed float64) float64 {
	switch greed {
	case 0:
		return 1
	case 1:
		return x
	case 2:
		return x * x
	case 0.5:
		return math.Sqrt(x)
	}
	return x * math.Sqrt(x)
}

// cheapest returns before which stop a place costs least, and what it costs.
func (p *problem) cheapest(r *path, s int) (at int, extra float64) {
	extra = math.Inf(1)
	for i := range len(r.stops) + 1 {
		if d := p.detour(r, i, s); d < extra {
			at, extra = i, d
		}
	}
	return at, extra
}

// shorten turns parts of the route around, and moves single stops, while that makes it shorter (2-opt and or-opt).
func (p *problem) shorten(r *path) {
	for better := true; better; {
		better = false
		for i := range r.stops {
			for j := i + 1; j < len(r.stops); j++ {
				if p.turn(r, i, j) < -1e-6 {
					for a, b := i, j; a < b; a, b = a+1, b-1 {
						r.stops[a], r.stops[b] = r.stops[b], r.stops[a]
					}
					r.length, better = p.measure(r.stops), true
				}
			}
		}
		for i := range r.stops {
			s, length := r.stops[i], r.length
			p.remove(r, i)
			at, extra := p.cheapest(r, s)
			if r.length+extra > length-1e-6 {
				at = i
			} else {
				better = true
			}
			p.insert(r, at, s)
		}
	}
}

// turn returns by how much the length changes if the stops from i to j are visited the other way around.
func (p *problem) turn(r *path, i, j int) float64 {
	before := 0
	if i > 0 {
		before = r.stops[i-1]
	}
	change := p.metre(before, r.stops[j]) - p.metre(before, r.stops[i])
	switch {
	case j+1 < len(r.stops):
		change += p.metre(r.stops[i], r.stops[j+1]) - p.metre(r.stops[j], r.stops[j+1])
	case p.round:
		change += p.metre(r.stops[i], 0) - p.metre(r.stops[j], 0)
	}
	return change
}

// exchange replaces one stop by a more valuable place where the time allows, the exchange that gains most, and reports whether there was one.
func (p *problem) exchange(r *path) bool {
	out, in, at, gain := -1, 0, 0, 1e-9
	for i := range r.stops {
		s := r.stops[i]
		p.remove(r, i)
		p.survey(r)
		for t := 1; t < len(p.places); t++ {
			g := p.places[t].value - p.places[s].value
			if g > gain && t != s && !r.visited[t] && p.fits(r.length+p.extra[t], len(r.stops)+1) {
				out, in, at, gain = i, t, p.at[t], g
			}
		}
		p.insert(r, i, s)
	}
	if out < 0 {
		return false
	}
	p.remove(r, out)
	p.insert(r, at, in)
	return true
}

// tear takes a run of stops out of the route, of a random place and length, up to all of them. Then it adds a random place that fits, so that the
// route is mended to another one.
func (p *problem) tear(r *path, random *rand.Rand) {
	if len(r.stops) > 0 {
		n := 1 + random.IntN(len(r.stops))
		i := random.IntN(len(r.stops) - n + 1)
		for range n {
			p.remove(r, i)
		}
	}
	for range 3 { // tries
		s := 1 + random.IntN(len(p.places)-1)
		if r.visited[s] {
			continue
		}
		if at, extra := p.cheapest(r, s); p.fits(r.length+extra, len(r.stops)+1) {
			p.insert(r, at, s)
			return
		}
	}
}
