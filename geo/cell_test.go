package geo

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"
)

// awkward are the points where coordinates or cells have a seam.
var awkward = []Point{
	{0, 0}, {0, 180}, {0, -180}, {90, 0}, {-90, 0}, {90, 123}, {-90, -45}, {0, 90}, {0, -90},
	{35.26438968, 45}, {-35.26438968, -45}, {35.26438968, 135}, {-35.26438968, -135}, // corners of faces
	{10, 45}, {-10, 45.0000001}, {44.999, 0}, {45.001, 0}, // edges of faces
	{55.752, 37.6175}, {-33.8568, 151.2153}, {64.1466, -21.9426}, {-54.8019, -68.303},
	{51.4779, 0}, {51.4779, -0.0001}, {51.4779, 0.0001}, {-17.5, 179.9999}, {-17.5, -179.9999}, {89.9999, 12}, {-89.9999, 12},
}

func TestCellAtSeams(t *testing.T) {
	same := []struct {
		name string
		a, b Point
	}{
		{"antimeridian", Point{12, 180}, Point{12, -180}},
		{"north pole", Point{90, 0}, Point{90, 179}},
		{"south pole", Point{-90, -180}, Point{-90, 77}},
		{"negative zero latitude", Point{0, 10}, Point{math.Copysign(0, -1), 10}},
		{"negative zero longitude", Point{10, 0}, Point{10, math.Copysign(0, -1)}},
	}
	for _, tt := range same {
		t.Run(tt.name, func(t *testing.T) {
			for _, level := range []int{0, LevelFar, LevelTile, LevelCache, LevelLeaf} {
				if a, b := CellAt(tt.a, level), CellAt(tt.b, level); a != b {
					t.Errorf("level %d: %v is in %x, %v in %x", level, tt.a, a, tt.b, b)
				}
			}
		})
	}
}

func TestCellHoldsItsPoint(t *testing.T) {
	for _, p := range awkward {
		leaf := Leaf(p)
		if got := Distance(p, leaf.Center()); got > 0.05 {
			t.Errorf("Leaf(%v) is %g m away", p, got)
		}
		for level := range LevelLeaf + 1 {
			c := CellAt(p, level)
			if c.Level() != level || !c.Valid() {
				t.Fatalf("CellAt(%v, %d).Level() = %d", p, level, c.Level())
			}
			if r := c.Range(); !r.Contains(leaf) {
				t.Errorf("leaf %x of %v is not in %+v", leaf, p, r)
			}
			if got := leaf.Parent(level); got != c {
				t.Errorf("Parent(%d) = %x, want %x", level, got, c)
			}
			if center, radius := c.Bounds(); Distance(center, p) > radius {
				t.Errorf("level %d: %v is %g m from the centre, the radius is %g", level, p, Distance(center, p), radius)
			}
		}
	}
}

func TestCellChildrenFillIt(t *testing.T) {
	c := CellAt(Point{55.752, 37.6175}, LevelTile)
	next := c.Range().Min
	for _, child := range c.Children() {
		if child.Level() != LevelTile+1 || child.Range().Min != next || child.Parent(LevelTile) != c {
			t.Errorf("child %x does not follow at %x", child, next)
		}
		next = child.Range().Max + 2
	}
	if next != c.Range().Max+2 {
		t.Errorf("the children end at %x, the cell at %x", next-2, c.Range().Max)
	}
	if got := Leaf(Point{1, 1}).Children(); got != [4]Cell{} {
		t.Errorf("a leaf has children %v", got)
	}
}

func TestInvalidPointsHaveNoCell(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, p := range []Point{{nan, 0}, {0, nan}, {inf, 0}, {0, -inf}, {90.1, 0}, {0, 180.1}, {-91, 400}} {
		if c := CellAt(p, LevelTile); c != 0 || Leaf(p) != 0 {
			t.Errorf("CellAt(%v) = %x, want none", p, c)
		}
		if got := CellsWithin(nil, p, 300, LevelCache); len(got) > 0 {
			t.Errorf("CellsWithin(%v) = %v", p, got)
		}
		if got := RangesWithin(p, 300); len(got) > 0 {
			t.Errorf("RangesWithin(%v) = %v", p, got)
		}
	}
	for _, radius := range []float64{nan, -1, -inf} {
		if got := CellsWithin(nil, Point{1, 1}, radius, LevelCache); len(got) > 0 {
			t.Errorf("radius %v: %v", radius, got)
		}
	}
	for _, c := range []Cell{0, math.MaxUint64, 2} {
		_, radius := c.Bounds()
		if c.Level() != -1 || c.Center() != (Point{}) || radius != 0 || c.Range() != (CellRange{}) {
			t.Errorf("%x passes for a cell", c)
		}
	}
}

// wantCells returns the cells by the flood fill of the library.
func wantCells(p Point, radius float64, level int) []Cell {
	disc := s2.CapFromCenterAngle(vector(p), s1.Angle(radius/EarthRadius))
	var want []Cell
	for _, id := range s2.FloodFillRegionCovering(disc, s2.CellID(CellAt(p, level))) {
		want = append(want, Cell(id))
	}
	slices.Sort(want)
	return want
}

