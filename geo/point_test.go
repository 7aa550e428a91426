package geo

import (
	"bytes"
	"log/slog"
	"math"
	"strings"
	"testing"
)

var nan = math.NaN()

func TestPointValid(t *testing.T) {
	tests := []struct {
		p    Point
		want bool
	}{
		{Point{0, 0}, true}, {Point{90, 180}, true}, {Point{-90, -180}, true},
		{Point{90.0001, 0}, false}, {Point{0, -180.0001}, false},
		{Point{nan, 0}, false}, {Point{0, nan}, false}, {Point{math.Inf(1), 0}, false}, {Point{0, math.Inf(-1)}, false},
	}
	for _, tt := range tests {
		if got := tt.p.Valid(); got != tt.want {
			t.Errorf("%v.Valid() = %v, want %v", tt.p, got, tt.want)
		}
	}
}

func TestDistance(t *testing.T) {
	quarter := math.Pi / 2 * EarthRadius
	tests := []struct {
		name      string
		a, b      Point
		want, off float64
	}{
		{"one place", Point{55.75, 37.62}, Point{55.75, 37.62}, 0, 0},
		{"across the antimeridian", Point{0, 179.999}, Point{0, -179.999}, 222.39, 0.01},
		{"both names of the antimeridian", Point{10, 180}, Point{10, -180}, 0, 1e-6},
		{"any two longitudes of a pole", Point{90, 10}, Point{90, -120}, 0, 1e-6},
		{"pole to equator", Point{90, 0}, Point{0, 55}, quarter, 1e-3},
		{"antipodes", Point{0, 0}, Point{0, 180}, 2 * quarter, 1e-3},
		{"antipodes off the equator", Point{48.85, 2.35}, Point{-48.85, -177.65}, 2 * quarter, 1},
		{"Moscow to Saint Petersburg", Point{55.7558, 37.6173}, Point{59.9343, 30.3351}, 633_000, 1000},
		{"a metre", Point{51, 0}, Point{51.000009, 0}, 1.0008, 0.001},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Distance(tt.a, tt.b); math.Abs(got-tt.want) > tt.off {
				t.Errorf("Distance = %g, want %g +- %g", got, tt.want, tt.off)
			}
			if a, b := Distance(tt.a, tt.b), Distance(tt.b, tt.a); math.Abs(a-b) > 1e-6 {
				t.Errorf("there %g, back %g", a, b)
			}
		})
	}
}

func TestBearing(t *testing.T) {
	tests := []struct {
		name string
		a, b Point
		want float64
	}{
		{"north", Point{10, 20}, Point{11, 20}, 0},
		{"east", Point{0, 20}, Point{0, 21}, 90},
		{"south", Point{11, 20}, Point{10, 20}, 180},
		{"west", Point{0, 20}, Point{0, 19}, 270},
		{"east over the antimeridian", Point{0, 179.9}, Point{0, -179.9}, 90},
		{"just west of north", Point{0, 0}, Point{1, -1e-15}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Bearing(tt.a, tt.b)
			if diff := math.Abs(got - tt.want); got < 0 || got >= 360 || min(diff, 360-diff) > 1e-9 {
				t.Errorf("Bearing = %g, want %g", got, tt.want)
			}
		})
	}
}

func TestLogValueIsCoarse(t *testing.T) {
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "at", Point{55.751999, 37.617499})
	if !strings.Contains(out.String(), "at=55.75,37.62") {
		t.Errorf("logged %q, want two decimals", out.String())
	}
}

func FuzzPoint(f *testing.F) {
	f.Add(55.75, 37.62, 90.0, 1000.0)
	f.Add(90.0, 180.0, 0.0, 1e7)
	f.Add(-90.0, -180.0, 359.0, 0.0)
	f.Fuzz(func(t *testing.T, lat, lon, bearing, metres float64) {
		p := Point{lat, lon}
		if !p.Valid() || !(math.Abs(bearing) <= 1e6) || !(metres >= 0 && metres <= 1e7) {
			return
		}
		q := Offset(p, bearing, metres)
		if !q.Valid() {
			t.Fatalf("Offset(%v, %g, %g) = %v", p, bearing, metres, q)
		}
		// Near a pole the arcsine of the latitude loses digits: up to 13 cm.
		if got := Distance(p, q); math.Abs(got-metres) > 0.2+1e-6*metres {
			t.Errorf("Offset(%v, %g, %g) is %g m away", p, bearing, metres, got)
		}
		if b := Bearing(p, q); !(b >= 0 && b < 360) {
			t.Errorf("Bearing(%v, %v) = %g", p, q, b)
		}
	})
}

func BenchmarkDistance(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Distance(Point{55.752, 37.6175}, Point{55.7539, 37.6208})
	}
}
