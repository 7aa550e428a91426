package guide

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/store"
)

// sightsOf returns the sights within radius metres by place.
func (w *world) sightsOf(req Request, radius float64) map[string]Sight {
	w.t.Helper()
	list, err := w.Sights(w.t.Context(), req, radius)
	must(w.t, err)
	found := map[string]Sight{}
	for _, s := range list {
		if _, twice := found[s.Place.ID]; twice {
			w.t.Errorf("%s is there twice", s.Place.ID)
		}
		found[s.Place.ID] = s
	}
	return found
}

func TestSightsArePlacesThatTheGuideWouldTell(t *testing.T) {
	set := setting{articles: articles(30, 40, "ru"), noModel: true}
	set.articles[1].Extract = "" // nothing to tell
	set.articles[2].Title = "Сражение при Доме"
	set.articles[2].Description = "сражение Отечественной войны 1812 года"
	set.articles[4].Type = "city"
	run(t, set, func(w *world) {
		heard := w.mustTell(ask(1)).Place.ID
		got := w.sightsOf(ask(1), 1000)
		for _, none := range []string{heard, "Q501", "Q502", "Q504"} {
			if _, ok := got[none]; ok {
				t.Errorf("%s is a sight", none)
			}
		}
		if len(got) < 18 {
			t.Errorf("%d sights: %v", len(got), slices.Sorted(maps.Keys(got)))
		}
		for id, s := range got {
			if d := geo.Distance(square, s.Place.Point); d > 1000 || s.Value <= 0 || s.Place.Title == "" {
				t.Errorf("%s at %.0f m: %+v", id, d, s)
			}
		}
		if others := w.sightsOf(ask(2), 1000); others[heard].Place.ID != heard {
			t.Errorf("what one person heard is no sight for another")
		}
	})
}

func TestSightsWithAStoryAreWorthMore(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		w.mustTell(ask(1)) // its batch writes about neighbours, too
		synctest.Wait()
		got := w.sightsOf(ask(2), 600)
		ready, other := 0.0, 0.0
		for _, s := range got {
			if s.Ready {
				ready = s.Value
			} else {
				other = s.Value
			}
		}
		if ready <= other || other == 0 {
			t.Errorf("ready ones are worth %v, others %v", ready, other)
		}
	})
}

// The places of a tour lie everywhere within reach, and not only where a full request begins.
func TestSightsAreSpreadOverTheArea(t *testing.T) {
	var town []sim.Article
	for i, a := range articles(200, 1, "ru") { // a dense middle
		if p := geo.Offset(square, float64(i*37), float64(i)); i < 160 {
			a.Lat, a.Lon = p.Lat, p.Lon
		} else { // and some places in each direction
			p = geo.Offset(square, float64(i*45), 1000)
			a.Lat, a.Lon = p.Lat, p.Lon
		}
		town = append(town, a)
	}
	run(t, setting{articles: town, noModel: true}, func(w *world) {
		far := 0
		for _, s := range w.sightsOf(ask(1), 1100) {
			if geo.Distance(square, s.Place.Point) > 900 {
				far++
			}
		}
		if far < 8 {
			t.Errorf("%d sights a kilometre away", far)
		}
	})
}

func TestNoSightsHaveAReason(t *testing.T) {
	down := func(int) string { return "503" }
	for name, tt := range map[string]struct {
		set  setting
		want error
	}{
		"nothing there": {setting{noModel: true}, ErrNothing},
		"source down":   {setting{noModel: true, articles: town(), wiki: down}, ErrSource},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, tt.set, func(w *world) {
				if list, err := w.Sights(w.t.Context(), ask(1), 1000); !errors.Is(err, tt.want) || len(list) > 0 {
					t.Errorf("%d sights, error %v, want %v", len(list), err, tt.want)
				}
			})
		})
	}
	run(t, setting{noModel: true, articles: articles(2, 40, "ru")}, func(w *world) {
		w.mustTell(ask(1))
		w.mustTell(ask(1))
		if _, err := w.Sights(w.t.Context(), ask(1), 1000); !errors.Is(err, ErrAllTold) {
			t.Errorf("got error %v, want ErrAllTold", err)
		}
		if _, err := w.Sights(w.t.Context(), Request{Person: 1, Point: geo.Point{Lat: 91}, Language: "ru"}, 1000); err == nil {
			t.Error("sights off the globe")
		}
	})
}

