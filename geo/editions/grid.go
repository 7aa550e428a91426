package editions

import (
	"math"
	"slices"

	"excursobot/geo"
)

const (
	steps  = 100 // grid steps per degree; a step of latitude is 1.1 km
	border = 30_000.0
	none   = -1 // no country: sea

	columns, rows = 360, 180 // cells of one degree

	// A cell's reference point lies off the grid steps, so that no line runs exactly through it.
	refX, refY = 50.37, 50.41

	metresPerStep = geo.EarthRadius * math.Pi / 180 / steps
)

// grid answers which country a point lies in and which ones begin near it. Lines are the borders and coasts; each has a country or the
// sea on its left and on its right. A cell lists the segments that touch it and knows the country at its reference point. The country at
// another point of the cell follows from the last segment between the two. Most cells are sea or inland: nothing is kept for those without segments,
// and the countries of cells are kept as stretches of the same one.
type grid struct {
	points    []vertex
	lines     []line    // in the order of their points; one more at the end
	runs      []run     // by cell
	cells     []listed  // those with segments, in order; one more at the end
	countries []stretch // at the reference points, in the order of the cells
}

type vertex struct{ x, y int16 }

// line is a line that begins at a point and ends before the next line's.
type line struct {
	first       uint32
	left, right int16
}

// run is some segments of one line, of which each follows the one before: the first one in the upper 24 bits, and their number. A segment is a
// point and the one behind it.
type run uint32

const longestRun = 255

func (r run) segments() (first, end int) { return int(r >> 8), int(r>>8) + int(r&longestRun) }

// listed is a cell and where its runs begin.
type listed struct{ cell, first uint16 }

// stretch is a number of cells, from this one on, whose reference points lie in the same country.
type stretch struct {
	cell    uint16
	country int16
}

// runsOf returns the runs of the segments that touch a cell.
func (g *grid) runsOf(cell int) []run {
	i, found := slices.BinarySearchFunc(g.cells, cell, func(l listed, cell int) int { return int(l.cell) - cell })
	if !found || i == len(g.cells)-1 {
		return nil
	}
	return g.runs[g.cells[i].first:g.cells[i+1].first]
}

// lineOf returns the line of a run.
func (g *grid) lineOf(r run) line {
	first, _ := r.segments()
	i, found := slices.BinarySearchFunc(g.lines, first, func(l line, first int) int { return int(l.first) - first })
	if !found {
		i--
	}
	return g.lines[i]
}

// countryOf returns the country at a cell's reference point.
func (g *grid) countryOf(cell int) int {
	i, found := slices.BinarySearchFunc(g.countries, cell, func(s stretch, cell int) int { return int(s.cell) - cell })
	if !found {
		i--
	}
	return int(g.countries[i].country)
}

func cellOf(x, y float64) (column, row int) {
	column = int(math.Floor(x/steps)) + columns/2
	row = int(math.Floor(y/steps)) + rows/2
	return max(0, min(columns-1, column)), max(0, min(rows-1, row))
}

// around returns the country at p (none = sea) and the others that begin within 30 km of it, nearest first.
func (g *grid) around(p geo.Point) (home int, near []int) {
	x, y := p.Lon*steps, p.Lat*steps
	column, row := cellOf(x, y)
	home = g.countryIn(column, row, x, y)

	kx := math.Cos(p.Lat * math.Pi / 180)
	if kx < 0.05 { // within 3 degrees of a pole the borders that matter are far away
		return home, nil
	}
	reachY := border / metresPerStep
	reachX := reachY / kx
	type candidate struct {
		country int16
		square  float64
	}
	var found [8]candidate
	count := 0
	note := func(country int16, square float64) {
		if country == none || int(country) == home {
			return
		}
		for i := range found[:count] {
			if found[i].country == country {
				found[i].square = min(found[i].square, square)
				return
			}
		}
		if count < len(found) {
			found[count] = candidate{country, square}
			count++
		}
	}
	west, south := cellOf(x-reachX, y-reachY)
	east, north := cellOf(x+reachX, y+reachY)
	for r := south; r <= north; r++ {
		for c := west; c <= east; c++ {
			cell := r*columns + c
			for _, run := range g.runsOf(cell) {
				l := g.lineOf(run)
				if other := l.left + l.right + 1; (l.left == none || l.right == none) && int(other) == home {
					continue // the home country's own coast
				}
				first, end := run.segments()
				for s := first; s < end; s++ {
					a, b := g.points[s], g.points[s+1]
					ax, ay, bx, by := float64(a.x), float64(a.y), float64(b.x), float64(b.y)
					if min(ax, bx) > x+reachX || max(ax, bx) < x-reachX || min(ay, by) > y+reachY || max(ay, by) < y-reachY {
						continue
					}
					square := distance2((ax-x)*kx, ay-y, (bx-x)*kx, by-y)
					if square > reachY*reachY {
						continue
					}
					note(l.left, square)
					note(l.right, square)
				}
			}
		}
	}
	slices.SortFunc(found[:count], func(a, b candidate) int {
		switch {
		case a.square < b.square:
			return -1
		case a.square > b.square:
			return 1
		}
		return int(a.country - b.country)
	})
	for _, c := range found[:count] {
		near = append(near, int(c.country))
	}
	return home, near
}

// distance2 is the square of the distance of the origin from the segment a-b.
func distance2(ax, ay, bx, by float64) float64 {
	dx, dy := bx-ax, by-ay
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = max(0, min(1, -(ax*dx+ay*dy)/l))
	}
	px, py := ax+t*dx, ay+t*dy
	return px*px + py*py
}

// countryIn returns the country at x, y, which lie in the cell.
func (g *grid) countryIn(column, row int, x, y float64) int {
	fromX := float64(column-columns/2)*steps + refX
	fromY := float64(row-rows/2)*steps + refY
	cell := row*columns + column
	return g.follow(g.runsOf(cell), fromX, fromY, x, y, g.countryOf(cell))
}

// follow returns the country at the end of the way from one point to another, given the one at its start and the segments around.
func (g *grid) follow(runs []run, fromX, fromY, x, y float64, country int) int {
	dx, dy := x-fromX, y-fromY
	last := -1.0
	for _, r := range runs {
		first, end := r.segments()
		for s := first; s < end; s++ {
			a, b := g.points[s], g.points[s+1]
			ax, ay := float64(a.x)-fromX, float64(a.y)-fromY
			bx, by := float64(b.x)-fromX, float64(b.y)-fromY
			sa, sb := dx*ay-dy*ax, dx*by-dy*bx // on which side of the way the segment starts and ends
			if (sa > 0) == (sb > 0) {
				continue
			}
			ex, ey := bx-ax, by-ay
			across := dx*ey - dy*ex
			if across == 0 {
				continue
			}
			t := (ax*ey - ay*ex) / across
			if t < 0 || t > 1 || t <= last {
				continue
			}
			last = t
			l := g.lineOf(r)
			if across < 0 { // the way ends on the segment's left
				country = int(l.left)
			} else {
				country = int(l.right)
			}
		}
	}
	return country
}
