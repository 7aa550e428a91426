package geo

import (
	"math"
	"slices"

	"github.com/golang/geo/s2"
)

// MaxRadius in metres is the widest circle that cells are asked for; a wider one is taken as this.
const MaxRadius = 1_000_000

// maxRanges bounds what RangesWithin returns: each range is a seek in the store.
const maxRanges = 16

// CellsWithin appends to dst every cell of the given level that meets the circle of radius metres
// round p, each once, in no order. A point that is not Valid or a radius that is negative or NaN adds none.
//
// S2 projects the sphere on the six faces of a cube, where cells are the rectangles of a grid and a
// circle is an ellipse. So each row of the grid is cut by the ellipse once, and no cell is tested:
// the library's flood fill takes six times as long for the same cells.
func CellsWithin(dst []Cell, p Point, radius float64, level int) []Cell {
	if !p.Valid() || !(radius >= 0) {
		return dst
	}
	level = min(max(level, 0), LevelLeaf)
	center := vector(p)
	sin := math.Sin((min(radius, MaxRadius) + slack) / EarthRadius)
	for face := range 6 {
		if e, ok := project(center, sin, face); ok {
			dst = e.cells(dst, face, level)
		}
	}
	return dst
}

// RangesWithin returns at most 16 ranges of leaf cells, ascending and apart, that together cover the circle of radius
// metres round p. They may cover more than the circle: the caller still checks distances. It returns
// none where CellsWithin does.
func RangesWithin(p Point, radius float64) []CellRange {
	var room [192]Cell
	cells := CellsWithin(room[:0], p, radius, coverLevel(radius))
	slices.Sort(cells)
	ranges := make([]CellRange, 0, len(cells))
	for _, c := range cells {
		r := c.Range()
		if n := len(ranges); n > 0 && ranges[n-1].Max+2 == r.Min { // leaf ids are odd
			ranges[n-1].Max = r.Max
			continue
		}
		ranges = append(ranges, r)
	}
	for len(ranges) > maxRanges { // join the two with the smallest gap
		at := 1
		for i := 2; i < len(ranges); i++ {
			if ranges[i].Min-ranges[i-1].Max < ranges[at].Min-ranges[at-1].Max {
				at = i
			}
		}
		ranges[at-1].Max = ranges[at].Max
		ranges = slices.Delete(ranges, at, at+1)
	}
	return ranges
}

// coverLevel returns the level whose cells are a quarter to an eighth of the radius wide: fine
// enough to waste little, coarse enough for about a hundred cells.
func coverLevel(radius float64) int {
	const face = 7_842_000 // metres: the mean edge of a level 0 cell
	return int(min(max(math.Log2(8*face/max(radius, 1)), 0), LevelLeaf))
}

// ellipse is a circle of the sphere seen on a face of the cube:
// a·x² + 2b·xy + c·y² + 2d·x + 2e·y + f <= 0 with x, y measured from (u0, v0), the circle's centre,
// so that small circles lose no digits.
type ellipse struct{ u0, v0, a, b, c, d, e, f float64 }

// project returns the circle round center whose angular radius has the given sine, as seen on a face;
// ok is false if the circle is not in front of it. With n = (1, u0, v0) along center and w = (0, x, y) the
// point n+w is in the circle when |n×w|² <= sin²·|n|²·|n+w|².
func project(center s2.Point, sin float64, face int) (q ellipse, ok bool) {
	t, u, v := faceFrame(center, face)
	if t < 0.3 { // a circle of MaxRadius that meets the face has its centre at 0.44 or more
		return q, false
	}
	u, v = u/t, v/t
	nn := 1 + u*u + v*v
	k := sin * sin * nn
	return ellipse{
		u0: u, v0: v,
		a: 1 + v*v - k, b: -u * v, c: 1 + u*u - k,
		d: -k * u, e: -k * v, f: -k * nn,
	}, true
}

// cells appends the cells of the face's grid that meet q, row by row.
func (q *ellipse) cells(dst []Cell, face, level int) []Cell {
	var (
		n    = 1 << level
		det  = q.a*q.c - q.b*q.b
		x0   = (q.b*q.e - q.c*q.d) / det // the ellipse's own middle
		y0   = (q.b*q.d - q.a*q.e) / det
		size = -(q.f + q.d*x0 + q.e*y0) / det
		ry   = math.Sqrt(max(0, size*q.a)) // half its height and width
		rx   = math.Sqrt(max(0, size*q.c))
		// the heights of its rightmost and leftmost points
		right = y0 - q.b/q.c*rx
		left  = y0 + q.b/q.c*rx
	)
	j, last, ok := cut(q.v0+y0-ry, q.v0+y0+ry, n)
	if !ok {
		return dst
	}
	for ; j <= last; j++ {
		lo := max(gridLine(j, n)-q.v0, y0-ry)
		hi := min(gridLine(j+1, n)-q.v0, y0+ry)
		_, umax := q.row(min(max(right, lo), hi))
		umin, _ := q.row(min(max(left, lo), hi))
		i, end, ok := cut(umin, umax, n)
		for ; ok && i <= end; i++ {
			v := fromFace(face, (gridLine(i, n)+gridLine(i+1, n))/2, (gridLine(j, n)+gridLine(j+1, n))/2)
			dst = append(dst, parent(leafAt(v), level))
		}
	}
	return dst
}

// row returns the face coordinates between which q lies at height y.
func (q *ellipse) row(y float64) (umin, umax float64) {
	half := q.b*y + q.d
	root := math.Sqrt(max(0, half*half-q.a*(q.c*y*y+2*q.e*y+q.f)))
	return q.u0 + (-half-root)/q.a, q.u0 + (-half+root)/q.a
}
