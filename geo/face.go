package geo

import (
	"math"

	"github.com/golang/geo/r3"
	"github.com/golang/geo/s2"
)

// The geometry of an S2 face, which the library keeps to itself: its axes, and the grid of n lines
// to a side with S2's quadratic spacing.

// faceFrame returns p along the face's normal and along its u and v axes.
func faceFrame(p s2.Point, face int) (normal, u, v float64) {
	switch face {
	case 0:
		return p.X, p.Y, p.Z
	case 1:
		return p.Y, -p.X, p.Z
	case 2:
		return p.Z, -p.X, -p.Y
	case 3:
		return -p.X, -p.Z, -p.Y
	case 4:
		return -p.Y, -p.Z, p.X
	default:
		return -p.Z, p.Y, p.X
	}
}

// fromFace returns the direction of the face's point (u, v); its length is not 1.
func fromFace(face int, u, v float64) s2.Point {
	switch face {
	case 0:
		return s2.Point{Vector: r3.Vector{X: 1, Y: u, Z: v}}
	case 1:
		return s2.Point{Vector: r3.Vector{X: -u, Y: 1, Z: v}}
	case 2:
		return s2.Point{Vector: r3.Vector{X: -u, Y: -v, Z: 1}}
	case 3:
		return s2.Point{Vector: r3.Vector{X: -1, Y: -v, Z: -u}}
	case 4:
		return s2.Point{Vector: r3.Vector{X: v, Y: -1, Z: -u}}
	default:
		return s2.Point{Vector: r3.Vector{X: v, Y: u, Z: -1}}
	}
}

// gridLine returns the coordinate (u or v, in [-1, 1]) of the i-th of n+1 lines.
func gridLine(i, n int) float64 {
	s := float64(i) / float64(n)
	if s >= 0.5 {
		return (4*s*s - 1) / 3
	}
	return (1 - 4*(1-s)*(1-s)) / 3
}

// cut returns the first and the last of the n intervals between grid lines that meet [lo, hi]; ok is
// false if none does.
func cut(lo, hi float64, n int) (first, last int, ok bool) {
	if hi < -1 || lo > 1 {
		return 0, 0, false
	}
	return interval(lo, n), interval(hi, n), true
}

func interval(u float64, n int) int {
	var s float64
	if u = min(max(u, -1), 1); u >= 0 {
		s = 0.5 * math.Sqrt(1+3*u)
	} else {
		s = 1 - 0.5*math.Sqrt(1-3*u)
	}
	return min(int(s*float64(n)), n-1)
}
