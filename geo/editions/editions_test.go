package editions

import (
	"runtime"
	"strings"
	"testing"

	"excursobot/geo"
)

// places are points and their local editions, as Local returns them.
var places = []struct {
	name     string
	lat, lon float64
	want     string
}{
	// Capitals and large towns
	{"Paris", 48.8566, 2.3522, "fr"}, {"Moscow", 55.7520, 37.6175, "ru"}, {"Tokyo", 35.6812, 139.7671, "ja"},
	{"Berlin", 52.5200, 13.4050, "de"}, {"Madrid", 40.4168, -3.7038, "es"}, {"Rome", 41.8902, 12.4922, "it"},
	{"Lisbon", 38.7136, -9.1392, "pt"}, {"Warsaw", 52.2297, 21.0122, "pl"}, {"Prague", 50.0875, 14.4213, "cs"},
	{"Athens", 37.9715, 23.7257, "el"}, {"Istanbul", 41.0086, 28.9802, "tr"}, {"Cairo", 30.0444, 31.2357, "ar"},
	{"Beijing", 39.9163, 116.3972, "zh"}, {"Seoul", 37.5665, 126.9780, "ko"}, {"Bangkok", 13.7500, 100.4913, "th"},
	{"Hanoi", 21.0285, 105.8542, "vi"}, {"Delhi", 28.6139, 77.2090, "hi"}, {"Dhaka", 23.8103, 90.4125, "bn"},
	{"Tehran", 35.6892, 51.3890, "fa"}, {"Jerusalem", 31.7767, 35.2345, "ar he"}, {"Tel Aviv", 32.0853, 34.7818, "he ar"},
	{"Kyiv", 50.4501, 30.5234, "uk ru"}, {"Minsk", 53.9006, 27.5590, "be ru"}, {"Riga", 56.9496, 24.1052, "lv ru"},
	{"Tallinn", 59.4370, 24.7536, "et ru"}, {"Vilnius", 54.6872, 25.2797, "lt pl be"}, {"Helsinki", 60.1699, 24.9384, "fi sv"},
	{"Stockholm", 59.3293, 18.0686, "sv"}, {"Oslo", 59.9139, 10.7522, "no nn"}, {"Bergen", 60.3913, 5.3221, "no nn"},
	{"Reykjavik", 64.1466, -21.9426, "is"}, {"Dublin", 53.3498, -6.2603, "en ga"}, {"London", 51.5074, -0.1278, "en"},
	{"Budapest", 47.4979, 19.0402, "hu"}, {"Bucharest", 44.4268, 26.1025, "ro"}, {"Sofia", 42.6977, 23.3219, "bg"},
	{"Belgrade", 44.8125, 20.4612, "sr"}, {"Zagreb", 45.8150, 15.9819, "hr sl"}, {"Ljubljana", 46.0569, 14.5058, "sl"},
	{"Sarajevo", 43.8563, 18.4131, "bs sr"}, {"Tirana", 41.3275, 19.8187, "sq"}, {"Skopje", 41.9981, 21.4254, "mk sq"},
	{"Tbilisi", 41.7151, 44.8271, "ka ru"}, {"Yerevan", 40.1792, 44.4991, "hy ru tr"}, {"Baku", 40.4093, 49.8671, "az ru"},
	{"Almaty", 43.2389, 76.8897, "kk ru ky"}, {"Tashkent", 41.2995, 69.2401, "uz ru kk"}, {"Ulaanbaatar", 47.8864, 106.9057, "mn"},
	{"Nairobi", -1.2864, 36.8172, "en sw"}, {"Lagos", 6.4550, 3.3941, "en yo"}, {"Cape Town", -33.9249, 18.4241, "en af"},
	{"Addis Ababa", 9.0300, 38.7400, "am"}, {"Dakar", 14.6937, -17.4441, "fr wo"}, {"Rabat", 34.0209, -6.8416, "ar fr"},
	{"Tunis", 36.8065, 10.1815, "ar fr"}, {"Luanda", -8.8390, 13.2894, "pt"}, {"Maputo", -25.9692, 32.5732, "pt"},
	{"New York", 40.7306, -73.9866, "en"}, {"Washington", 38.8895, -77.0353, "en"}, {"Mexico City", 19.4326, -99.1332, "es"},
	{"Havana", 23.1136, -82.3666, "es"}, {"Port-au-Prince", 18.5392, -72.3350, "fr ht"}, {"Bogota", 4.7110, -74.0721, "es"},
	{"Lima", -12.0464, -77.0428, "es qu"}, {"Rio de Janeiro", -22.9068, -43.1729, "pt"}, {"Buenos Aires", -34.6037, -58.3816, "es"},
	{"Santiago", -33.4489, -70.6693, "es"}, {"Asuncion", -25.2810, -57.6350, "es gn"}, {"Sydney", -33.8568, 151.2153, "en"},
	{"Auckland", -36.8485, 174.7633, "en mi"}, {"Singapore", 1.2804, 103.8510, "zh ms id"}, {"Kuala Lumpur", 3.1390, 101.6869, "ms zh"},
	{"Manila", 14.5995, 120.9842, "tl"}, {"Jakarta", -6.1754, 106.8272, "id jv"}, {"Hong Kong", 22.3193, 114.1694, "zh zh-yue"},
	{"Taipei", 25.0330, 121.5654, "zh"}, {"Kathmandu", 27.7172, 85.3240, "ne"}, {"Colombo", 6.9271, 79.8612, "si ta"},

	// Regions with another language
	{"Barcelona", 41.3874, 2.1686, "ca es"}, {"Valencia", 39.4699, -0.3763, "es ca"}, {"Palma", 39.5696, 2.6502, "ca es"},
	{"Bilbao", 43.2630, -2.9350, "es eu"}, {"Santiago de Compostela", 42.8782, -8.5448, "gl es"}, {"Oviedo", 43.3619, -5.8494, "es ast"},
	{"Pamplona", 42.8125, -1.6458, "es eu"}, {"Cardiff", 51.4816, -3.1791, "en cy"}, {"Caernarfon", 53.1391, -4.2760, "en cy"},
	{"Edinburgh", 55.9533, -3.1883, "en gd"}, {"Belfast", 54.5973, -5.9301, "en ga"}, {"Galway", 53.2707, -9.0568, "en ga"},
	{"Montreal", 45.5019, -73.5674, "fr en"}, {"Quebec", 46.8139, -71.2080, "fr en"}, {"Toronto", 43.6532, -79.3832, "en fr"},
	{"Moncton", 46.0878, -64.7782, "fr en"}, {"Bolzano", 46.4983, 11.3548, "de it"}, {"Aosta", 45.7370, 7.3200, "it fr"},
	{"Kazan", 55.7963, 49.1064, "ru tt"}, {"Ufa", 54.7388, 55.9721, "ru ba"}, {"Cheboksary", 56.1322, 47.2519, "ru cv"},
	{"Yakutsk", 62.0339, 129.7331, "ru sah"}, {"Simferopol", 44.9521, 34.1024, "uk ru"}, {"Brest in Brittany", 48.3904, -4.4861, "fr br"},
	{"Ajaccio", 41.9192, 8.7386, "fr co"}, {"Brussels", 50.8467, 4.3525, "fr nl"}, {"Antwerp", 51.2194, 4.4025, "nl fr"},
	{"Namur", 50.4674, 4.8720, "fr nl"}, {"Leeuwarden", 53.2012, 5.7999, "nl fy"}, {"Zurich", 47.3769, 8.5417, "de fr"},
	{"Lausanne", 46.5197, 6.6323, "fr de"}, {"Lugano", 46.0037, 8.9511, "it de"}, {"Bern", 46.9480, 7.4474, "de fr"},
	{"Chennai", 13.0827, 80.2707, "ta"}, {"Kochi", 9.9312, 76.2673, "ml"}, {"Bengaluru", 12.9716, 77.5946, "kn"},
	{"Hyderabad", 17.3850, 78.4867, "te"}, {"Mumbai", 18.9220, 72.8347, "mr"}, {"Kolkata", 22.5726, 88.3639, "bn"},
	{"Amritsar", 31.6200, 74.8765, "pa hi ur"}, {"Erbil", 36.1911, 44.0092, "ckb ar"}, {"Tabriz", 38.0962, 46.2738, "fa azb"},
	{"Urumqi", 43.8256, 87.6168, "zh ug"}, {"Lhasa", 29.6525, 91.1721, "zh bo"}, {"Novi Sad", 45.2671, 19.8335, "sr hu"},
	{"Honolulu", 21.3069, -157.8583, "en haw"}, {"Denpasar", -8.6705, 115.2126, "id ban"}, {"Durban", -29.8587, 31.0218, "en zu"},

	// Near a border: the other side's edition comes last
	{"Geneva", 46.2044, 6.1432, "fr de"}, {"Basel", 47.5596, 7.5886, "de fr"}, {"Strasbourg", 48.5734, 7.7521, "fr de"},
	{"San Sebastian", 43.3183, -1.9812, "es eu fr"}, {"Aachen", 50.7753, 6.0839, "de nl"}, {"Maastricht", 50.8514, 5.6910, "nl de"},
	{"Liege", 50.6326, 5.5797, "fr nl"}, {"Konstanz", 47.6603, 9.1758, "de fr"}, {"Frankfurt an der Oder", 52.3472, 14.5506, "de pl"},
	{"Narva Castle", 59.3753, 28.2010, "ru et"}, {"Tornio", 65.8481, 24.1466, "fi sv"}, {"Gorizia", 45.9402, 13.6219, "sl it"},
	{"Bratislava", 48.1486, 17.1077, "sk de hu"}, {"Copenhagen", 55.6761, 12.5683, "da sv"}, {"Salzburg", 47.8095, 13.0550, "de"},
	{"El Paso", 31.7619, -106.4850, "en es"}, {"Ottawa", 45.4215, -75.6972, "en fr"}, {"Foz do Iguacu", -25.5163, -54.5854, "pt es"},

	// Small countries and islands
	{"Monaco", 43.7384, 7.4246, "fr it"}, {"Vatican", 41.9022, 12.4539, "it"}, {"Luxembourg", 49.6117, 6.1319, "fr de"},
	{"Vaduz", 47.1410, 9.5209, "de"}, {"Andorra la Vella", 42.5063, 1.5218, "ca es fr"}, {"Valletta", 35.8989, 14.5146, "mt en"},
	{"Mariehamn", 60.0973, 19.9348, "sv fi"}, {"Torshavn", 62.0079, -6.7716, "fo da"}, {"Nuuk", 64.1814, -51.6941, "da kl"},
	{"Nicosia", 35.1700, 33.3600, "el tr"}, {"Funchal", 32.6669, -16.9241, "pt"}, {"Las Palmas", 28.1235, -15.4363, "es"},
	{"Saint-Denis, Reunion", -20.8789, 55.4481, "fr"}, {"Port Louis", -20.1609, 57.5012, "en fr"}, {"Willemstad", 12.1091, -68.9316, "nl pap"},
	{"San Juan", 18.4655, -66.1057, "es"}, {"Papeete", -17.5350, -149.5696, "fr ty"}, {"Suva", -18.1416, 178.4419, "en"},
	{"Longyearbyen", 78.2232, 15.6267, "no nn"}, {"Kaliningrad", 54.7104, 20.4522, "ru de"}, {"Uelen", 66.1583, -169.8047, "ru"},
	{"Hanga Roa", -27.1500, -109.4333, "es"}, {"Stanley", -51.6975, -57.8510, "en es"}, {"Gibraltar", 36.1408, -5.3536, "es ar"},

	// Nobody's land and water
	{"South Pole", -90, 0, ""}, {"Vostok", -78.4645, 106.8340, ""}, {"McMurdo", -77.8460, 166.6760, ""},
	{"North Pole", 90, 0, ""}, {"Gulf of Guinea", 0, 0, ""}, {"Mid Atlantic", 30, -40, ""}, {"Mid Pacific", 0, -140, ""},
	{"Date line", 10, 180, ""}, {"Indian Ocean", -20, 80, ""}, {"Drake Passage", -59, -65, ""}, {"Off Nice", 43.60, 7.30, "fr it"},
}

