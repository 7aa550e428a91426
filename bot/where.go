package bot

import (
	"excursobot/bot/text"
	"excursobot/geo"
)

// vantage is where a person stands and which way they face.
type vantage struct {
	geo.Point
	course  float64 // degrees clockwise from north; negative = unknown
	unknown bool    // it is not known where they are
}

// elsewhere is the vantage of a person of whom not even the position is known.
var elsewhere = vantage{course: -1, unknown: true}

// standing returns the vantage of a person of whom only the position is known.
func standing(p geo.Point) vantage { return vantage{Point: p, course: -1} }

// nextTo is the distance in metres below which a direction would only be the error of the position.
const nextTo = 15

// where returns the line under a title: how far a place is from a person, and where, "" if nobody knows. It is told from the way the person faces, and by the compass if
// that is unknown.
func where(words *text.Words, from vantage, place geo.Point, metres float64) text.HTML {
	if from.unknown {
		return ""
	}
	direction := ""
	if unknown := (geo.Point{}); metres >= nextTo && place != unknown && place.Valid() && from.Valid() {
		direction = directionOf(from, place)
	}
	return text.HTML(words.Where(metres, direction))
}

// directionOf returns the key of the words for where a place is: from the way the person faces, or by the compass.
func directionOf(from vantage, place geo.Point) string {
	bearing := geo.Bearing(from.Point, place)
	if from.course >= 0 {
		return "side." + geo.SideOf(bearing, from.course).String()
	}
	return "compass." + geo.CompassOf(bearing).String()
}
