package geo

import "math"

// Compass is one of the eight points of the compass, clockwise from north.
type Compass uint8

// The points of the compass.
const (
	North Compass = iota
	NorthEast
	East
	SouthEast
	South
	SouthWest
	West
	NorthWest
)

var compassNames = [...]string{"north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west"}

// CompassOf returns the point nearest to a bearing in degrees clockwise from north. A bearing that is not finite gives North.
func CompassOf(bearing float64) Compass {
	const eighth = 45
	turn := math.Mod(bearing, 360)
	if math.IsNaN(turn) { // of NaN and of infinities
		return North
	}
	if turn < 0 {
		turn += 360
	}
	return Compass(math.Floor(turn/eighth+0.5)) % 8
}

// String returns "north", "north_east" and so on, the end of a key of the catalogues.
func (c Compass) String() string { return compassNames[c%8] }
