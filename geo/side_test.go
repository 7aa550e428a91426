package geo

import (
	"math"
	"testing"
)

func TestSideOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		bearing, course float64
		want            Side
	}{
		{0, 0, Ahead}, {90, 90, Ahead}, {22, 0, Ahead}, {23, 0, AheadRight}, {337, 0, AheadLeft}, {10, 330, AheadRight}, {90, 0, Right}, {0, 90, Left},
		{0, 270, Right}, {300, 30, Left}, {180, 0, Behind}, {0, 180, Behind}, {135, 0, BehindRight}, {225, 0, BehindLeft}, {10, 150, BehindLeft},
		{350, 10, Ahead}, {10, 350, Ahead}, {math.NaN(), 0, Ahead}, {0, math.Inf(1), Ahead},
	} {
		if got := SideOf(tt.bearing, tt.course); got != tt.want {
			t.Errorf("SideOf(%v, %v) = %v, want %v", tt.bearing, tt.course, got, tt.want)
		}
	}
}

// A place on the left of a walker is on the left wherever on the globe they walk.
func TestSideOfPlaces(t *testing.T) {
	t.Parallel()
	for _, from := range []Point{{48.87, 2.33}, {-33.86, 151.21}, {65.1, 179.9999}, {0.00001, -0.00001}} {
		for course := 0.0; course < 360; course += 30 {
			for side := range Side(8) {
				place := Offset(from, course+float64(side)*45, 120)
				if got := SideOf(Bearing(from, place), course); got != side {
					t.Errorf("from %v on course %v: %v looks like %v", from, course, side, got)
				}
			}
		}
	}
}

func TestTurn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ bearing, course, want float64 }{
		{0, 0, 0}, {90, 0, 90}, {270, 0, -90}, {10, 350, 20}, {350, 10, -20}, {180, 0, -180}, {0, 180, -180}, {719, 0, -1},
	} {
		if got := Turn(tt.bearing, tt.course); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("Turn(%v, %v) = %v, want %v", tt.bearing, tt.course, got, tt.want)
		}
	}
}
