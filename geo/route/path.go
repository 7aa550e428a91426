package route

// path is a route under construction. stops holds places in order, without the start.
type path struct {
	stops   []int
	visited []bool // by place
	length  float64
	value   float64
}

func (p *problem) empty() path {
	return path{stops: make([]int, 0, p.most+1), visited: make([]bool, len(p.places))}
}

func (r *path) clone() path {
	c := *r
	c.stops = append(make([]int, 0, cap(r.stops)), r.stops...)
	c.visited = append([]bool(nil), r.visited...)
	return c
}

// better reports whether r is worth more than o, or as much in a shorter time.
func (r *path) better(o *path) bool {
	const same = 1e-9
	return r.value > o.value+same || r.value > o.value-same && r.length < o.length-same
}

func (p *problem) metre(a, b int) float64 { return p.metres[a*len(p.places)+b] }

// measure returns the straight length of the stops in order, with the way back of a round tour.
func (p *problem) measure(stops []int) float64 {
	at, length := 0, 0.0
	for _, s := range stops {
		length += p.metre(at, s)
		at = s
	}
	if p.round {
		length += p.metre(at, 0)
	}
	return length
}

// fits reports whether a route with this straight length and this many stops is within the time.
func (p *problem) fits(length float64, stops int) bool {
	return stops <= p.most && minutes(length)+float64(stops)*Stay.Minutes() <= p.within
}

// detour returns how much longer a route gets with place s before its i-th stop.
func (p *problem) detour(r *path, i, s int) float64 {
	before := 0
	if i > 0 {
		before = r.stops[i-1]
	}
	switch {
	case i < len(r.stops):
		return p.metre(before, s) + p.metre(s, r.stops[i]) - p.metre(before, r.stops[i])
	case p.round:
		return p.metre(before, s) + p.metre(s, 0) - p.metre(before, 0)
	}
	return p.metre(before, s)
}

func (p *problem) insert(r *path, i, s int) {
	r.length += p.detour(r, i, s)
	r.stops = append(r.stops, 0)
	copy(r.stops[i+1:], r.stops[i:])
	r.stops[i] = s
	r.visited[s] = true
	r.value += p.places[s].value
}

// remove takes the i-th stop out. The length is measured again, which also ends the drift of sums.
func (p *problem) remove(r *path, i int) {
	s := r.stops[i]
	r.stops = append(r.stops[:i], r.stops[i+1:]...)
	r.visited[s] = false
	r.value -= p.places[s].value
	r.length = p.measure(r.stops)
}
