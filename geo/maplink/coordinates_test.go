package maplink

import (
	"fmt"
	"math"
	"testing"

	"excursobot/geo"
)

var (
	opera   = geo.Point{Lat: 48.8721, Lon: 2.3322}
	newYork = geo.Point{Lat: 40.7484, Lon: -73.9857}
	rio     = geo.Point{Lat: -22.9519, Lon: -43.2105}
)

func TestNotationsOfCoordinates(t *testing.T) {
	t.Parallel()
	for name, texts := range map[string][]string{
		"decimal sign": {"48.8721, 2.3322", "48,8721 2,3322", "48,8721; 2,3322", "48,8721, 2,3322", "48·8721 2·3322", "48,8721,2,3322"},
		"separators": {
			"48.8721，2.3322", "48.8721 / 2.3322", "48.8721/2.3322", "48.8721 | 2.3322", "48.8721;2.3322", "48.8721\t2.3322", "48.8721、2.3322", "٤٨٫٨٧٢١، ٢٫٣٣٢٢",
			"４８．８７２１，２．３３２２", "४८.८७२१, २.३३२२",
		},
		"invisible signs": {
			"\u200e48.8721, 2.3322\u200e", "\ufeff48.8721,\u200b 2.3322", "48.8721,\u00a02.3322", "\u202a48.8721\u202c \u2068\u202a2.3322\u202c\u2069",
			"48.8721\ufe0f, 2.3322", "4\u00ad8.8721, 2.3322",
		},
		"around it": {
			`"48.8721, 2.3322`, `"48.8721, 2.3322"`, "«48.8721, 2.3322»", "[48.8721, 2.3322]", "(48.8721, 2.3322).", "📍 48.8721, 2.3322", "• 48.8721, 2.3322",
			"48.8721, 2.3322 (Opera)", "48.8721,2.3322,17z", "48.8721,2.3322,500m", "48.8721, 2.3322 ±8 m", "48.8721, 2.3322 (+/- 8 m)", "**48.8721, 2.3322**",
			"`48.8721, 2.3322`", "WGS84 48.8721, 2.3322", "48.8721°, 2.3322°",
		},
		"labels": {
			"Lat: 48.8721\nLon: 2.3322", "Lat: 48.8721, Lon: 2.3322", "latitude 48.8721 longitude 2.3322", "Lon: 2.3322 Lat: 48.8721", "Координаты: 48.8721, 2.3322",
			"Широта: 48.8721\nДолгота: 2.3322", "Довгота 2.3322, широта 48.8721", "lat,lon: 48.8721, 2.3322", "lat=48.8721&lon=2.3322", `{"lat": 48.8721, "lng": 2.3322}`,
			"Coordonnées : 48,8721 ; 2,3322", "Latitud: 48,8721\nLongitud: 2,3322", "Breite 48.8721 Länge 2.3322", "纬度：48.8721，经度：2.3322", "緯度 48.8721 経度 2.3322",
			"위도: 48.8721 경도: 2.3322", "enlem 48.8721 boylam 2.3322", "szerokość: 48,8721, długość: 2,3322", "GPS 48.8721, 2.3322", "My location: 48.8721, 2.3322",
			"Lat 48.8721 N Lon 2.3322 E", "अक्षांश 48.8721 देशांतर 2.3322", "خط العرض: 48.8721 خط الطول: 2.3322",
		},
		"two lines": {"48.8721\n2.3322", "48.8721 N\n2.3322 E", "48°52'19.6\"N\n2°19'55.9\"E", "Place:\n48,8721\n2,3322"},
		"sides": {
			"48.8721N 2.3322E", "N48.8721 E2.3322", "N 48.8721, E 2.3322", "2.3322 E, 48.8721 N", "48.8721° N, 2.3322° L", "48.8721 north, 2.3322 east", "48.8721 СШ 2.3322 ВД",
			"48.8721° с. ш. 2.3322° в. д.", "48.8721 с.ш., 2.3322 в.д.", "48.8721° пн. ш., 2.3322° сх. д.", "48,8721° північної широти, 2,3322° східної довготи",
			"48,8721° северной широты, 2,3322° восточной долготы", "48.8721° Nord, 2.3322° Est", "48.8721° n. Br., 2.3322° ö. L.", "48,8721 Norte 2,3322 Leste", "48.8721°K 2.3322°D",
			"kuzey 48.8721 doğu 2.3322", "北纬48.8721度，东经2.3322度", "北緯48.8721度 東経2.3322度", "북위 48.8721 동경 2.3322", "48.8721° شمالاً 2.3322° شرقاً", "48.8721° उत्तर 2.3322° पूर्व",
			"48.8721 degrees north and 2.3322 degrees east", "С 48.8721 В 2.3322", "C 48.8721 B 2.3322", "48.8721N2.3322E", "48.8721n 2.3322e", "48.8721 N, 2.3322 Е", "48.8721 Ν 2.3322 Ε", "+48.8721, +2.3322", "48.8721° latitud norte y 2.3322° longitud este",
			"48.8721°płn 2.3322°wsch",
		},
		"degrees and minutes": {
			"N 48° 52.326' E 2° 19.932'", "N 48 52.326 E 002 19.932", "48 52.326, 2 19.932", "48°52,326' N, 2°19,932' E", "48-52.326N 002-19.932E", "48:52.326 N 2:19.932 E",
			"48 deg 52.326 min N 2 deg 19.932 min E",
		},
		"degrees, minutes and seconds": {
			"N 48° 52' 19.6'', E 002° 19' 55.9''", "48°52'19.6N 2°19'55.9E", "48°52´19.6´´N 2°19´55.9´´E", "48º 52’ 19,6” N 2º 19’ 55,9” E", "48˚52`19.6``N 2˚19`55.9``E",
			"48*52'19.6\"N 2*19'55.9\"E", "48 52 19.6 N, 2 19 55.9 E", "48° 52′ 19.6″, 2° 19′ 55.9″", "48 градусов 52 минуты 19.6 секунды с. ш., 2 градуса 19 минут 55.9 секунды в. д.",
			"48°52′19.6″ с. ш. 2°19′55.9″ в. д.HGЯO", "48°52′19.6″ с. ш. 2°19′55.9″ в. д. (G) (O) (Я)", "48°52′19.6″N 2°19′55.9″E \ufeff / \ufeff48.8721°N 2.3322°E",
			"48°52′19.6″N 2°19′55.9″E / 48.8721; 2.3322", "北纬48度52分19.6秒 东经2度19分55.9秒", "48도 52분 19.6초 N, 2도 19분 55.9초 E",
		},
		"in a sentence": {
			"What is at 48.8721, 2.3322?", "Встречаемся тут 48.8721, 2.3322 в пять", "Что в 48.8721, 2.3322?", "the opera is at lat 48.8721, lon 2.3322 they say", "Opera - 48.8721, 2.3322", "The opera (48°52′19.6″N 2°19′55.9″E) is nice",
		},
		"plus code": {"8FW4V8CJ+RVQ", "meet at 8fw4v8cj+rvq please", "8FW4V8CJ+RVQ Paris"},
	} {
		for _, text := range texts {
			t.Run(name+"/"+text, func(t *testing.T) { found(t, "en", text, opera) })
		}
	}
}

