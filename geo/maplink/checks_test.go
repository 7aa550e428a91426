package maplink

import (
	"math"
	"testing"

	"excursobot/geo"
)

// near reports whether two points are less than about 10 m apart.
func near(a, b geo.Point) bool {
	return math.Abs(a.Lat-b.Lat) < 1e-4 && math.Abs(a.Lon-b.Lon) < 1e-4
}

// checkAnswer checks what every answer promises.
func checkAnswer(t *testing.T, a Answer) {
	t.Helper()
	finite := func(p geo.Point) bool { return p.Lat-p.Lat == 0 && p.Lon-p.Lon == 0 }
	switch {
	case a.Result != Found && a.Point != (geo.Point{}):
		t.Errorf("%+v: a point without a place", a)
	case a.Result == Found && !finite(a.Point):
		t.Errorf("%+v: the point is not finite", a)
	case a.Result == Ambiguous && (len(a.Choices) < 2 || len(a.Choices) > MaxChoices):
		t.Errorf("%+v: %d choices", a, len(a.Choices))
	case a.Result != Ambiguous && a.Choices != nil:
		t.Errorf("%+v: choices without ambiguity", a)
	}
	for _, p := range a.Choices {
		if !finite(p) {
			t.Errorf("%+v: a choice is not finite", a)
		}
	}
	for _, language := range []string{"", "en", "fr", "de", "tr", "ru"} {
		if in := a.In(language); in.Result != a.Result && (a.Result != Ambiguous || in.Result != Found) {
			t.Errorf("%+v in %q is %+v", a, language, in)
		}
	}
}

// found checks that text names one place for a person who reads the language.
func found(t *testing.T, language, text string, want geo.Point) {
	t.Helper()
	a := Find(text)
	checkAnswer(t, a)
	if a = a.In(language); a.Result != Found || !near(a.Point, want) {
		t.Errorf("%s %q: got %+v, want %v,%v", language, text, a, want.Lat, want.Lon)
	}
}
