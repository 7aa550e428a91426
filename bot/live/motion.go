package live

import (
	"time"

	"excursobot/geo"
	"excursobot/geo/track"
)

const (
	standing   = 0.3    // metres per second; a slower person stands still
	maxPredict = 2000.0 // metres
	jumpMetres = 3000.0 // a longer displacement must be confirmed if it was faster than ...
	jumpSpeed  = 300.0  // ... this, in metres per second
)

// motion is how a walker moves, as far as the accuracy of the fixes shows it. The zero motion stands still.
type motion struct{ filter track.Filter }

// observe takes a fix.
func (m *motion) observe(f fix) { m.filter.Add(f.step()) }

// course returns the speed in metres per second and the direction in degrees clockwise from north. A speed that may be the error of the fixes is 0.
func (m *motion) course() (speed, bearing float64) { return m.filter.Course() }

// predict returns the position dt after p, at most maxPredict metres from it.
func (m *motion) predict(p geo.Point, dt time.Duration) geo.Point {
	speed, bearing := m.course()
	if speed < standing || dt <= 0 {
		return p
	}
	return geo.Offset(p, bearing, min(speed*dt.Seconds(), maxPredict))
}

// plausible reports whether a person can have moved from a to b in the time dt.
func plausible(a, b geo.Point, dt time.Duration) bool {
	d := geo.Distance(a, b)
	return d <= jumpMetres || d <= jumpSpeed*dt.Seconds()
}