func TestSidesAndSigns(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want geo.Point
	}{
		{"40,7484° N, 73,9857° W", newYork},
		{"40.7484, -73.9857", newYork},
		{"40.7484 −73.9857", newYork},
		{"40.7484 с.ш. 73.9857 з.д.", newYork},
		{"40.7484° пн. ш. 73.9857° зх. д.", newYork},
		{"40°44'54.24\"N 73°59'8.52\"W", newYork},
		{"40.7484 Norte, 73.9857 Oeste", newYork},
		{"40.7484 Nord, 73.9857 Ouest", newYork},
		{"N 40.7484 W -73.9857", newYork},
		{"40.7484 Nord, 73.9857 West", newYork},
		{"40.7484 пн. ш. 73.9857 з. д.", newYork},
		{"40.7484° north, 73.9857° з. д.", newYork},
		{"40.7484 K 73.9857 B", newYork}, // Turkish, because K is
		{"南纬22.9519 西经43.2105", rio},
		{"22.9519° S, 43.2105° W", rio},
		{"22,9519° Sul 43,2105° Oeste", rio},
		{"S 22.9519 W 43.2105", rio},
		{"-22.9519 S, -43.2105 W", rio}, // nobody means the north by a minus and an S
		{"22.9519 ю. ш., 43.2105 з. д.", rio},
		{"N -33.8568 E -151.2153", geo.Point{Lat: -33.8568, Lon: -151.2153}},
		{"8FW4V8CJ+R4", geo.Point{Lat: 48.8721, Lon: 2.3303}},
		{"48°52′19″ с. ш. 2°19′56″ в. д.HGЯO", geo.Point{Lat: 48.871944, Lon: 2.332222}},
		{"55.7558 СШ 37.6173 ВД", geo.Point{Lat: 55.7558, Lon: 37.6173}},
	} {
		found(t, "en", tt.text, tt.want)
	}
}

