package text

import (
	"math"
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
