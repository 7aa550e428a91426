package live

import (
	"math"
	"time"

	"excursobot/geo"
	"excursobot/geo/track"
)

const (
	standing   = 0.3              // metres per second; a slower person stands still
	leastApart = 3.0              // metres between two positions that show where the walker goes
	goesFor    = 20 * time.Second // after two such positions, the walker goes on
	bend       = 15.0             // degrees: a course that changes by more is about to change further
	steadyFor  = 10 * time.Second
	agreeing   = 45.0        // degrees between the course and the phone's heading
	trusted    = time.Minute // since they agreed, the phone's heading counts
	maxPredict = 2000.0      // metres
	jumpMetres = 3000.0      // a longer displacement must be confirmed if it was faster than ...
	leapSpeed  = 100.0       // metres per second: between positions that are further apart nobody went; they tell nothing of the movement
	jumpSpeed  = 300.0       // ... this, in metres per second
)

// motion is how a walker moves, as far as the accuracy of the fixes shows it. The zero motion stands still.
type motion struct {
	filter  track.Filter
	bearing float64   // of the course at a bend
	bent    time.Time // when that was; zero = the walker stands
	agreed  time.Time // when the phone's heading was last the course of a steady walk
	leash   geo.Point // where the walker was before, further away than the error of a fix
	last    geo.Point // the next one
	went    time.Time // when the walker was there
}

// observe takes a fix.
func (m *motion) observe(f fix) {
	m.filter.Add(f.step())
	if apart := max(f.radius, leastApart); m.last == (geo.Point{}) || geo.Distance(m.last, f.point) >= apart {
		m.leash, m.last, m.went = m.last, f.point, f.at
	}
	speed, bearing := m.course()
	switch {
	case speed < standing:
		m.bent = time.Time{}
	case m.bent.IsZero() || math.Abs(geo.Turn(bearing, m.bearing)) > bend:
		m.bearing, m.bent = bearing, f.at
	}
	if f.heading >= 0 && m.steady(f.at) && math.Abs(geo.Turn(bearing, f.heading)) <= agreeing {
		m.agreed = f.at
	}
}

// steady reports whether the walker has gone in one direction for a while. At a corner the course follows the positions for many seconds.
func (m *motion) steady(at time.Time) bool { return !m.bent.IsZero() && at.Sub(m.bent) >= steadyFor }

// facing returns the direction of the walker at the last fix in degrees, negative = unknown, and whether it is known well. After a corner the phone
// knows it before the positions do; but a phone in a pocket points anywhere, so its heading counts only if it was right a short time ago.
func (m *motion) facing(heading float64, at time.Time) (bearing float64, sure bool) {
	speed, bearing := m.course()
	if speed < standing {
		return heading, false
	}
	if heading >= 0 && !m.agreed.IsZero() && at.Sub(m.agreed) <= trusted {
		if math.Abs(geo.Turn(bearing, heading)) > agreeing || !m.steady(at) {
			bearing = heading
		}
		return bearing, true
	}
	return bearing, m.steady(at)
}

// course returns the speed in metres per second and the direction in degrees clockwise from north. A speed that may be the error of the fixes is 0.
func (m *motion) course() (speed, bearing float64) { return m.filter.Course() }

// goes reports whether the last positions are of a person who goes somewhere.
func (m *motion) goes(at time.Time) bool {
	return m.leash != (geo.Point{}) && at.Sub(m.went) <= goesFor
}

// recedes reports whether the walker at p goes away from a place, as the last positions show it: at a corner they do so before the course does.
func (m *motion) recedes(p, place geo.Point, at time.Time) bool {
	from := m.last
	if p == m.last {
		from = m.leash
	}
	return m.goes(at) && geo.Distance(p, place) > geo.Distance(from, place)
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