func TestLettersThatLanguagesReadDifferently(t *testing.T) {
	t.Parallel()
	lisbon := geo.Point{Lat: 38.7136, Lon: -9.1392}
	for _, tt := range []struct {
		languages []string
		text      string
		want      geo.Point
	}{
		{[]string{"fr"}, `38°42'49"N 9°08'21"O`, lisbon},
		{[]string{"es"}, "40.4168° N, 3.7038° O", geo.Point{Lat: 40.4168, Lon: -3.7038}},
		{[]string{"it"}, "45.4642° N, 9.1900° O", geo.Point{Lat: 45.4642, Lon: -9.19}},
		{[]string{"de"}, "48.8721° N, 9.1392° O", geo.Point{Lat: 48.8721, Lon: 9.1392}},
		{[]string{"pt-br"}, "38.7136° N, 9.1392° O", lisbon},
		{[]string{"en", "es-419"}, "38.7136° N, 9.1392° O", lisbon}, // the chosen language says nothing, that of the phone does
		{[]string{"en"}, "38.7136° N, 9.1392° Oeste", lisbon},
		{[]string{"en"}, "38.7136° Norte, 9.1392° O", lisbon},
		{[]string{"de"}, "https://maps.google.com/?q=48.8721%C2%B0+N,+9.1392%C2%B0+O", geo.Point{Lat: 48.8721, Lon: 9.1392}},
		{[]string{"tr"}, "40.7484° N 73.9857° B", newYork},
		{[]string{"ru"}, "40.7484° N 73.9857° B", geo.Point{Lat: 40.7484, Lon: 73.9857}},
	} {
		a := Find(tt.text)
		checkAnswer(t, a)
		if a = a.In(tt.languages...); a.Result != Found || !near(a.Point, tt.want) {
			t.Errorf("%v %q: got %+v, want %v", tt.languages, tt.text, a, tt.want)
		}
	}
	for _, languages := range [][]string{nil, {"en"}, {"ru"}, {"xx"}, {"de", "fr"}} {
		if a := Find("38.7136° N, 9.1392° O").In(languages...); a.Result != Ambiguous || len(a.Choices) != 2 {
			t.Errorf("%v: got %+v, want a question", languages, a)
		}
	}
}

func TestAmbiguityIsNotGuessed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text    string
		choices int
	}{
		{"38.7136° N, 9.1392° O", 2},
		{"40.7484 N, 73.9857", 2}, // W may be forgotten
		{"https://maps.google.com/?q=40.7484,73.9857+W", 2},
		{"48.8721 - 2.3322", 2},                 // a minus or a dash
		{"- 48.8721, 2.3322", 2},                // a minus or a bullet
		{"48.8721, 2.3322\n55.752, 37.6175", 2}, // two places
		{"55.752, 37.6175 https://maps.google.com/?q=48.8721,2.3322", 2},
		{"https://maps.google.com/?q=48.8721,2.3322 https://yandex.ru/maps/?pt=37.6175,55.752", 2},
		{"https://yandex.ru/maps/?pt=2.3322,48.8721~37.6175,55.752", 2},
		{"1.1234, 1.5\n2.1234, 1.5\n3.1234, 1.5\n4.1234, 1.5\n5.1234, 1.5\n6.1234, 1.5\n7.1234, 1.5", MaxChoices},
	} {
		a := Find(tt.text)
		checkAnswer(t, a)
		if a.Result != Ambiguous || len(a.Choices) != tt.choices {
			t.Errorf("%q: got %+v, want %d choices", tt.text, a, tt.choices)
		}
	}
	// A link and a line that mean one place are no question.
	found(t, "en", "Opera\n48.8722, 2.3321\nhttps://maps.google.com/?q=48.8721,2.3322", opera)
}

