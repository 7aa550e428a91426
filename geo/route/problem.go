package route

import (
	"math"

	"excursobot/geo"
)

// problem is a query with everything that the search needs. Place 0 is the start.
type problem struct {
	places []place
	metres []float64 // straight distances, by row and column
	within float64   // minutes
	round  bool
	most   int

	extra []float64 // by place: the least extra length of the route with it, as survey found
	at    []int     // and before which stop that is
}

type place struct {
	index int // of the candidate
	value float64
}

// slack is how much of the time is left unused, in minutes, so that rounding makes no tour too long.
const slack = 1e-6

func newProblem(q Query, list []Candidate) *problem {
	p := &problem{within: q.Within.Minutes() - slack, round: q.Round, most: q.Most, places: []place{{index: -1}}}
	if p.most <= 0 || p.most > MaxStops {
		p.most = MaxStops
	}
	if !q.From.Valid() {
		return p
	}
	points, reach := []geo.Point{q.From}, q.Reach()
	for i, c := range list {
		if finite(c.Value) && c.Point.Valid() && geo.Distance(q.From, c.Point) <= reach {
			p.places = append(p.places, place{i, c.Value})
			points = append(points, c.Point)
		}
	}
	n := len(points)
	spots := make([]spot, n)
	for i, at := range points {
		spots[i] = spotOf(at)
	}
	p.metres, p.extra, p.at = make([]float64, n*n), make([]float64, n), make([]int, n)
	for i := range points {
		for j := range i {
			d := spots[i].metres(spots[j])
			p.metres[i*n+j], p.metres[j*n+i] = d, d
		}
	}
	return p
}

// spot is a point of the globe in space, in metres.
type spot struct{ x, y, z float64 }

func spotOf(p geo.Point) spot {
	sinLat, cosLat := math.Sincos(p.Lat * math.Pi / 180)
	sinLon, cosLon := math.Sincos(p.Lon * math.Pi / 180)
	return spot{geo.EarthRadius * cosLat * cosLon, geo.EarthRadius * cosLat * sinLon, geo.EarthRadius * sinLat}
}

// metres returns the length of the chord between two spots. Over 10 km it is a millimetre shorter than geo.Distance, which takes much longer.
func (a spot) metres(b spot) float64 {
	x, y, z := a.x-b.x, a.y-b.y, a.z-b.z
	return math.Sqrt(x*x + y*y + z*z)
}
