package track

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"excursobot/geo"
)

// arrange returns the marks of r at their final positions.
func arrange(k *kit, r Route) []pin {
	stretches := r.stretches()
	v, pins := k.survey(r, stretches)
	var taken occupancy
	k.furnish(&taken, r, v)
	reserve(&taken, project(v, stretches))
	taken.placePins(pins)
	taken.placeTitles(pins, k.letters.label)
	return pins
}

func TestMarksDoNotOverlap(t *testing.T) {
	crowd := Route{Track: fixes(moscow)}
	for i := range 40 {
		crowd.Places = append(crowd.Places, Place{Number: i, Title: "Дом Пашкова", Point: moscow})
	}
	for name, r := range map[string]Route{"loop": loop(), "at one spot": crowd, "in a yard": drunk(3000, 60)} {
		t.Run(name, func(t *testing.T) {
			k := newKit()
			pins := arrange(k, r)
			for i, p := range pins {
				if p.x < pinRadius || p.y < pinRadius || p.x > side-pinRadius || p.y > side-pinRadius {
					t.Errorf("mark %d at %.0f, %.0f is not on the sheet", p.number, p.x, p.y)
				}
				w := pixels(k.letters.label, p.label.text)
				for j, q := range pins {
					if i != j && math.Hypot(p.x-q.x, p.y-q.y) < 2*pinRadius {
						t.Errorf("marks %d and %d overlap", p.number, q.number)
					}
					// The mark's middle against the title's rectangle.
					dx := max(p.label.x-q.x, 0, q.x-p.label.x-w)
					dy := max(p.label.y-20-q.y, 0, q.y-p.label.y)
					if p.label.text != "" && math.Hypot(dx, dy) < pinRadius {
						t.Errorf("title %q of %d runs into mark %d", p.label.text, p.number, q.number)
					}
				}
			}
		})
	}
}

func TestMarkStaysAtItsPlaceIfItCan(t *testing.T) {
	r := loop()
	k := newKit()
	v, _ := k.survey(r, r.stretches())
	for _, p := range arrange(k, r) {
		x, y := v.at(r.Places[p.number-1].Point)
		switch p.number {
		case 10:
			if p.inside() {
				t.Error("a place 8 km away is drawn inside the frame")
			}
		case 6, 8: // too near to others
			if p.tip != (spot{x, y}) {
				t.Errorf("the line of mark %d ends at %+v, want %v, %v", p.number, p.tip, x, y)
			}
		default:
			if p.x != x || p.y != y {
				t.Errorf("mark %d is at %.0f, %.0f, want %.0f, %.0f", p.number, p.x, p.y, x, y)
			}
		}
	}
}

func TestFarPlaceDoesNotShrinkTheWalk(t *testing.T) {
	near := straight(moscow, 45, 10, 100)
	far := near
	far.Places = []Place{{Number: 1, Point: geo.Offset(moscow, 300, 9000)}}
	k := newKit()
	a, _ := k.survey(near, near.stretches())
	b, pins := k.survey(far, far.stretches())
	if a.scale != b.scale {
		t.Errorf("scale %v with a far place, want %v as without", b.scale, a.scale)
	}
	if p := pins[0]; p.inside() || p.outward.x >= 0 || p.outward.y >= 0 {
		t.Errorf("a place in the north west is shown towards %+v", p.outward)
	}
}

func TestTitlesWithoutGlyphsAreLeftOut(t *testing.T) {
	k := newKit()
	at := func(title string) []byte {
		return k.picture(Route{Places: []Place{{1, title, moscow, time.Time{}}}}).img.Pix
	}
	bare := at("")
	for _, title := range []string{"故宫", "القاهرة", "ירושלים", "東京タワー", "🏰 Замок", "Za\x00mek", "\xff\xfe", "  \n\t "} {
		if !bytes.Equal(at(title), bare) {
			t.Errorf("title %q is drawn", title)
		}
	}
	for _, title := range []string{"Эрмитаж", "Їжак", "Château", "Ελλάδα", "Łódź", "Kraków\nRynek"} {
		if bytes.Equal(at(title), bare) {
			t.Errorf("title %q is left out", title)
		}
	}
}

func TestWordsGiveWayToSigns(t *testing.T) {
	k := newKit()
	v := newView([]geo.Point{moscow}, nil)
	for got, want := range map[string]string{
		k.bar(v, Words{}).text:                   "50 m",
		k.bar(v, Words{Metre: "м"}).text:         "50 м",
		k.bar(v, Words{Metre: "米"}).text:         "50 m",
		k.letters.word("С", "N"):                 "С",
		k.letters.word("北", "N"):                 "N",
		k.bar(view{scale: 0.1}, Words{}).text:    "2 km",
		k.bar(view{scale: 300}, Words{}).text:    "1 m",
		k.bar(view{scale: 0.2001}, Words{}).text: "1 km",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestFitCutsAtWords(t *testing.T) {
	f := newKit().letters.label
	for _, tt := range []struct {
		text  string
		width float64
		want  string
	}{
		{"Кремль", 300, "Кремль"},
		{"Храм Василия Блаженного", 250, "Храм Василия…"},
		{"Храм, что на рву", 90, "Храм…"},
		{"Электростанция", 100, "Элект…"},
		{"Кремль", 5, ""},
	} {
		got := fit(f, tt.text, tt.width)
		if got != tt.want {
			t.Errorf("fit(%q, %v) = %q, want %q", tt.text, tt.width, got, tt.want)
		}
		if w := pixels(f, got); w > tt.width {
			t.Errorf("fit(%q, %v) is %v wide", tt.text, tt.width, w)
		}
	}
}

func TestRoundLengths(t *testing.T) {
	for metres, want := range map[float64]float64{1: 1, 1.9: 1, 2: 2, 4.99: 2, 5: 5, 9.99: 5, 10: 10, 499: 200, 1e6: 1e6} {
		if got := (view{scale: 1}).roundLength(metres); got != want {
			t.Errorf("roundLength(%v) = %v, want %v", metres, got, want)
		}
	}
}

func FuzzTitle(f *testing.F) {
	for _, p := range loop().Places {
		f.Add(p.Title)
	}
	f.Add(strings.Repeat("я", 500))
	f.Add("a\x00b \u0301\u00ad")
	k := newKit()
	f.Fuzz(func(t *testing.T, title string) {
		s := k.letters.writable(title)
		if n := len([]rune(s)); n > maxRunes {
			t.Fatalf("%d runes, want at most %d", n, maxRunes)
		}
		for _, face := range []float64{0, 20, 200, 360} {
			got := fit(k.letters.label, s, face)
			if w := pixels(k.letters.label, got); w > face {
				t.Fatalf("fit(%q, %v) = %q is %v wide", s, face, got, w)
			}
		}
		pins := arrange(k, Route{Name: title, Places: []Place{{1, title, moscow, noon}, {2, title, moscow, noon}}})
		if slices.ContainsFunc(pins, func(p pin) bool { return p.label.x < 0 || p.label.x > side }) {
			t.Fatalf("a title is not on the sheet: %+v", pins)
		}
	})
}
