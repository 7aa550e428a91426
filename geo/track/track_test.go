package track

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"
	"time"

	"excursobot/geo"
)

// draw returns the file and the picture of r.
func draw(t *testing.T, r Route) ([]byte, *image.Paletted) {
	t.Helper()
	file, err := NewPainter().PNG(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	p, ok := img.(*image.Paletted)
	if !ok {
		t.Fatalf("picture is a %T, want one with a palette", img)
	}
	return file, p
}

// marks returns the middles of the numbered marks, in the order of their rows.
func marks(img *image.Paletted) []spot {
	seen := make([]bool, len(img.Pix))
	var out []spot
	for i := range img.Pix {
		if seen[i] || img.Palette[img.Pix[i]] != color.Color(mark.rgb()) {
			continue
		}
		var b box
		n, todo := 0, []int{i}
		seen[i] = true
		for len(todo) > 0 {
			j := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			n++
			b.add(float64(j%img.Stride)+0.5, float64(j/img.Stride)+0.5)
			for _, k := range []int{j - 1, j + 1, j - img.Stride, j + img.Stride} {
				if k >= 0 && k < len(img.Pix) && !seen[k] && img.Palette[img.Pix[k]] == color.Color(mark.rgb()) {
					seen[k] = true
					todo = append(todo, k)
				}
			}
		}
		if n > 500 { // not the line or the dot of a moved mark
			x, y := b.middle()
			out = append(out, spot{x, y})
		}
	}
	return out
}

// barWidth returns the width of the scale bar: the longest dark run in the last rows.
func barWidth(img *image.Paletted) int {
	longest := 0
	for y := side - 100; y < side; y++ {
		run := 0
		for x := range side {
			if img.At(x, y) != color.Color(words.rgb()) {
				run = 0
				continue
			}
			run++
			longest = max(longest, run)
		}
	}
	return longest
}

func TestPNGIsSmallSquareAndPaletted(t *testing.T) {
	file, img := draw(t, loop())
	if got, most := len(file), 60<<10; got > most {
		t.Errorf("picture has %d bytes, want at most %d", got, most)
	}
	if got, want := img.Bounds(), image.Rect(0, 0, 1080, 1080); got != want {
		t.Errorf("bounds %v, want %v", got, want)
	}
	if got := len(img.Palette); got > 128 {
		t.Errorf("palette of %d colours, want at most 128", got)
	}
	again, _ := draw(t, loop())
	if !bytes.Equal(file, again) {
		t.Error("the same route gives two pictures")
	}
}

// The scale is checked on the picture: the distance of two marks, measured with the scale bar.
func TestScaleBarMeasuresMarks(t *testing.T) {
	for name, tt := range map[string]struct {
		from     geo.Point
		bearing  float64
		distance float64
	}{
		"Moscow":             {moscow, 70, 900},
		"a yard":             {moscow, 10, 130},
		"100 km":             {geo.Point{Lat: 48.8, Lon: 2.3}, 135, 100_000},
		"southern and west":  {geo.Point{Lat: -33.4, Lon: -70.6}, 200, 2_500},
		"antimeridian":       {geo.Point{Lat: -16.8, Lon: 179.99}, 85, 4_000},
		"far north":          {geo.Point{Lat: 78.2, Lon: 15.6}, 60, 3_000},
		"over the pole":      {geo.Point{Lat: 89.99, Lon: 30}, 5, 3_000},
		"straight to south":  {geo.Point{Lat: 0.001, Lon: 0}, 180, 700},
		"from the very pole": {geo.Point{Lat: -90, Lon: 0}, 0, 1_000},
	} {
		t.Run(name, func(t *testing.T) {
			r := straight(tt.from, tt.bearing, tt.distance/4, 5)
			// Off the track, where nothing moves them.
			a := geo.Offset(r.Track[1].Point, tt.bearing+90, tt.distance/4)
			b := geo.Offset(r.Track[3].Point, tt.bearing+90, tt.distance/4)
			r.Places = []Place{{Number: 1, Point: a}, {Number: 2, Point: b}}
			k := newKit()
			img := k.picture(r).img
			found := marks(img)
			if len(found) != 2 {
				t.Fatalf("found %d marks, want 2", len(found))
			}
			v, _ := k.survey(r, r.stretches())
			scale := k.bar(v, r.Words)
			got := found[0].to(found[1]) / float64(barWidth(img)) * scale.metres
			if want := geo.Distance(a, b); math.Abs(got/want-1) > 0.02 {
				t.Errorf("marks are %.1f m apart by the bar of %q, want %.1f", got, scale.text, want)
			}
		})
	}
}

func TestNorthIsUpAndEastIsRight(t *testing.T) {
	for _, centre := range []geo.Point{moscow, {Lat: -54.8, Lon: -68.3}, {Lat: 0, Lon: 180}, {Lat: 82, Lon: -180}} {
		for bearing, want := range map[float64]spot{0: {0, -1}, 90: {1, 0}, 180: {0, 1}, 270: {-1, 0}} {
			p := geo.Offset(centre, bearing, 400)
			v := newView([]geo.Point{centre, p, geo.Offset(centre, bearing+180, 400)}, nil)
			ax, ay := v.at(centre)
			bx, by := v.at(p)
			length := math.Hypot(bx-ax, by-ay)
			got := spot{(bx - ax) / length, (by - ay) / length}
			if got.to(want) > 0.01 {
				t.Errorf("from %+v a bearing of %v goes to %+v on the sheet, want %+v", centre, bearing, got, want)
			}
		}
	}
}

func TestEveryRouteGivesAPicture(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	equal := Route{Track: make([]Fix, 50)}
	crowd := drunk(3_000, 1_000)
	for i := range crowd.Places {
		crowd.Places[i].Point = crowd.Track[0].Point
	}
	for name, r := range map[string]Route{
		"nothing":            {},
		"a name":             {Name: strings.Repeat("Долгая прогулка ", 1000)},
		"one point":          {Track: []Fix{{Point: moscow}}},
		"one place":          {Places: []Place{{Number: 1, Point: moscow}}},
		"all points equal":   equal,
		"invalid points":     {Track: fixes(geo.Point{Lat: nan}, geo.Point{Lon: inf}, geo.Point{Lat: 91}, geo.Point{Lon: -181}), Places: []Place{{Point: geo.Point{Lat: nan, Lon: nan}}}},
		"the poles":          {Track: fixes(geo.Point{Lat: 90}, geo.Point{Lat: -90}, geo.Point{Lat: 90, Lon: 180})},
		"antipodes":          {Track: fixes(geo.Point{Lon: -90}, geo.Point{Lon: 90}, geo.Point{Lat: 1e-300, Lon: -90})},
		"places everywhere":  {Places: []Place{{1, "a", geo.Point{Lon: 10}, noon}, {2, "b", geo.Point{Lon: -170}, noon}, {-5, "c", geo.Point{Lat: -90}, noon}}},
		"numbers":            {Places: []Place{{math.MaxInt, "a", moscow, noon}, {math.MinInt, "b", moscow, noon}}},
		"a time is missing":  {Track: []Fix{{Point: moscow, At: noon}, {Point: moscow}}},
		"times going back":   {Track: []Fix{{Point: moscow, At: noon}, {Point: geo.Point{Lat: 56, Lon: 37}, At: noon.Add(-time.Hour)}}},
		"100 km":             straight(moscow, 33, 100, 1001),
		"10 000 points":      drunk(10_000, 100),
		"1000 at one place":  crowd,
		"all over the globe": wild(2_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, img := draw(t, r)
			if barWidth(img) < 100 {
				t.Errorf("scale bar of %d pixels, want one that can be used", barWidth(img))
			}
			// Marks of many places may hide the start.
			if got, want := hasColour(img, start), len(r.stretches()) > 0; got != want && len(r.Places) == 0 {
				t.Errorf("start seen: %v, want %v", got, want)
			}
			if err := GPX(new(bytes.Buffer), r); err != nil {
				t.Error(err)
			}
		})
	}
}

