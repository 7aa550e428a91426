package live

import (
	"encoding/binary"
	"math"
	"time"

	"excursobot/geo"
)

const (
	stepMetres  = 10.0 // a smaller movement is noise
	trackPoints = 1000 // most of a track; a full one is thinned by half
	trackLevels = 12   // how often: the step is then 40 km
	degrees     = 1e6  // units of a degree: 0.11 m
)

// TrackPoint is where a walker was at a moment.
type TrackPoint struct {
	Point geo.Point // to a millionth of a degree
	At    time.Time // to a second
}

// A packed track is a byte that says how often it was thinned, and for each point latitude, longitude and Unix time as
// varints, each the difference to the point before: 5 bytes for a step of a pedestrian. It is only appended to, so that a copy
// of the slice stays what it was.

// Route unpacks a walk's Track. What is damaged is left out from there on.
func Route(track []byte) []TrackPoint {
	route, _ := unpack(track)
	return route
}

// unpack returns the points, and how many bytes of the track they took.
func unpack(track []byte) (route []TrackPoint, size int) {
	if len(track) == 0 || track[0] > trackLevels {
		return nil, 0
	}
	route = make([]TrackPoint, 0, len(track)/5)
	var at [3]int64
	for size = 1; size < len(track) && len(route) < trackPoints; {
		next := size
		for i := range at {
			d, n := binary.Varint(track[next:])
			if n <= 0 {
				return route, size
			}
			at[i] += d
			next += n
		}
		p := geo.Point{Lat: float64(at[0]) / degrees, Lon: float64(at[1]) / degrees}
		if !p.Valid() {
			return route, size
		}
		route = append(route, TrackPoint{Point: p, At: time.Unix(at[2], 0).UTC()})
		size = next
	}
	return route, size
}

// trail appends to a packed track.
type trail struct {
	count int
	last  [3]int64  // of the packed track
	from  geo.Point // distance is counted from here
}

// resume goes on with a track that was stored, and returns it without what is damaged.
func (t *trail) resume(track []byte) []byte {
	*t = trail{}
	route, size := unpack(track)
	if len(route) == 0 {
		return nil
	}
	end := route[len(route)-1]
	t.count, t.last, t.from = len(route), units(end), end.Point
	return track[:size:size]
}

// step adds p to the track if it is far enough from the last point, and returns the track and the metres walked since the last
// step that counted, 0 for noise.
func (t *trail) step(track []byte, p TrackPoint) ([]byte, float64) {
	if t.count == 0 {
		t.from = p.Point
		return t.append(track, p), 0
	}
	metres := geo.Distance(t.from, p.Point)
	if metres <= stepMetres {
		return track, 0
	}
	t.from = p.Point
	last := geo.Point{Lat: float64(t.last[0]) / degrees, Lon: float64(t.last[1]) / degrees}
	if geo.Distance(last, p.Point) > math.Ldexp(stepMetres, int(track[0])) {
		track = t.append(track, p)
	}
	return track, metres
}

// jump goes on at p without having walked there.
func (t *trail) jump(track []byte, p TrackPoint) []byte {
	t.from = p.Point
	return t.append(track, p)
}

func (t *trail) append(track []byte, p TrackPoint) []byte {
	if t.count >= trackPoints {
		track = t.thin(track)
	}
	if len(track) == 0 {
		track = []byte{0}
	}
	u := units(p)
	for i := range u {
		track = binary.AppendVarint(track, u[i]-t.last[i])
	}
	t.last = u
	t.count++
	return track
}

// thin leaves out every second point, and of the points to come those that are not twice as far from each other.
func (t *trail) thin(track []byte) []byte {
	thinned := append(make([]byte, 0, len(track)), min(track[0]+1, trackLevels))
	route := Route(track)
	t.count, t.last = 0, [3]int64{}
	for i := 0; i < len(route); i += 2 {
		thinned = t.append(thinned, route[i])
	}
	return thinned
}

func units(p TrackPoint) [3]int64 {
	return [3]int64{int64(math.Round(p.Point.Lat * degrees)), int64(math.Round(p.Point.Lon * degrees)), p.At.Unix()}
}