func TestLocal(t *testing.T) {
	if len(places) < 120 {
		t.Fatalf("%d points, want at least 120", len(places))
	}
	a := Load()
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			if got := strings.Join(a.Local(geo.Point{Lat: p.lat, Lon: p.lon}), " "); got != p.want {
				t.Errorf("got %q, want %q", got, p.want)
			}
		})
	}
}

func TestFor(t *testing.T) {
	tests := []struct {
		name     string
		lat, lon float64
		own      string
		want     string
	}{
		{"own, local, English", 48.8566, 2.3522, "ru", "ru fr en"},
		{"the person's edition is the local one", 55.7520, 37.6175, "ru", "ru en"},
		{"two local ones", 46.4983, 11.3548, "pl", "pl de it en"},
		{"four at most, the border's edition gives way", 43.3183, -1.9812, "ru", "ru es eu en"},
		{"the person's edition leaves room for the border's", 43.3183, -1.9812, "es", "es eu fr en"},
		{"English is local and own", 51.4816, -3.1791, "en", "en cy"},
		{"English is local", 51.4816, -3.1791, "de", "de en cy"},
		{"far from any land", 30, -40, "fr", "fr en"},
		{"an edition that programs wrote is nobody's", 48.8566, 2.3522, "ceb", "fr en"},
		{"no language known", 48.8566, 2.3522, "", "fr en"},
		{"no point", 91, 0, "ru", "ru en"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Load().For(geo.Point{Lat: tt.lat, Lon: tt.lon}, tt.own)
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %q, want %q", strings.Join(got, " "), tt.want)
			}
		})
	}
}

