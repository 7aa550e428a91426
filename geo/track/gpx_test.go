package track

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"excursobot/geo"
)

func fileGPX(t testing.TB, r Route) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := GPX(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// schemaOrder is the order of the children that the GPX 1.1 schema prescribes, for the elements used here.
var schemaOrder = map[string][]string{
	"gpx":      {"metadata", "wpt", "rte", "trk", "extensions"},
	"metadata": {"name", "desc", "author", "copyright", "link", "time", "keywords", "bounds", "extensions"},
	"wpt": {"ele", "time", "magvar", "geoidheight", "name", "cmt", "desc", "src", "link", "sym", "type", "fix", "sat",
		"hdop", "vdop", "pdop", "ageofdgpsdata", "dgpsid", "extensions"},
	"trk":    {"name", "cmt", "desc", "src", "link", "number", "type", "extensions", "trkseg"},
	"trkseg": {"trkpt", "extensions"},
}

// checkOrder reports elements of file that the schema does not have at their position.
func checkOrder(t testing.TB, file []byte) {
	t.Helper()
	type open struct {
		name string
		last int
	}
	var path []open
	dec := xml.NewDecoder(bytes.NewReader(file))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("not well formed: %v\n%s", err, file)
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			if len(path) > 0 {
				parent := &path[len(path)-1]
				order := schemaOrder[parent.name]
				if parent.name == "trkpt" {
					order = schemaOrder["wpt"]
				}
				i := slices.Index(order, name)
				if i < parent.last {
					t.Fatalf("%s in %s: unknown or too late", name, parent.name)
				}
				parent.last = i
			}
			if token.Name.Space != "http://www.topografix.com/GPX/1/1" {
				t.Fatalf("%s is in the name space %q", name, token.Name.Space)
			}
			path = append(path, open{name: name})
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}

func TestGPXRoundTrip(t *testing.T) {
	r := loop()
	r.Name = `Walk <1> & "more"`
	file := fileGPX(t, r)
	checkOrder(t, file)
	var got gpxFile
	if err := xml.Unmarshal(file, &got); err != nil {
		t.Fatal(err)
	}
	if got.Version != "1.1" || got.Creator == "" || got.Metadata.Name != r.Name || got.Track.Name != r.Name {
		t.Errorf("got version %q, creator %q, names %q and %q", got.Version, got.Creator, got.Metadata.Name, got.Track.Name)
	}
	if got, want := len(got.Places), len(r.Places); got != want {
		t.Fatalf("%d places, want %d", got, want)
	}
	first := gpxPoint{Lat: "55.752500", Lon: "37.623100", Time: "2026-05-05T09:00:00Z", Name: "1. Храм Василия Блаженного"}
	if got.Places[0] != first {
		t.Errorf("first place %+v, want %+v", got.Places[0], first)
	}
	if got, want := len(got.Track.Segments), 2; got != want {
		t.Fatalf("%d segments, want %d: the track has a gap", got, want)
	}
	points := slices.Concat(got.Track.Segments[0].Points, got.Track.Segments[1].Points)
	if len(points) != len(r.Track) {
		t.Fatalf("%d points, want %d", len(points), len(r.Track))
	}
	for i, p := range points {
		want := newGPXPoint(r.Track[i].Point, r.Track[i].At, "")
		if p != want {
			t.Fatalf("point %d is %+v, want %+v", i, p, want)
		}
	}
}

func TestGPXOfNothing(t *testing.T) {
	file := fileGPX(t, Route{})
	checkOrder(t, file)
	if bytes.Contains(file, []byte("<trk")) || bytes.Contains(file, []byte("<wpt")) || bytes.Contains(file, []byte("<metadata")) {
		t.Errorf("a route of nothing is filed as\n%s", file)
	}
}

func TestGPXCoordinates(t *testing.T) {
	for _, tt := range []struct {
		point    geo.Point
		lat, lon string
	}{
		{geo.Point{Lat: 55.7525001, Lon: 37.6231}, "55.752500", "37.623100"},
		{geo.Point{Lat: math.Copysign(0, -1), Lon: -1e-9}, "0.000000", "0.000000"},
		{geo.Point{Lat: 90, Lon: 180}, "90.000000", "-180.000000"},
		{geo.Point{Lat: -90, Lon: 179.9999999}, "-90.000000", "-180.000000"},
		{geo.Point{Lat: 1e-300, Lon: -180}, "0.000000", "-180.000000"},
	} {
		got := newGPXPoint(tt.point, time.Time{}, "")
		if got != (gpxPoint{Lat: tt.lat, Lon: tt.lon}) {
			t.Errorf("%v is filed as %+v, want %s, %s", tt.point.Lat, got, tt.lat, tt.lon)
		}
	}
}

func TestGPXTime(t *testing.T) {
	for _, tt := range []struct {
		at   time.Time
		want string
	}{
		{time.Time{}, ""},
		{noon, "2026-05-05T09:00:00Z"},
		{time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC), ""},
		{time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), ""},
	} {
		if got := gpxTime(tt.at); got != tt.want {
			t.Errorf("gpxTime(%v) = %q, want %q", tt.at, got, tt.want)
		}
	}
}

func FuzzGPXName(f *testing.F) {
	f.Add("Собор & <b>\x00\x0b\ufffe\xff ]]> 🏰")
	f.Add(" \r\n\t ")
	f.Fuzz(func(t *testing.T, name string) {
		file := fileGPX(t, Route{Name: name, Places: []Place{{7, name, moscow, noon}}, Track: fixes(moscow)})
		if !utf8.Valid(file) {
			t.Fatal("not UTF-8")
		}
		checkOrder(t, file)
		var got gpxFile
		if err := xml.Unmarshal(file, &got); err != nil {
			t.Fatal(err)
		}
		if want := xmlText(name); got.Track.Name != want || strings.TrimSpace("7. "+want) != got.Places[0].Name {
			t.Fatalf("got %q and %q, want %q", got.Track.Name, got.Places[0].Name, want)
		}
	})
}
