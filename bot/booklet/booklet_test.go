package booklet

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"excursobot/geo"
)

var start = geo.Point{Lat: 48.2, Lon: 16.37}

func pageOf(n int, at func(i int) geo.Point) Page {
	p := Page{Language: "en", Title: "Stories", From: start, Words: Words{Start: "Start", Metre: "m", Kilometre: "km", North: "N"}}
	for i := range n {
		p.Stops = append(p.Stops, Stop{Title: fmt.Sprint("Place ", i+1), Point: at(i), Source: "https://en.wikipedia.org/wiki/X", Map: "https://www.google.com/maps"})
	}
	return p
}

func written(t *testing.T, p Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPageIsOneFileAndEscapesTexts(t *testing.T) {
	p := pageOf(2, func(i int) geo.Point { return geo.Offset(start, 90, float64(i+1)*300) })
	p.Stops[0].Title, p.Stops[0].Text = `<script>alert("x")</script>`, "a < b & c"
	p.Stops[1].Source = "javascript:alert(1)"
	page := written(t, p)
	for _, bad := range []string{"<script", "javascript:", "<img", "<link", "@import", "url("} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	if !strings.Contains(page, "a &lt; b &amp; c") || strings.Count(page, "<article") != 2 {
		t.Errorf("page:\n%s", page)
	}
}

func TestNumbersOnTheMapAreApart(t *testing.T) {
	for name, at := range map[string]func(i int) geo.Point{
		"around":       func(i int) geo.Point { return geo.Offset(start, float64(i)*18, 500) },
		"at one spot":  func(int) geo.Point { return geo.Offset(start, 45, 900) },
		"at the start": func(int) geo.Point { return start },
		"in a row":     func(i int) geo.Point { return geo.Offset(start, 90, float64(i)*20) },
	} {
		t.Run(name, func(t *testing.T) {
			points := []geo.Point{start}
			for i := range MaxStops {
				points = append(points, at(i))
			}
			d := draw(points, Words{Metre: "m", Kilometre: "km"})
			for i, m := range d.Marks {
				if m.LabelX < 0 || m.LabelX > d.Width || m.LabelY < 0 || m.LabelY > d.Height {
					t.Errorf("number %d is off the map: %+v", m.Number, m)
				}
				for _, other := range d.Marks[:i] {
					if gap := math.Hypot(float64(m.LabelX-other.LabelX), float64(m.LabelY-other.LabelY)); gap < apart-4 {
						t.Errorf("numbers %d and %d are %.0f units apart", m.Number, other.Number, gap)
					}
				}
			}
			if d.Scale == "" || d.ScaleWidth < 20 || d.ScaleWidth > 140 {
				t.Errorf("scale %q of %d units", d.Scale, d.ScaleWidth)
			}
		})
	}
}

func TestWriteRefuses(t *testing.T) {
	far := pageOf(1, func(int) geo.Point { return geo.Point{Lat: 95} })
	if Write(&bytes.Buffer{}, far) == nil {
		t.Error("a point off the globe was drawn")
	}
	if Write(&bytes.Buffer{}, pageOf(MaxStops+1, func(int) geo.Point { return start })) == nil {
		t.Error("too many stops were drawn")
	}
}

func BenchmarkWrite(b *testing.B) {
	p := pageOf(MaxStops, func(i int) geo.Point { return geo.Offset(start, float64(i)*18, 500) })
	for b.Loop() {
		if err := Write(&bytes.Buffer{}, p); err != nil {
			b.Fatal(err)
		}
	}
}
