package guide

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"slices"
	"testing"

	"excursobot/bot/sim"
	"excursobot/geo"
)

// photoOf is a picture that shows a place with the title, to the simulated model.
func photoOf(t testing.TB, title string) []byte {
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))))
	b.WriteString(sim.SightOf(title))
	return b.Bytes()
}

// onlyIn returns a place within sight of p that only the edition describes, and its name in the language.
func onlyIn(t testing.TB, all []sim.Article, p geo.Point, edition, language string) (place, name string) {
	for _, a := range all {
		alone := !slices.ContainsFunc(all, func(b sim.Article) bool { return b.QID == a.QID && b.Language != edition })
		near := geo.Distance(p, geo.Point{Lat: a.Lat, Lon: a.Lon}) < sightReach
		same := slices.ContainsFunc(all, func(b sim.Article) bool { return b.QID != a.QID && b.Labels[language] == a.Labels[language] })
		if alone && near && !same && a.Extract != "" && a.Labels[language] != "" {
			return a.QID, a.Labels[language]
		}
	}
	t.Fatal("no such place")
	return "", ""
}

// A Russian in Paris sends a photo of a place that only the French edition knows, without having heard a story there: it is recognised by its Russian
// name and told in Russian.
func TestAPhotoMayShowWhatOnlyAnotherEditionKnows(t *testing.T) {
	for name, noContact := range map[string]bool{"four editions": false, "one request to spend": true} {
		t.Run(name, func(t *testing.T) {
			all := sim.Region(7, paris.Lat, paris.Lon, 90, "fr", "ru", "en")
			place, title := onlyIn(t, all, paris, "fr", "ru")
			if noContact { // the person's edition has nothing there
				all = slices.DeleteFunc(all, func(a sim.Article) bool { return a.Language == "ru" })
			}
			r := &requests{}
			run(t, setting{articles: all, noContact: noContact, source: r.wrap}, func(w *world) {
				req := ask(1)
				req.Point = paris
				seen, err := w.Look(w.t.Context(), req, photoOf(t, title))
				if err != nil || seen != place {
					t.Fatalf("saw %q, %v, want %s, %q; requests %v", seen, err, place, title, r.seen())
				}
				req.Place = seen
				story, claim, err := w.TellPlace(w.t.Context(), req, nil, func(Card) {})
				must(t, err)
				claim.Release()
				if story.Place.Title != title || !cyrillic(story.Text) {
					t.Errorf("told %q: %s", story.Place.Title, story.Text)
				}
				if n := len(r.seen()); n > 10 {
					t.Errorf("%d requests: %v", n, r.seen())
				}
			})
		})
	}
}

func TestAPhotoOfNothingKnown(t *testing.T) {
	run(t, setting{articles: sim.Region(7, paris.Lat, paris.Lon, 90, "fr", "ru", "en")}, func(w *world) {
		req := ask(1)
		req.Point = paris
		if seen, err := w.Look(w.t.Context(), req, photoOf(t, "a cat")); !errors.Is(err, ErrNotSeen) {
			t.Errorf("saw %q, %v", seen, err)
		}
		req.Point = geo.Point{Lat: 10, Lon: 10}
		if seen, err := w.Look(w.t.Context(), req, photoOf(t, "a cat")); !errors.Is(err, ErrNothing) {
			t.Errorf("in the wild: saw %q, %v", seen, err)
		}
	})
}
