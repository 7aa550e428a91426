package geo

import (
	"math"
	"testing"
)

func TestCompassOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		bearing float64
		want    Compass
	}{
		{0, North}, {22.4, North}, {22.6, NorthEast}, {45, NorthEast}, {90, East}, {135, SouthEast}, {180, South}, {225, SouthWest}, {270, West},
		{315, NorthWest}, {337.4, NorthWest}, {337.6, North}, {359.999, North}, {360, North}, {-45, NorthWest}, {765, NorthEast},
		{math.NaN(), North}, {math.Inf(1), North}, {math.Inf(-1), North}, {-1e-300, North},
	} {
		if got := CompassOf(tt.bearing); got != tt.want {
			t.Errorf("CompassOf(%v) = %v, want %v", tt.bearing, got, tt.want)
		}
	}
}

// Walking towards a point of the compass is walking in its bearing, on both hemispheres and across the date line.
func TestCompassOfPlaces(t *testing.T) {
	t.Parallel()
	for _, from := range []Point{{48.87, 2.33}, {-33.86, 151.21}, {65.1, 179.9999}, {0.00001, -0.00001}} {
		for c := range Compass(8) {
			place := Offset(from, float64(c)*45, 120)
			if got := CompassOf(Bearing(from, place)); got != c {
				t.Errorf("from %v: %v looks like %v", from, c, got)
			}
		}
	}
}
