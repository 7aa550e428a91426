package maplink

import (
	"testing"

	"excursobot/geo"
)

// Texts that people sent to bots of this kind and that were read wrongly or not at all, with the right place.
func TestReportedTexts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		language, text string
		want           geo.Point
	}{
		{"en", "40,7484° N, 73,9857° W", newYork},
		{"en", "\u200e48.8721, 2.3322\u200e", opera},
		{"en", "\ufeff48.8721,\u200b 2.3322", opera},
		{"en", `"48.8721, 2.3322`, opera},
		{"en", "N -33.8568 E -151.2153", geo.Point{Lat: -33.8568, Lon: -151.2153}},
		{"en", "Lat: 48.8721\nLon: 2.3322", opera},
		{"en", "Координаты: 48.8721, 2.3322", opera},
		{"en", "48.8721，2.3322", opera},
		{"en", "48.8721,2.3322,17z", opera},
		{"en", "48.8721 / 2.3322", opera},
		{"en", "N 48° 52.326' E 2° 19.932'", opera},
		{"en", "N 48 52.326 E 002 19.932", opera},
		{"en", "48 52.326, 2 19.932", opera},
		{"en", "N 48° 52' 19.6'', E 002° 19' 55.9''", opera},
		{"en", "48°52'19.6N 2°19'55.9E", opera},
		{"fr", `38°42'49"N 9°08'21"O`, geo.Point{Lat: 38.7136, Lon: -9.1392}},
		{"es", "40.4168° N, 3.7038° O", geo.Point{Lat: 40.4168, Lon: -3.7038}},
		{"it", "45.4642° N, 9.1900° O", geo.Point{Lat: 45.4642, Lon: -9.19}},
		{"de", "48.8721° N, 9.1392° O", geo.Point{Lat: 48.8721, Lon: 9.1392}},
		{"en", "48.8721° N, 2.3322° L", opera},
		{"en", "48°52′19″ с. ш. 2°19′56″ в. д.HGЯO", geo.Point{Lat: 48.8719, Lon: 2.3322}},
		{"en", "55.7558 СШ 37.6173 ВД", geo.Point{Lat: 55.7558, Lon: 37.6173}},
		{"en", "48°52´19.6´´N 2°19´55.9´´E", opera},
		{"en", "8FW4V8CJ+R4", geo.Point{Lat: 48.8721, Lon: 2.3303}},
		{"en", "https://www.google.com/maps/dir/Gare+du+Nord/Opera/@48.70,2.10,11z/data=!4m14!4m13!1m5!1m1!1s0x1:0x2!2m2!1d2.3553!2d48.8809!1m5!1m1!1s0x3:0x4!2m2!1d2.3322!2d48.8721!3e0", opera},
		{"en", "google.navigation:q=48.8721,2.3322", opera},
		{"en", "https://share.google/AbCdEf123", hides},
		{"en", "[Opera](https://maps.google.com/?q=48.8721,2.3322)", opera},
		{"en", "https://www.google.com/maps/embed?pb=!1m14!1m12!1m3!1d2624.9!2d2.3322!3d48.8721!2m3!1f0!2f0!3f0", opera},
		{"en", "yandexmaps://maps.yandex.ru/?ll=2.3322,48.8721&z=16", opera},
		{"en", "https://yandex.ru/maps/213/moscow/?l=stv%2Csta&ll=2.10%2C48.10&panorama%5Bpoint%5D=2.3322%2C48.8721&z=16", opera},
		{"ru", "https://2gis.ru/moscow/geo/70030076129543595/2.3322%2C48.8721?m=2.3322%2C48.8721%2F17", opera},
		{"ru", "https://2gis.ru/moscow/firm/70000001043503020/2.3322%2C48.8721", opera},
		{"en", "maps://?ll=48.8721,2.3322", opera},
		{"en", "https://openstreetmap.org/#11/48.8721/2.3322", opera},
		{"en", "geo:0,0?q=48.8721,2.3322(Opera)", opera},
		{"en", "geo:0,0?z=14&q=48.8721,2.3322 (Opera)", opera},
		{"en", "geo://point/?lon=2.3322&lat=48.8721&zoom=10", opera},
		{"en", "https://waze.com/ul?ll=48.8721,2.3322&navigate=yes", opera},
		{"en", "https://share.here.com/l/48.8721,2.3322,Opera?z=16", opera},
		{"en", "https://omaps.app/48.8721,2.3322/Opera", opera},
		{"en", "https://www.bing.com/maps?cp=48.8721~2.3322&lvl=16", opera},
		{"en", "https://geohack.toolforge.org/geohack.php?pagename=Opera&params=48_52_19.6_N_2_19_55.9_E_type:landmark", opera},
		{"en", "https://maps.app.goo.gl/AbCdEf\n48.8721, 2.3322", opera},
	} {
		a := Find(tt.text)
		checkAnswer(t, a)
		a = a.In(tt.language)
		switch {
		case tt.want == hides:
			if a.Result != Hidden {
				t.Errorf("%q: got %+v, want a hidden place", tt.text, a)
			}
		case a.Result != Found || !near(a.Point, tt.want):
			t.Errorf("%s %q: got %+v, want %v", tt.language, tt.text, a, tt.want)
		}
	}
	// In a language that reads O neither as east nor as west, the text is a question.
	if a := Find("38.7136° N, 9.1392° O").In("en"); a.Result != Ambiguous {
		t.Errorf("O in English: got %+v, want a question", a)
	}
}
