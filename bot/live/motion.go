package live

import (
	"math"
	"time"

	"excursobot/geo"
)

const (
	smoothing  = 20 * time.Second // a movement of this age weighs a third
	standing   = 0.3              // metres per second; a slower person stands still
	maxPredict = 2000.0           // metres
	jumpMetres = 3000.0           // a longer displacement must be confirmed if it was faster than ...
	jumpSpeed  = 300.0            // ... this, in metres per second
)

// motion is a smoothed velocity. The zero motion stands still.
type motion struct {
	north, east float64 // metres per second
	known       bool
}

// observe adds a displacement from a to b in the time dt.
func (m *motion) observe(a, b geo.Point, dt time.Duration) {
	dt = max(dt, time.Second) // phones report whole seconds
	speed := geo.Distance(a, b) / dt.Seconds()
	sin, cos := math.Sincos(geo.Bearing(a, b) * math.Pi / 180)
	weight := 1.0
	if m.known {
		weight = 1 - math.Exp(-dt.Seconds()/smoothing.Seconds())
	}
	m.north += weight * (speed*cos - m.north)
	m.east += weight * (speed*sin - m.east)
	m.known = true
}

// course returns the speed in metres per second and the direction in degrees clockwise from north.
func (m *motion) course() (speed, bearing float64) {
	bearing = math.Atan2(m.east, m.north) * 180 / math.Pi
	if bearing < 0 {
		bearing += 360
	}
	return math.Hypot(m.north, m.east), bearing
}

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
