package maplink

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"excursobot/geo"
)

func TestPlacesInTexts(t *testing.T) {
	t.Parallel()
	kremlin, eiffel := geo.Point{Lat: 55.752, Lon: 37.6175}, geo.Point{Lat: 48.85837, Lon: 2.294481}
	for _, tt := range []struct {
		text string
		want geo.Point
	}{
		{"55.752, 37.6175", kremlin},
		{" (55.752 37.6175) ", kremlin},
		{"55.752;37.6175.", kremlin},
		{"55,752 37,6175", kremlin},
		{"55,752, 37,6175", kremlin},
		{"+55.752,+37.6175", kremlin},
		{"55.752° N, 37.6175° E", kremlin},
		{"N55.752 E37.6175", kremlin},
		{"55.752° с. ш. 37.6175° в. д.", kremlin},
		{"Dropped pin\n55.752, 37.6175\nsee you", kremlin},
		{"−33.85, 151.2", geo.Point{Lat: -33.85, Lon: 151.2}},
		{"33.85S 151.2E", geo.Point{Lat: -33.85, Lon: 151.2}},
		{"33.85 ю.ш. 70.6 з.д.", geo.Point{Lat: -33.85, Lon: -70.6}},
		{`48°51'30.132"N 2°17'40.1316"E`, eiffel},
		{"48° 51′ 30.132″ N, 2° 17′ 40.1316″ E", eiffel},
		{"155.75, 37.61", geo.Point{Lat: 155.75, Lon: 37.61}}, // off the globe: the person is told
		{"0.0, -0.0", geo.Point{}},

		{"https://www.google.com/maps/place/Tour+Eiffel/@48.8,2.2,17z/data=!3m1!4b1!4m6!3m5!1s0x47:0x8d!8m2!3d48.85837!4d2.294481!16zL20", eiffel},
		{"https://www.google.com/maps/@55.752,37.6175,15z", kremlin},
		{"https://maps.google.com/?q=55.752,37.6175", kremlin},
		{"maps.google.com/maps?q=loc:55.752,37.6175", kremlin},
		{"https://maps.google.com/maps?q=55.752%2C37.6175&z=17&hl=en", kremlin},
		{"https://www.google.com/maps/search/?api=1&query=55.752,37.6175", kremlin},
		{"https://www.google.com/maps/search/55.752,+37.6175?entry=tts", kremlin},
		{"https://www.google.com.br/maps/place/48%C2%B051'30.132%22N+2%C2%B017'40.1316%22E/", eiffel},
		{"https://www.google.com/maps/dir/48.1,2.1/55.752,37.6175/@50,20,5z", kremlin},
		{"https://www.google.com/maps/dir/?api=1&origin=1.5,2.5&destination=55.752,37.6175", kremlin},
		{"I am here: https://goo.gl/maps/x?q=55.752,37.6175.", kremlin},

		{"https://yandex.ru/maps/?ll=37.6175%2C55.752&z=16", kremlin},
		{"https://yandex.ru/maps/213/moscow/?ll=30.0,60.0&pt=37.6175,55.752,pm2rdm&z=16", kremlin},
		{"https://yandex.com/maps/?ll=30,60&whatshere%5Bpoint%5D=37.6175%2C55.752&whatshere%5Bzoom%5D=17", kremlin},
		{"https://yandex.ru/maps/?ll=30,60&mode=poi&poi%5Bpoint%5D=37.6175%2C55.752", kremlin},
		{"https://yandex.ru/maps/?rtext=60.1,30.1~55.752,37.6175&rtt=pd", kremlin},
		{"https://yandex.ru/maps/?rtext=55.752,37.6175~", kremlin},
		{"https://yandex.ru/maps/?text=55.752%2C37.6175&ll=30,60", kremlin},
		{"https://maps.yandex.ru/?ll=37.6175,55.752", kremlin},

		{"https://maps.apple.com/?ll=55.752,37.6175&q=Kremlin", kremlin},
		{"https://maps.apple.com/?q=55.752,37.6175", kremlin},
		{"https://maps.apple.com/place?coordinate=55.752,37.6175&name=Kremlin", kremlin},
		{"http://maps.apple.com/?daddr=55.752,37.6175", kremlin},

		{"https://www.openstreetmap.org/?mlat=55.752&mlon=37.6175#map=16/1.0/2.0", kremlin},
		{"https://www.openstreetmap.org/#map=17/55.752/37.6175", kremlin},
		{"https://www.openstreetmap.org/way/1#map=17/55.752/37.6175&layers=N", kremlin},
		{"https://www.openstreetmap.org/directions?route=1.5,2.5;55.752,37.6175", kremlin},
		{"https://osm.org/go/0EEQjE--", geo.Point{Lat: 51.5107727, Lon: 0.0549316}},
		{"geo:55.752,37.6175?z=17", kremlin},
		{"GEO:55.752,37.6175", kremlin},
	} {
		a := Find(tt.text)
		got, m := a.Point, a.Result
		if m != Found || math.Abs(got.Lat-tt.want.Lat) > 1e-6 || math.Abs(got.Lon-tt.want.Lon) > 1e-6 {
			t.Errorf("%q: got %v,%v (%d), want %v,%v", tt.text, got.Lat, got.Lon, m, tt.want.Lat, tt.want.Lon)
		}
	}
}