func TestNumbersThatAreNoPlace(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"12.30 с 13.15 в", "В 18.30, с 19.15", "12.30 o 13.15", "12.30 e 13.15", "5.5 and 6.5", "5.5l 6.5g", "1.5 l, 2.5 g", "+33 1 42 68 53 00", "5 o 6 s", "10,000 20,000", "48:52, 2:19", "48 52, 2 19", "+7 912 345-67-89",
		"12.50\n13.70", "48.872\n2.332\n35.125", "48.8721-2.3322", "$5.50, $6.50", "55.75, 37.61, 12.5", "1.2.3, 4.5", "2026-11-28 12:03", "I have 5.5, 6.5 of it",
		"48°99'N 2°19'E", "48°52'61\"N 2°19'E", "1855.7523, 37.6173", "48.8721 N 2.3322 N", "Lat: 48.8721 Lat: 2.3322", "48.8721N 2.3322E 3.5N", "C++", "1+1",
		"4567+89", "40.74841, 73.98571 W or so", "lon 2.3322, lon 48.8721",
		"48.8721, 2.3322 / 55.752, 37.6175",
	} {
		if a := Find(text); a.Result != None {
			t.Errorf("%q: got %+v, want no place", text, a)
		}
	}
}

func TestShortenedPlusCodesAreNotGuessed(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"V8CJ+R4 Paris", "V8CJ+R4", "W4V8CJ+R4"} {
		if a := Find(text); a.Result != ShortCode {
			t.Errorf("%q: got %+v", text, a)
		}
	}
}

// Every notation of a point is read as that point, and none as another.
func FuzzNotations(f *testing.F) {
	f.Add(48.8721, 2.3322)
	f.Add(-22.9519, -43.2105)
	f.Add(-89.99999, 179.99999)
	f.Add(0.00001, -0.00001)
	f.Fuzz(func(t *testing.T, lat, lon float64) {
		if !(math.Abs(lat) <= 90) || !(math.Abs(lon) <= 180) {
			return
		}
		want := geo.Point{Lat: math.Round(lat*1e4) / 1e4, Lon: math.Round(lon*1e4) / 1e4}
		for _, tt := range []struct{ north, south, east, west string }{
			{"N", "S", "E", "W"}, {" с. ш.", " ю. ш.", " в. д.", " з. д."}, {" Norte", " Sul", " Leste", " Oeste"}, {" Nord", " Sud", " Est", " Ouest"},
			{" пн. ш.", " пд. ш.", " сх. д.", " зх. д."}, {" K", " G", " D", " B"}, {"北", "南", "东", "西"},
		} {
			ns, ew := tt.north, tt.east
			if want.Lat < 0 {
				ns = tt.south
			}
			if want.Lon < 0 {
				ew = tt.west
			}
			for _, line := range []string{
				fmt.Sprintf("%.4f°%s, %.4f°%s", math.Abs(want.Lat), ns, math.Abs(want.Lon), ew),
				fmt.Sprintf("%s%s, %s%s", dms(want.Lat), ns, dms(want.Lon), ew),
			} {
				a := Find(line)
				checkAnswer(t, a)
				if a.Result != Found || !near(a.Point, want) {
					t.Errorf("%q: got %+v, want %v", line, a, want)
				}
			}
		}
		for _, line := range []string{fmt.Sprintf("Lat: %.4f\nLon: %.4f", want.Lat, want.Lon), fmt.Sprintf("lon=%.4f lat=%.4f", want.Lon, want.Lat)} {
			if a := Find(line); a.Result != Found || !near(a.Point, want) {
				t.Errorf("%q: got %+v, want %v", line, a, want)
			}
		}
	})
}

// dms writes the size of an angle in degrees, minutes and seconds.
func dms(degrees float64) string {
	tenths := int(math.Round(math.Abs(degrees) * 36000)) // of a second
	return fmt.Sprintf("%d°%d′%d.%d″", tenths/36000, tenths/600%60, tenths/10%60, tenths%10)
}