// fixes returns the points without times.
func fixes(points ...geo.Point) (track []Fix) {
	for _, p := range points {
		track = append(track, Fix{Point: p})
	}
	return track
}

func hasColour(img *image.Paletted, i ink) bool {
	for _, p := range img.Pix {
		if img.Palette[p] == color.Color(i.rgb()) {
			return true
		}
	}
	return false
}

func TestGapIsDashed(t *testing.T) {
	walked := straight(moscow, 90, 500, 2)
	walked.Track[0].At, walked.Track[1].At = noon, noon.Add(2*time.Minute)
	slept := straight(moscow, 90, 500, 2)
	slept.Track[0].At, slept.Track[1].At = noon, noon.Add(10*time.Minute)
	_, line := draw(t, walked)
	if !hasColour(line, core) {
		t.Error("a way that was walked is not drawn as a line")
	}
	_, dashed := draw(t, slept)
	if hasColour(dashed, core) || !hasColour(dashed, edge) {
		t.Error("a gap is not drawn as dashes")
	}
	stood := Route{Track: []Fix{{Point: moscow, At: noon}, {Point: moscow, At: noon.Add(10 * time.Minute)}}}
	if got := len(stood.stretches()); got != 1 {
		t.Errorf("standing still gives %d stretches, want 1", got)
	}
}

type brokenWriter struct{}

var errBroken = errors.New("broken")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestErrorsOfTheWriterAreReturned(t *testing.T) {
	if err := newKit().picture(loop()).encode(brokenWriter{}); !errors.Is(err, errBroken) {
		t.Errorf("picture: %v, want %v", err, errBroken)
	}
	if err := GPX(brokenWriter{}, loop()); !errors.Is(err, errBroken) {
		t.Errorf("GPX: %v, want %v", err, errBroken)
	}
}