func TestTextsWithoutAPlace(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", " ", "hello", "10, 20", "1000", "12.30 23.15.2024", "it costs 55.75, 37.61 or so", "24/7", "and/or", "100,000", "1,5", "NaN, NaN", "Inf 1e5",
		"https://example.org/?q=55.75,37.61", "https://www.google.com/search?q=55.75,37.61", "https://google.com.evil.example/x?q=1.5,2.5",
		"https://yandex.ru/search?text=55.75,37.61", "ftp://maps.google.com/?q=1.5,2.5", "http://[::1", "://", "https://", "\x00\u202e55.75",
		strings.Repeat("/", 4096), strings.Repeat("1.5 ", 1000),
	} {
		if a := Find(text); a.Result != None {
			t.Errorf("%q: got %+v, want no place", text, a)
		}
	}
}

func TestLinksThatHideTheirPlace(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Eiffel Tower\nhttps://maps.app.goo.gl/AbCdEf123", "https://goo.gl/maps/AbCdEf", "https://yandex.ru/maps/-/CCUdEfGh", "https://maps.apple.com/p/abc",
		"https://maps.apple/p/AbC", "https://www.google.com/maps/place/Louvre/", "https://www.openstreetmap.org/way/55", "https://osm.org/go/A",
		"https://yandex.ru/maps/org/kafe/1234567", "geo:here", "https://www.google.com/maps/@nan,inf,3z",
	} {
		if a := Find(text); a.Result != Hidden {
			t.Errorf("%q: got %+v, want a hidden place", text, a)
		}
	}
}

func TestLinksBehindWords(t *testing.T) {
	t.Parallel()
	if a := Find("meet me here", "https://maps.google.com/?q=55.752,37.6175"); a.Result != Found || a.Point.Lat != 55.752 {
		t.Errorf("got %+v", a)
	}
}

func FuzzFind(f *testing.F) {
	f.Add("55.752, 37.6175", "")
	f.Add("48°51'30.132\"N 2°17'40.1316\"E", "https://osm.org/go/0EEQjE--")
	f.Add("https://www.google.com/maps/place/X/@48.8,2.2,17z/data=!3d48.85837!4d2.294481", "geo:1,2")
	f.Add("https://yandex.ru/maps/?rtext=60.1,30.1~55.752,37.6175", "https://maps.apple.com/?ll=55.752,37.6175")
	f.Fuzz(func(t *testing.T, text, link string) {
		checkAnswer(t, Find(text, link))
		if a, b := Find(text, link), Find(text, link); !reflect.DeepEqual(a, b) {
			t.Errorf("%+v, then %+v", a, b)
		}
	})
}

// A line of coordinates is read back as it was written.
func FuzzCoordinates(f *testing.F) {
	f.Add(55.752, 37.6175)
	f.Add(-90.0, 180.0)
	f.Add(0.000001, -0.5)
	f.Fuzz(func(t *testing.T, lat, lon float64) {
		want := geo.Point{Lat: lat, Lon: lon}
		if !want.Valid() {
			return
		}
		ns, ew := "N", "E"
		if lat < 0 {
			ns = "S"
		}
		if lon < 0 {
			ew = "W"
		}
		for _, line := range []string{
			fmt.Sprintf("%.7f, %.7f", lat, lon), fmt.Sprintf("geo:%.7f,%.7f", lat, lon),
			strings.ReplaceAll(fmt.Sprintf("%.7f; %.7f", lat, lon), ".", ","),
			fmt.Sprintf("%.7f° %s %.7f° %s", math.Abs(lat), ns, math.Abs(lon), ew), fmt.Sprintf("%s%.7f %s%.7f", ns, math.Abs(lat), ew, math.Abs(lon)),
		} {
			a := Find(line)
			got, result := a.Point, a.Result
			if result != Found || math.Abs(got.Lat-lat) > 1e-7 || math.Abs(got.Lon-lon) > 1e-7 {
				t.Errorf("%q: got %v, %v (%d)", line, got.Lat, got.Lon, result)
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	long := strings.Repeat("word/word 1.5, 2.5 ", 215)
	for name, text := range map[string]string{"coordinates": "55.752, 37.6175", "link": "https://maps.google.com/?q=55.752,37.6175", "4096 characters": long} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Find(text)
			}
		})
	}
}
