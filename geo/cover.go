package geo

import (
	"math"
	"slices"

	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"
)

// MaxRadius in metres is the widest circle that CellsWithin and RangesWithin cover. A wider one is cut to it.
const MaxRadius = 1_000_000

// maxRanges bounds the result of RangesWithin: each range is a seek in the store.
const maxRanges = 16

// CellsWithin appends to dst every cell of the given level that meets the circle of radius metres around p, each once, in no order. It
// appends nothing if p is not Valid or if radius is negative or NaN.
//
// It descends from the cells around the corner nearest to p. S2's RegionCoverer returns the same cells in six times as long.
func CellsWithin(dst []Cell, p Point, radius float64, level int) []Cell {
	if !p.Valid() || !(radius >= 0) {
		return dst
	}
	center, angle := vector(p), (min(radius, MaxRadius)+slack)/EarthRadius
	reach := s1.ChordAngleFromAngle(s1.Angle(angle))
	level = min(max(level, 0), LevelLeaf)
	// Cells at least twice as wide as the circle: those that share the corner nearest to p contain all of it. A leaf has no such corner.
	top := min(s2.MinWidthMetric.MaxLevel(2*angle), level, LevelLeaf-1)
	for _, id := range leafAt(center).VertexNeighbors(top) {
		dst = appendMeeting(dst, s2.CellFromCellID(id), center, reach, level)
	}
	return dst
}

// appendMeeting appends the cells of the level inside c that are within reach of center.
func appendMeeting(dst []Cell, c s2.Cell, center s2.Point, reach s1.ChordAngle, level int) []Cell {
	if c.Distance(center) > reach {
		return dst
	}
	if c.Level() == level {
		return append(dst, Cell(c.ID()))
	}
	children, _ := c.Children()
	for _, child := range children {
		dst = appendMeeting(dst, child, center, reach, level)
	}
	return dst
}

// RangesWithin returns at most 16 ranges of leaf cells, ascending and disjoint, that together cover the circle of radius metres around p.
// They cover more than the circle, so the caller checks distances. It returns none if CellsWithin appends none.
func RangesWithin(p Point, radius float64) []CellRange {
	var buffer [192]Cell
	cells := CellsWithin(buffer[:0], p, radius, coverLevel(radius))
	slices.Sort(cells)
	ranges := make([]CellRange, 0, len(cells))
	for _, c := range cells {
		r := c.Range()
		if n := len(ranges); n > 0 && ranges[n-1].Max+2 == r.Min { // ids of leaves are odd
			ranges[n-1].Max = r.Max
			continue
		}
		ranges = append(ranges, r)
	}
	for len(ranges) > maxRanges { // join the two ranges with the smallest gap
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

// coverLevel returns the level whose cells are an eighth to a quarter of the radius wide: about a hundred of them cover the circle, and
// little else.
func coverLevel(radius float64) int {
	const face = 7_842_000 // metres: the mean edge of a level 0 cell
	return int(min(max(math.Log2(8*face/max(radius, 1)), 0), LevelLeaf))
}
