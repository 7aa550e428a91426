package track

import (
	"encoding/binary"
	"math"
	"time"

	"excursobot/geo"
)

const (
	maxFixes    = 1000 // an encoded track that is full is thinned to half
	maxThinning = 12   // thinnings that widen the step: it is 40 km then
	unit        = 1e6  // units in a degree: 0.11 m
)

// An encoded track is a byte that counts its thinnings, and for each fix the latitude, the longitude and the Unix time as varints, each the
// difference to the fix before: 5 bytes for a step of a pedestrian. Bytes are only appended, so a copy of the slice does not change.

// Decode returns the fixes of an encoded track, at most 1000. It stops at damage and returns the fixes before it.
func Decode(track []byte) []Fix {
	fixes, _ := decode(track)
	return fixes
}

// decode returns the fixes and the number of bytes that they take.
func decode(track []byte) (fixes []Fix, size int) {
	if len(track) == 0 || track[0] > maxThinning {
		return nil, 0
	}
	fixes = make([]Fix, 0, min(len(track)/5, maxFixes))
	var at [3]int64
	for size = 1; size < len(track) && len(fixes) < maxFixes; {
		next := size
		for i := range at {
			d, n := binary.Varint(track[next:])
			if n <= 0 {
				return fixes, size
			}
			at[i] += d
			next += n
		}
		p := geo.Point{Lat: float64(at[0]) / unit, Lon: float64(at[1]) / unit}
		if !p.Valid() {
			return fixes, size
		}
		fixes = append(fixes, Fix{Point: p, At: time.Unix(at[2], 0).UTC()})
		size = next
	}
	return fixes, size
}

// Encoder appends fixes to one encoded track, which the caller keeps. The zero Encoder begins a track.
type Encoder struct {
	count int      // fixes in the track
	last  [3]int64 // the last of them, in units
	way   way
}

// Resume continues a track that was stored, from where the walker was last. It returns the track without the damaged end.
func (e *Encoder) Resume(track []byte, at Fix) []byte {
	*e = Encoder{}
	fixes, size := decode(track)
	if len(fixes) == 0 {
		return nil
	}
	end := fixes[len(fixes)-1]
	e.count, e.last = len(fixes), units(end)
	if !at.Point.Valid() {
		at = end
	}
	e.way.begin(at)
	return track[:size:size]
}

// Step takes a fix that the walker walked to. It returns the track, to which corners of the way are added, and by how many metres the way is longer
// than before. That may be negative: the last leg is measured again with each fix.
func (e *Encoder) Step(track []byte, f Fix) ([]byte, float64) {
	if e.count == 0 {
		e.way.begin(f)
		return e.append(track, f), 0
	}
	corner, found, metres := e.way.add(f)
	if found && geo.Distance(e.lastPoint(), corner.Point) > math.Ldexp(minStep, int(track[0])) {
		track = e.append(track, corner)
	}
	return track, metres
}

// Finish adds the end of the way to the track.
func (e *Encoder) Finish(track []byte) []byte {
	if end, found := e.way.end(); found && e.count > 0 {
		return e.append(track, end)
	}
	return track
}

// Jump continues the track at a fix that the walker did not walk to.
func (e *Encoder) Jump(track []byte, f Fix) []byte {
	track = e.Finish(track)
	e.way.begin(f)
	return e.append(track, f)
}

func (e *Encoder) lastPoint() geo.Point {
	return geo.Point{Lat: float64(e.last[0]) / unit, Lon: float64(e.last[1]) / unit}
}

func (e *Encoder) append(track []byte, f Fix) []byte {
	if e.count >= maxFixes {
		track = e.thin(track)
	}
	if len(track) == 0 {
		track = []byte{0}
	}
	u := units(f)
	for i := range u {
		track = binary.AppendVarint(track, u[i]-e.last[i])
	}
	e.last = u
	e.count++
	return track
}

// thin removes every second fix. The steps that follow must be twice as long to be added.
func (e *Encoder) thin(track []byte) []byte {
	thinned := append(make([]byte, 0, len(track)), min(track[0]+1, maxThinning))
	fixes := Decode(track)
	e.count, e.last = 0, [3]int64{}
	for i := 0; i < len(fixes); i += 2 {
		thinned = e.append(thinned, fixes[i])
	}
	return thinned
}

func units(f Fix) [3]int64 {
	return [3]int64{int64(math.Round(f.Point.Lat * unit)), int64(math.Round(f.Point.Lon * unit)), f.At.Unix()}
}