func TestDisjoint(t *testing.T) {
	tests := []struct {
		name     string
		in, want []CellRange
	}{
		{"none", nil, nil},
		{"apart and in order", []CellRange{{1, 2}, {3, 4}}, []CellRange{{1, 2}, {3, 4}}},
		{"in any order", []CellRange{{7, 9}, {1, 2}}, []CellRange{{1, 2}, {7, 9}}},
		{"overlapping", []CellRange{{1, 5}, {4, 8}, {8, 9}}, []CellRange{{1, 9}}},
		{"one inside the other", []CellRange{{1, 9}, {3, 4}, {5, 12}}, []CellRange{{1, 12}}},
		{"twice the same", []CellRange{{3, 4}, {3, 4}}, []CellRange{{3, 4}}},
		{"reversed", []CellRange{{9, 1}, {3, 4}}, []CellRange{{3, 4}}},
		{"up to the last", []CellRange{{5, ^Cell(0)}, {0, 5}}, []CellRange{{0, ^Cell(0)}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := slices.Clone(tt.in)
			if got := Disjoint(tt.in); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if !slices.Equal(tt.in, before) {
				t.Errorf("the argument became %v", tt.in)
			}
		})
	}
}

func TestCellsWithinAgreesWithTheLibrary(t *testing.T) {
	points := slices.Clone(awkward)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		points = append(points, Point{math.Asin(2*rng.Float64()-1) * 180 / math.Pi, 360*rng.Float64() - 180})
	}
	for _, corner := range awkward { // just off the seams
		points = append(points, Offset(corner, 360*rng.Float64(), 700*rng.Float64()))
	}
	sizes := []struct {
		radius float64
		level  int
	}{{300, LevelCache}, {600, LevelCache}, {1200, LevelTile}, {10_000, LevelFar}, {10_000, 12}, {150_000, 6}, {MaxRadius, 3}, {25, 18}}
	for _, p := range points {
		for _, size := range sizes {
			got := CellsWithin(nil, p, size.radius, size.level)
			slices.Sort(got)
			if len(slices.Compact(slices.Clone(got))) != len(got) {
				t.Fatalf("CellsWithin(%v, %g, %d) repeats a cell", p, size.radius, size.level)
			}
			for _, c := range wantCells(p, size.radius, size.level) {
				if _, ok := slices.BinarySearch(got, c); !ok {
					t.Errorf("CellsWithin(%v, %g, %d) misses %x", p, size.radius, size.level, c)
				}
			}
			wider := wantCells(p, size.radius*(1+1e-6)+0.01, size.level)
			for _, c := range got {
				if _, ok := slices.BinarySearch(wider, c); !ok {
					t.Errorf("CellsWithin(%v, %g, %d) adds %x", p, size.radius, size.level, c)
				}
			}
		}
	}
}

func TestCellsWithinKeepsWhatIsThere(t *testing.T) {
	p := Point{55.752, 37.6175}
	if got := CellsWithin(nil, p, 0, LevelCache); !slices.Equal(got, []Cell{CellAt(p, LevelCache)}) {
		t.Errorf("radius 0: %x, want the cell of the point", got)
	}
	if got := CellsWithin([]Cell{7}, p, 0, LevelCache); len(got) != 2 || got[0] != 7 {
		t.Errorf("got %x, want the new cell after 7", got)
	}
}

func TestRangesWithinCoverTheCircle(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, p := range awkward {
		for _, radius := range []float64{0, 1, 300, 1200, 10_000} {
			ranges := RangesWithin(p, radius)
			if len(ranges) == 0 || len(ranges) > 16 {
				t.Fatalf("RangesWithin(%v, %g): %d ranges", p, radius, len(ranges))
			}
			for i, r := range ranges {
				if r.Min > r.Max || i > 0 && r.Min <= ranges[i-1].Max {
					t.Errorf("RangesWithin(%v, %g): %v is not in order", p, radius, ranges)
				}
			}
			for range 200 {
				q := Offset(p, 360*rng.Float64(), radius*rng.Float64())
				if !slices.ContainsFunc(ranges, func(r CellRange) bool { return r.Contains(Leaf(q)) }) {
					t.Fatalf("RangesWithin(%v, %g) misses %v at %g m", p, radius, q, Distance(p, q))
				}
			}
		}
	}
}

func FuzzCells(f *testing.F) {
	for _, p := range awkward {
		f.Add(p.Lat, p.Lon, 600.0, LevelCache)
	}
	f.Add(math.NaN(), math.Inf(1), math.NaN(), -3)
	f.Fuzz(func(t *testing.T, lat, lon, radius float64, level int) {
		p := Point{lat, lon}
		c := CellAt(p, level)
		if c.Valid() != p.Valid() {
			t.Fatalf("CellAt(%v) = %x", p, c)
		}
		if !(radius <= 10_000) {
			return
		}
		level = max(coverLevel(radius)-2, min(level, coverLevel(radius)))
		got := CellsWithin(nil, p, radius, level)
		if want := p.Valid() && radius >= 0; slices.Contains(got, CellAt(p, level)) != want {
			t.Fatalf("CellsWithin(%v, %g, %d) = %x", p, radius, level, got)
		}
		if n := len(RangesWithin(p, radius)); n > 16 || len(got) > 1000 {
			t.Fatalf("%d cells, %d ranges", len(got), n)
		}
	})
}

func BenchmarkCellAt(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		CellAt(Point{55.752, 37.6175}, LevelCache)
	}
}

func BenchmarkCellsWithin(b *testing.B) {
	for name, radius := range map[string]float64{"300m": 300, "600m": 600} {
		b.Run(name, func(b *testing.B) {
			var dst []Cell
			b.ReportAllocs()
			for b.Loop() {
				dst = CellsWithin(dst[:0], Point{55.752, 37.6175}, radius, LevelCache)
			}
			b.ReportMetric(float64(len(dst)), "cells")
		})
	}
}

func BenchmarkCellsWithinLibrary(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		wantCells(Point{55.752, 37.6175}, 600, LevelCache)
	}
}

func BenchmarkRangesWithin(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		RangesWithin(Point{55.752, 37.6175}, 10_000)
	}
}
