package text

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"excursobot/geo"
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

func TestWhere(t *testing.T) {
	c := load(t)
	tests := []struct {
		lang      string
		metres    float64
		direction fmt.Stringer
		want      string
	}{
		{"en", 120, geo.NorthEast, "120 m north-east ↗"},
		{"en", 400, geo.West, "400 m west ←"},
		{"en", 401, geo.West, "400 m west ← · about 5 min on foot"},
		{"en", 1300, geo.South, "1.3 km south ↓ · about 17 min on foot"},
		{"en", 9949, geo.NorthWest, "9.9 km north-west ↖ · about 2 h 15 min on foot"},
		{"en", math.Inf(1), geo.North, ""},
		{"en", math.NaN(), geo.North, "10 m north ↑"},
		{"ru", 120, geo.NorthEast, "120 м на северо-восток ↗"},
		{"ru", 1300, geo.South, "1,3 км на юг ↓ · около 17 мин пешком"},
		{"uk", 120, geo.NorthEast, "120 м на північний схід ↗"},
		{"uk", 1300, geo.SouthWest, "1,3 км на південний захід ↙ · близько 17 хв пішки"},
		{"fr", 120, geo.East, "À 120 m à l'est →"},
		{"fr", 1300, geo.SouthEast, "À 1,3 km au sud-est ↘ · environ 17 min à pied"},
		{"pt", 120, geo.North, "120 m ao norte ↑"},
		{"pt", 1300, geo.NorthEast, "1,3 km a nordeste ↗ · cerca de 17 min a pé"},
		{"en", 120, geo.AheadLeft, "120 m ahead, on your left"},
		{"en", 650, geo.Behind, "650 m behind you · about 9 min on foot"},
		{"ru", 120, geo.Left, "120 м слева от вас"},
		{"ru", 120, geo.AheadRight, "120 м впереди, справа от вас"},
		{"ru", 650, geo.Behind, "650 м позади вас · около 9 мин пешком"},
		{"uk", 120, geo.Left, "120 м ліворуч від вас"},
		{"uk", 650, geo.Ahead, "650 м попереду · близько 9 хв пішки"},
		{"fr", 120, geo.Left, "À 120 m à votre gauche"},
		{"fr", 650, geo.Ahead, "À 650 m devant vous · environ 9 min à pied"},
		{"pt", 120, geo.Left, "120 m à sua esquerda"},
		{"pt", 650, geo.BehindRight, "650 m atrás de você, à direita · cerca de 9 min a pé"},
	}
	for _, tt := range tests {
		family := "compass."
		if _, side := tt.direction.(geo.Side); side {
			family = "side."
		}
		got := c.Words(tt.lang).Where(tt.metres, family+tt.direction.String())
		if tt.want != "" && got != tt.want || got == "" {
			t.Errorf("%s Where(%v, %v) = %q, want %q", tt.lang, tt.metres, tt.direction, got, tt.want)
		}
	}
	if got, want := c.Words("fr").Where(10, ""), "À 10 m"; got != want {
		t.Errorf("without a direction: %q, want %q", got, want)
	}
}

// Every point of the compass has its arrow in every language.
func TestCompassHasArrows(t *testing.T) {
	c := load(t)
	for _, lang := range c.Languages() {
		for i, arrow := range []string{"↑", "↗", "→", "↘", "↓", "↙", "←", "↖"} {
			if got := c.Words(lang).Where(120, "compass."+geo.Compass(i).String()); !strings.HasSuffix(got, " "+arrow) {
				t.Errorf("%s: %q, want %s", lang, got, arrow)
			}
		}
	}
}

func TestPoint(t *testing.T) {
	c := load(t)
	for lang, want := range map[string]string{
		"en": "38.7136° N, 139.1392° W", "ru": "38,7136° с. ш., 139,1392° з. д.", "uk": "38,7136° пн. ш., 139,1392° зх. д.",
		"fr": "38,7136° N, 139,1392° O", "pt": "38,7136° N, 139,1392° O",
	} {
		if got := c.Words(lang).Point(38.71361, -139.13921); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if got, want := c.Words("en").Point(-0.5, 2), "0.5° S, 2° E"; got != want {
		t.Errorf("got %q, want %q", got, want)
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
