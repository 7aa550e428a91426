package text

import (
	"math"
	"time"

	"golang.org/x/text/number"
)

// Distance renders a distance in metres: "120 m", "1.3 km". It rounds to 10 m (at least 10 m) below a kilometre, to 100 m below 10 km, and to a
// kilometre above. A negative distance or NaN renders as 10 m.
func (w *Words) Distance(metres float64) string {
	tens := math.Round(metres / 10)
	switch {
	case !(tens >= 1): // NaN too
		return w.Say("distance.metres", "n", 10)
	case tens < 100:
		return w.Say("distance.metres", "n", int(tens)*10)
	case metres < 9950:
		return w.Say("distance.kilometres", "n", math.Round(metres/100)/10)
	}
	return w.Say("distance.kilometres", "n", math.Round(metres/1000))
}

const (
	onFootFrom   = 400    // metres from which the time of a walk is worth knowing
	onFootTo     = 10_000 // metres from which nobody walks
	metresMinute = 75     // walked in a minute
)

// Where renders how far a place is and in which direction, as a line of its own: "120 m ahead, on your left", "1.3 km north-east ↗ · about 17 min on foot".
// direction is a key that begins with "side." or "compass."; without it, only the distance is rendered.
func (w *Words) Where(metres float64, direction string) string {
	distance := HTML(w.Distance(metres))
	if direction == "" {
		return w.Say("where.close", "distance", distance)
	}
	words := HTML(w.Say(direction))
	if !(metres > onFootFrom && metres < onFootTo) {
		return w.Say("where.near", "distance", distance, "direction", words)
	}
	return w.Say("where.far", "distance", distance, "direction", words, "walk", onFoot(metres))
}

// onFoot returns how long a walk takes, to a minute, and to five minutes above an hour.
func onFoot(metres float64) time.Duration {
	minutes := math.Round(metres / metresMinute)
	if minutes > 60 {
		minutes = math.Round(minutes/5) * 5
	}
	return time.Duration(minutes) * time.Minute
}

// Point renders a position for a button: "38.7136° N, 9.1392° W". lat and lon are in degrees.
func (w *Words) Point(lat, lon float64) string {
	ns, ew := "button.point_north", "button.point_east"
	if lat < 0 {
		ns = "button.point_south"
	}
	if lon < 0 {
		ew = "button.point_west"
	}
	return w.Plain(ns, "degrees", w.degrees(lat)) + ", " + w.Plain(ew, "degrees", w.degrees(lon))
}

// degrees renders the size of an angle to about 10 m.
func (w *Words) degrees(angle float64) string {
	return w.printer.Sprint(number.Decimal(math.Abs(angle), number.MaxFractionDigits(4)))
}
