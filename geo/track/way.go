package track

import (
	"math"
	"time"

	"excursobot/geo"
)

// The way of a walker is measured along a line of straight legs that stays near the fixes, as the filter estimates them. A fix alone is off by its
// accuracy: a line through all of them would be longer than the way, and would not end while a phone lies on a table. The factors are those with the least
// errors in simulated walks (noise_test.go).
const (
	minStep    = 10.0            // metres; a shorter leg is noise of the receiver
	restFactor = 3.5             // times the accuracy: a leg from a place of rest is longer
	walkFactor = 2.8             // the same for the legs that follow
	bendFactor = 0.8             // times the accuracy: the line may be off the fixes by that
	longestLeg = 2 * time.Minute // then a straight way gets a corner, too, because a longer pause is a gap
	maxWay     = 256             // fixes since the last corner; further ones replace the oldest
)

// way is the end of the line, from its last corner.
type way struct {
	filter   Filter
	from     Fix     // the last corner
	accuracy float64 // of the fixes, slowly forgotten
	walking  bool    // there was a corner since the last rest
	since    []Fix   // estimates since the corner
	leg      float64 // metres from the corner to the newest estimate, as counted; 0 = within the noise
}

// begin begins a line.
func (w *way) begin(f Fix) {
	*w = way{from: f, accuracy: f.Accuracy}
	w.filter.Add(f)
}

// add takes a fix. It returns the corner that the line got, if it got one, and by how many metres the line is longer.
func (w *way) add(f Fix) (corner Fix, found bool, metres float64) {
	w.filter.Add(f)
	f.Point = w.filter.Point()
	if f.Accuracy <= 0 {
		f.Accuracy = sure
	}
	w.accuracy = max(0.9*w.accuracy, f.Accuracy)
	if f.Accuracy < w.from.Accuracy && !w.beyond(f) { // a better measurement of the same place
		w.from, w.accuracy = f, f.Accuracy
	}
	w.since = append(w.since, f)
	if len(w.since) > maxWay {
		w.since = append(w.since[:0], w.since[1:]...)
	}
	before := w.leg
	if corner, found = w.bend(f); found {
		metres = geo.Distance(w.from.Point, corner.Point)
		w.from = corner
	}
	w.leg = 0
	if w.beyond(f) {
		w.leg = geo.Distance(w.from.Point, f.Point)
	}
	return corner, found, metres + w.leg - before
}

// end returns the newest estimate, unless it is at the last corner.
func (w *way) end() (Fix, bool) {
	if w.leg == 0 || len(w.since) == 0 {
		return Fix{}, false
	}
	return w.since[len(w.since)-1], true
}

// beyond reports whether a fix is too far from the last corner to be noise.
func (w *way) beyond(f Fix) bool {
	factor := restFactor
	if w.walking {
		factor = walkFactor
	}
	return geo.Distance(w.from.Point, f.Point) > max(minStep, factor*w.accuracy)
}

// bend returns the next corner of the line that ends at f, if it needs one: where the fixes are furthest from the line, or the end of a long leg.
func (w *way) bend(f Fix) (Fix, bool) {
	at, off := 0, 0.0
	for i, s := range w.since {
		if d := offLine(w.from.Point, f.Point, s.Point); d > off {
			at, off = i, d
		}
	}
	switch {
	case off > bendFactor*w.accuracy && w.beyond(w.since[at]):
	case f.At.Sub(w.since[0].At) < longestLeg:
		return Fix{}, false
	case w.beyond(f):
		at = len(w.since) - 1
	default: // a rest
		w.walking = false
		w.since = append(w.since[:0], w.since[1:]...)
		return Fix{}, false
	}
	corner := w.since[at]
	w.since = append(w.since[:0], w.since[at+1:]...)
	w.walking = true
	return corner, true
}

// offLine returns how far p lies from the straight line between a and b, in metres.
func offLine(a, b, p geo.Point) float64 {
	whole, d := geo.Distance(a, b), geo.Distance(a, p)
	if whole == 0 || d == 0 {
		return d
	}
	sin, cos := math.Sincos(geo.Turn(geo.Bearing(a, p), geo.Bearing(a, b)) * math.Pi / 180)
	switch along := d * cos; {
	case along < 0:
		return d
	case along > whole:
		return geo.Distance(b, p)
	}
	return math.Abs(d * sin)
}
