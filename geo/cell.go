package geo

import (
	"cmp"
	"slices"

	"github.com/golang/geo/s2"
)

// Cell is an S2 cell id: a quadrilateral of the sphere at one of 31 levels. Ids are ordered along a space-filling curve, so that all cells inside
// a cell form one range of ids. The zero Cell is not a cell: it belongs to points that are not Valid.
type Cell uint64

// Levels in use, with the approximate length of an edge.
const (
	LevelFar   = 10 // 10 km: one wide search
	LevelTile  = 13 // 1.1 km: one tile of places
	LevelCache = 15 // 280 m: one entry of the cache of stories
	LevelLeaf  = 30 // 1 cm: the key of a place
)

// CellRange is a closed range of leaf cells (level 30).
type CellRange struct{ Min, Max Cell }

// Contains reports whether the leaf cell is in r.
func (r CellRange) Contains(leaf Cell) bool { return r.Min <= leaf && leaf <= r.Max }

// Disjoint returns the ranges in order, without empty ones and without overlaps. It may return ranges itself.
func Disjoint(ranges []CellRange) []CellRange {
	fine := true
	for i, r := range ranges {
		fine = fine && r.Min <= r.Max && (i == 0 || ranges[i-1].Max < r.Min)
	}
	if fine {
		return ranges
	}
	sorted := slices.DeleteFunc(slices.Clone(ranges), func(r CellRange) bool { return r.Min > r.Max })
	slices.SortFunc(sorted, func(a, b CellRange) int { return cmp.Compare(a.Min, b.Min) })
	out := sorted[:0]
	for _, r := range sorted {
		if n := len(out); n > 0 && r.Min <= out[n-1].Max {
			out[n-1].Max = max(out[n-1].Max, r.Max)
			continue
		}
		out = append(out, r)
	}
	return out
}

// CellAt returns the cell that contains p at the given level (0-30; others are clamped), or the zero Cell if p is not Valid.
func CellAt(p Point, level int) Cell {
	if !p.Valid() {
		return 0
	}
	return parent(leafAt(vector(p)), level)
}

// Leaf returns the level 30 cell that contains p, by which places are ordered, or the zero Cell if p is not Valid.
func Leaf(p Point) Cell { return CellAt(p, LevelLeaf) }

// Valid reports whether c is the id of a cell.
func (c Cell) Valid() bool { return s2.CellID(c).IsValid() }

// Level returns the level of c, 0-30, or -1 if c is not Valid.
func (c Cell) Level() int {
	if !c.Valid() {
		return -1
	}
	return s2.CellID(c).Level()
}

// Parent returns the cell at the level that contains c, or c itself if its level is not higher.
func (c Cell) Parent(level int) Cell {
	if c.Level() <= level {
		return c
	}
	return parent(s2.CellID(c), level)
}

// Children returns the four cells of the next level inside c, or four zero Cells if c is a leaf or not Valid.
func (c Cell) Children() (four [4]Cell) {
	if level := c.Level(); level < 0 || level == LevelLeaf {
		return four
	}
	for i, child := range s2.CellID(c).Children() {
		four[i] = Cell(child)
	}
	return four
}

// Center returns the centre of the cell, or the zero Point if c is not Valid.
func (c Cell) Center() Point {
	if !c.Valid() {
		return Point{}
	}
	return degrees(s2.CellID(c).LatLng())
}

// Range returns the range of leaf cells inside c. It contains no leaf if c is not Valid.
func (c Cell) Range() CellRange {
	if !c.Valid() {
		return CellRange{}
	}
	id := s2.CellID(c)
	return CellRange{Min: Cell(id.RangeMin()), Max: Cell(id.RangeMax())}
}

// Bounds returns the centre of c and the radius in metres of a circle around it that contains c: the distance of the farthest corner plus a
// millimetre for rounding.
func (c Cell) Bounds() (center Point, radius float64) {
	if !c.Valid() {
		return Point{}, 0
	}
	center = c.Center()
	cell := s2.CellFromCellID(s2.CellID(c))
	for k := range 4 {
		radius = max(radius, Distance(center, degrees(s2.LatLngFromPoint(cell.Vertex(k)))))
	}
	return center, radius + slack
}

// slack in metres widens circles, so that rounding loses no cell.
const slack = 0.001

// vector returns p on the unit sphere. Both longitudes of the antimeridian, and all longitudes of a pole, give one vector, because one position
// must have one cell.
func vector(p Point) s2.Point {
	if p.Lon == 180 {
		p.Lon = -180
	}
	if p.Lat == 90 || p.Lat == -90 {
		p.Lon = 0
	}
	return s2.PointFromLatLng(s2.LatLngFromDegrees(p.Lat, p.Lon))
}

func leafAt(v s2.Point) s2.CellID { return s2.CellFromPoint(v).ID() }

func parent(id s2.CellID, level int) Cell {
	return Cell(id.Parent(min(max(level, 0), LevelLeaf)))
}

func degrees(ll s2.LatLng) Point { return Point{Lat: ll.Lat.Degrees(), Lon: ll.Lng.Degrees()} }
