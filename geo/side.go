package geo

import "math"

// Side is where something lies as seen by a person who faces a direction, clockwise from straight ahead.
type Side uint8

// The sides, of 45 degrees each.
const (
	Ahead Side = iota
	AheadRight
	Right
	BehindRight
	Behind
	BehindLeft
	Left
	AheadLeft
)

var sideNames = [...]string{"ahead", "ahead_right", "right", "behind_right", "behind", "behind_left", "left", "ahead_left"}

// SideOf returns the side on which a bearing lies for a person who faces course. Both are in degrees clockwise from north. If one of them is not finite,
// it returns Ahead.
func SideOf(bearing, course float64) Side { return Side(CompassOf(bearing - course)) }

// String returns "ahead", "ahead_left" and so on, the end of a key of the catalogues.
func (s Side) String() string { return sideNames[s%8] }

// Turn returns by how many degrees a person who faces course must turn to face bearing, in [-180, 180); to the right is positive.
func Turn(bearing, course float64) float64 {
	turn := math.Mod(bearing-course+180, 360)
	if turn < 0 {
		turn += 360
	}
	return turn - 180
}