// Every country of the outlines has a line in the table, apart from the continent without inhabitants.
func TestEveryCountryHasLanguages(t *testing.T) {
	a, missing := Load(), 0
	for _, languages := range a.languages {
		if len(languages) == 0 {
			missing++
		}
		for _, l := range languages {
			if !Usable(l) {
				t.Errorf("edition %s is written by programs", l)
			}
		}
	}
	if missing != 1 {
		t.Errorf("%d countries without languages, want 1: Antarctica", missing)
	}
}

func TestEmbeddedDataAreSmall(t *testing.T) {
	if got := len(outlines) + len(table); got > 300_000 {
		t.Errorf("%d bytes are embedded, want at most 300000", got)
	}
}

func TestDamagedTableIsRefused(t *testing.T) {
	for _, row := range []string{"Atlantis: en", "France", "France/Alsace: fr", "France/Alsace: fr: 1,2 3,4", "France/Alsace: fr: 1,2 3,4 x,5"} {
		if err := new(Atlas).readTable(row, []string{"France"}); err == nil {
			t.Errorf("%q: no error", row)
		}
	}
}

func BenchmarkFor(b *testing.B) {
	a := Load()
	for _, p := range places {
		switch p.name {
		case "Paris", "Geneva", "Bergen", "Mid Atlantic":
			b.Run(p.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					a.For(geo.Point{Lat: p.lat, Lon: p.lon}, "ru")
				}
			})
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := load(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestTheAtlasIsSmallInMemory(t *testing.T) {
	heap := func() int64 {
		for range 3 {
			runtime.GC()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc) //nolint:gosec // less than memory
	}
	before := heap()
	a, err := load()
	if err != nil {
		t.Fatal(err)
	}
	if held := heap() - before; held > 800<<10 {
		t.Errorf("the atlas takes %d KiB", held>>10)
	}
	runtime.KeepAlive(a)
}
