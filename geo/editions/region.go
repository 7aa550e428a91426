package editions

import (
	"math"

	"excursobot/geo"
)

// regionNear returns the region of a country that holds p or, if p lies on the other side of a border, one of eight points as many metres
// around it. It returns nil if there is none.
func (a *Atlas) regionNear(p geo.Point, country int, metres float64) *region {
	kx := math.Max(0.05, math.Cos(p.Lat*math.Pi/180))
	reach := metres / (metresPerStep * steps)
	for i := range a.regions[country] {
		r := &a.regions[country][i]
		if p.Lat < r.low.Lat-reach || p.Lat > r.high.Lat+reach || p.Lon < r.low.Lon-reach/kx || p.Lon > r.high.Lon+reach/kx {
			continue
		}
		if r.holds(p) {
			return r
		}
		for _, d := range around {
			if metres == 0 {
				break
			}
			if r.holds(geo.Point{Lat: p.Lat + reach*d.Lat, Lon: p.Lon + reach*d.Lon/kx}) {
				return r
			}
		}
	}
	return nil
}

// around are the eight main directions.
var around = [8]geo.Point{{Lat: 1}, {Lat: 0.7, Lon: 0.7}, {Lon: 1}, {Lat: -0.7, Lon: 0.7}, {Lat: -1}, {Lat: -0.7, Lon: -0.7}, {Lon: -1}, {Lat: 0.7, Lon: -0.7}}

// holds reports whether p lies inside the outline (even-odd rule).
func (r *region) holds(p geo.Point) bool {
	if p.Lat < r.low.Lat || p.Lat > r.high.Lat || p.Lon < r.low.Lon || p.Lon > r.high.Lon {
		return false
	}
	inside := false
	for i, b := range r.outline {
		a := r.outline[(i+len(r.outline)-1)%len(r.outline)]
		if (a.Lat > p.Lat) != (b.Lat > p.Lat) && p.Lon < a.Lon+(p.Lat-a.Lat)/(b.Lat-a.Lat)*(b.Lon-a.Lon) {
			inside = !inside
		}
	}
	return inside
}
