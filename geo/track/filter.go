package track

import (
	"math"
	"time"

	"excursobot/geo"
)

const (
	jerky     = 0.01            // m²/s³: how much a walker changes the velocity
	vague     = 2.0             // metres per second: the standard deviation of the velocity of a walker of whom nothing is known
	sure      = 3.0             // metres: the accuracy of a fix that tells none
	forgotten = 2 * time.Minute // without a fix, the filter begins again
)

// Filter estimates position and velocity of a walker from fixes that it weighs by their accuracy: a Kalman filter with constant velocity, north and
// east apart. The zero Filter knows nothing.
type Filter struct {
	origin      geo.Point
	at          time.Time
	north, east axis
	known       bool
}

// axis is position and velocity in one direction, with the covariance of their errors.
type axis struct {
	pos, vel           float64 // metres from the origin, metres per second
	pos2, posvel, vel2 float64
}

// Add takes a fix.
func (f *Filter) Add(fix Fix) {
	accuracy := fix.Accuracy
	if accuracy <= 0 {
		accuracy = sure
	}
	variance := accuracy * accuracy / 2.3      // in each direction, so that two thirds of the fixes are within the accuracy
	took := max(fix.At.Sub(f.at), time.Second) // phones report whole seconds
	if !f.known || fix.At.Before(f.at) || took > forgotten || geo.Distance(f.origin, fix.Point) > 20_000 {
		fresh := axis{pos2: variance, vel2: vague * vague}
		*f = Filter{origin: fix.Point, at: fix.At, north: fresh, east: fresh, known: true}
		return
	}
	north, east := f.plane(fix.Point)
	f.at = fix.At
	f.north.predict(took.Seconds())
	f.north.correct(north, variance)
	f.east.predict(took.Seconds())
	f.east.correct(east, variance)
}

// plane returns metres north and east of the origin.
func (f *Filter) plane(p geo.Point) (north, east float64) {
	sin, cos := math.Sincos(geo.Bearing(f.origin, p) * math.Pi / 180)
	d := geo.Distance(f.origin, p)
	return d * cos, d * sin
}

func (a *axis) predict(dt float64) {
	a.pos += a.vel * dt
	a.pos2 += 2*dt*a.posvel + dt*dt*a.vel2 + jerky*dt*dt*dt/3
	a.posvel += dt*a.vel2 + jerky*dt*dt/2
	a.vel2 += jerky * dt
}

func (a *axis) correct(measured, variance float64) {
	gainPos, gainVel := a.pos2/(a.pos2+variance), a.posvel/(a.pos2+variance)
	off := measured - a.pos
	a.pos += gainPos * off
	a.vel += gainVel * off
	a.vel2 -= gainVel * a.posvel
	a.posvel *= 1 - gainPos
	a.pos2 *= 1 - gainPos
}

// Point returns where the walker probably is.
func (f *Filter) Point() geo.Point {
	return geo.Offset(f.origin, math.Atan2(f.east.pos, f.north.pos)*180/math.Pi, math.Hypot(f.north.pos, f.east.pos))
}

// Course returns the speed in metres per second and the direction in degrees clockwise from north. A speed that may be the error of the fixes is 0.
func (f *Filter) Course() (speed, bearing float64) {
	speed = math.Hypot(f.north.vel, f.east.vel)
	if speed < 1.5*math.Sqrt(f.north.vel2) {
		return 0, 0
	}
	bearing = math.Atan2(f.east.vel, f.north.vel) * 180 / math.Pi
	if bearing < 0 {
		bearing += 360
	}
	return speed, bearing
}
