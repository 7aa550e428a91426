package text

import (
	"math"
	"testing"
	"time"
)

func TestDistance(t *testing.T) {
	c := load(t)
	tests := []struct {
		lang   string
		metres float64
		want   string
	}{
		{"en", 0, "10 m"},
		{"en", 14, "10 m"},
		{"en", 15, "20 m"},
		{"en", 123, "120 m"},
		{"en", 994, "990 m"},
		{"en", 995, "1 km"},
		{"en", 1049, "1 km"},
		{"en", 1340, "1.3 km"},
		{"en", 9949, "9.9 km"},
		{"en", 9950, "10 km"},
		{"en", 12_345, "12 km"},
		{"en", 1_234_567, "1,235 km"},
		{"en", -5, "10 m"},
		{"en", math.NaN(), "10 m"},
		{"ru", 123, "120 м"},
		{"ru", 1340, "1,3 км"},
		{"fr", 1340, "1,3 km"},
		{"pt", 1340, "1,3 km"},
		{"uk", 1340, "1,3 км"},
	}
	for _, tt := range tests {
		if got := c.Words(tt.lang).Distance(tt.metres); got != tt.want {
			t.Errorf("%s Distance(%v) = %q, want %q", tt.lang, tt.metres, got, tt.want)
		}
	}
	if got := c.Words("en").Distance(math.Inf(1)); got == "" {
		t.Error("infinity gives no text")
	}
}

func TestDuration(t *testing.T) {
	c := load(t)
	tests := []struct {
		lang string
		d    time.Duration
		want string
	}{
		{"en", -time.Second, "5 s"},
		{"en", 0, "5 s"},
		{"en", time.Millisecond, "5 s"},
		{"en", 5 * time.Second, "5 s"},
		{"en", 5*time.Second + 1, "10 s"},
		{"en", 55 * time.Second, "55 s"},
		{"en", 55*time.Second + 1, "1 min"},
		{"en", 59 * time.Second, "1 min"},
		{"en", 90 * time.Second, "2 min"},
		{"en", 59*time.Minute + 29*time.Second, "59 min"},
		{"en", 59*time.Minute + 30*time.Second, "1 h"},
		{"en", 85 * time.Minute, "1 h 25 min"},
		{"en", math.MinInt64, "5 s"},
		{"ru", 85 * time.Minute, "1 ч 25 мин"},
		{"uk", 85 * time.Minute, "1 год 25 хв"},
		{"fr", 2 * time.Hour, "2 h"},
		{"pt", 20 * time.Second, "20 s"},
	}
	for _, tt := range tests {
		if got := c.Words(tt.lang).Duration(tt.d); got != tt.want {
			t.Errorf("%s Duration(%v) = %q, want %q", tt.lang, tt.d, got, tt.want)
		}
	}
	if got, want := c.Words("en").Say("error.overloaded", "wait", 20*time.Second), "Too many people asked at once and I can't keep up. Send your location again in 20 s."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