func TestSightsOfASlowSourceAreThoseKnown(t *testing.T) {
	var slow atomic.Bool
	set := setting{articles: town(), noModel: true, wiki: func(int) string {
		if slow.Load() {
			return "hang"
		}
		return ""
	}}
	run(t, set, func(w *world) {
		w.mustTell(ask(1))
		slow.Store(true)
		req := ask(2)
		req.Point = geo.Offset(square, 0, 1500)
		began := time.Now()
		if got := w.sightsOf(req, 1800); len(got) < 3 {
			t.Errorf("%d sights", len(got))
		}
		if took := time.Since(began); took > sightsWithin+time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// The stories of stops are written ahead, one call at a time, for places far from the person, too.
func TestStopsGetTheirStoriesAhead(t *testing.T) {
	run(t, setting{articles: articles(20, 100, "ru")}, func(w *world) {
		var ids []string
		for id := range w.sightsOf(ask(1), 1900) {
			ids = append(ids, id)
		}
		slices.SortFunc(ids, func(a, b string) int { return number(a) - number(b) })
		stops := ids[len(ids)-6:] // the last ones
		for range 2 {
			must(t, w.PrepareStops(w.t.Context(), ask(1), stops))
			time.Sleep(time.Minute)
			synctest.Wait()
		}
		if calls := w.asked.Load(); calls != 2 {
			t.Errorf("%d calls to the model, want 2 of 4 and 2 places", calls)
		}
		written, err := w.library.byPlace(w.t.Context(), stops, "ru", store.Short)
		must(t, err)
		if len(written) != len(stops) {
			t.Errorf("%d of %d stories", len(written), len(stops))
		}
		must(t, w.PrepareStops(w.t.Context(), ask(1), append([]string{"Q999"}, stops...)))
		if calls := w.asked.Load(); calls != 2 {
			t.Error("a call for stories that are written, or for a place that is not known")
		}
	})
}

func number(id string) int {
	n, _ := strconv.Atoi(id[1:])
	return n
}

// A stop is told even if others are nearer, and only once.
func TestOnlyOnePlaceIsTold(t *testing.T) {
	run(t, setting{articles: town(), noModel: true}, func(w *world) {
		w.sightsOf(ask(1), 600)
		req := ask(1)
		req.Place, req.Only = "Q507", true
		if got := w.mustTell(req); got.Place.ID != "Q507" {
			t.Errorf("told %s", got.Place.ID)
		}
		if _, err := w.tell(req); !errors.Is(err, ErrAllTold) {
			t.Errorf("again: %v", err)
		}
		req.Place = "Q999"
		if _, err := w.tell(req); !errors.Is(err, ErrAllTold) {
			t.Errorf("an unknown place: %v", err)
		}
	})
}

// A person who waits at a stop whose story is not written sees its card.
func TestAStopThatMustBeWrittenHasACard(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		w.sightsOf(ask(1), 600)
		req := ask(1)
		req.Place, req.Only = "Q507", true
		var card Card
		story, claim, err := w.Tell(w.t.Context(), req, func(c Card) { card = c })
		must(t, err)
		w.deliver(1, story, claim)
		if card.Place.ID != "Q507" || story.Source != FromModel {
			t.Errorf("card of %q, source %s", card.Place.ID, story.Source)
		}
	})
}

// A place that operators withhold is not a sight, whether its story is written or not.
func TestWithheldPlacesAreNoSights(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		w.mustTell(ask(1))
		synctest.Wait()
		before := w.sightsOf(ask(2), 600)
		var ready, other string
		for id, s := range before {
			if s.Ready {
				ready = id
			} else {
				other = id
			}
		}
		for _, id := range []string{ready, other} {
			must(t, w.store.Withhold(w.t.Context(), store.ReportKey{Place: id}, "a place", time.Now()))
		}
		after := w.sightsOf(ask(2), 600)
		for _, id := range []string{ready, other} {
			if _, ok := after[id]; ok || id == "" {
				t.Errorf("%q is a sight", id)
			}
		}
		if len(after) != len(before)-2 {
			t.Errorf("%d sights, before %d", len(after), len(before))
		}
	})
}

// A tour of a cold area costs the sources few requests.
func TestSightsCostFewRequests(t *testing.T) {
	for name, tt := range map[string]struct {
		set  setting
		most int
	}{
		"a contact":  {setting{noModel: true, articles: articles(200, 15, "ru")}, 5},
		"no contact": {setting{noModel: true, articles: articles(200, 15, "ru"), noContact: true}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, tt.set, func(w *world) {
				w.sightsOf(ask(1), 2500)
				if n := w.cfg.Places.Stats().Requests; int(n) > tt.most {
					t.Errorf("%d requests, at most %d", n, tt.most)
				} else {
					t.Logf("%d requests", n)
				}
				w.sightsOf(ask(2), 2500)
			})
		})
	}
}
