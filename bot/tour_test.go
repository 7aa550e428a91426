package bot

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"excursobot/bot/intake"
	"excursobot/bot/sim"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/store"
)

// newTourWorld is a walk world in a city with enough places for a tour.
func newTourWorld(t testing.TB, cfg worldConfig) *world {
	t.Helper()
	if cfg.articles == 0 {
		cfg.articles = 300
	}
	return newWalkWorld(t, cfg)
}

// tour reads the person's tour from the store.
func (w *world) tour(person int64) store.Tour {
	w.t.Helper()
	tour, err := w.store.Tour(w.t.Context(), person, time.Now())
	w.must(err)
	return tour
}

// located makes the bot know where the person is.
func (w *world) located(p *sim.Person) {
	w.t.Helper()
	w.waitDone(p.Locate(cityLat, cityLon))
	w.waitStory(p, 0)
}

// planned plans a tour and returns its list.
func (w *world) planned(p *sim.Person, command string) sim.Message {
	w.t.Helper()
	w.waitDone(p.Say(command))
	for _, m := range answers(p) {
		if data(m, "tour:start:") != "" {
			return m
		}
	}
	w.t.Fatalf("no tour: %+v", last(p))
	return sim.Message{}
}

// newest returns the newest message with such a button.
func newest(p *sim.Person, button string) sim.Message {
	var found sim.Message
	for _, m := range answers(p) {
		if data(m, button) != "" {
			found = m
		}
	}
	return found
}

func TestATourIsPlannedAtOnce(t *testing.T) {
	inWorld(t, newTourWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.located(p)
		began := time.Now()
		list := w.planned(p, "/tour 60")
		if took := list.At.Sub(began); took > 5*time.Second {
			t.Errorf("the list took %v", took)
		}
		tour := w.tour(1)
		if len(tour.Stops) < 3 || !tour.Round || tour.Minutes != 60 || tour.Next != 0 || !tour.Started.IsZero() {
			t.Fatalf("tour %+v", tour)
		}
		heard, err := w.store.Told(t.Context(), 1, []string{tour.Stops[0].Place, tour.Stops[1].Place, tour.Stops[2].Place})
		w.must(err)
		for i, s := range tour.Stops {
			if i < 3 && heard[i] {
				t.Errorf("stop %d was heard", i+1)
			}
			if i > 0 && s.Minutes < tour.Stops[i-1].Minutes+4 || s.Minutes > 60 {
				t.Errorf("stop %d comes after %d min", i+1, s.Minutes)
			}
			if !strings.Contains(list.Text, s.Title) {
				t.Errorf("%q is not in the list", s.Title)
			}
		}
		sent := map[string]sim.Message{}
		w.until("picture and file", func() bool {
			for _, m := range fromBot(p) {
				sent[m.Method] = m
			}
			return sent["sendPhoto"].ID != 0 && sent["sendDocument"].ID != 0
		})
		if sent["sendPhoto"].ID < list.ID {
			t.Error("the picture came before the list")
		}
	})
}

func TestATourAsksHowLongAndWhere(t *testing.T) {
	inWorld(t, newTourWorld, worldConfig{noModel: true}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		ask := w.ask(p, "/tour")
		if data(ask, "tour:90:round") == "" || data(ask, "tour:30:oneway") == "" {
			t.Fatalf("buttons %+v", ask.Buttons)
		}
		w.press(p, ask, "tour:90:oneway")
		if where := last(p); len(where.Keyboard) == 0 {
			t.Fatalf("no button for the location: %+v", where)
		}
		w.waitDone(p.Locate(cityLat, cityLon))
		if tour := w.tour(1); tour.Minutes != 90 || tour.Round {
			t.Errorf("tour %+v", tour)
		}
		n := len(answers(p))
		w.waitDone(p.Locate(cityLat, cityLon)) // the next position gets a story
		if got := answers(p)[n:]; len(got) == 0 || data(got[0], "more:") == "" {
			t.Errorf("a position after the tour: %+v", got)
		}
		for _, text := range []string{"/tour 45", "/tour soon", "/tour -30", "/tour 30000000000000000000"} {
			if got := w.ask(p, text); data(got, "tour:30:round") == "" {
				t.Errorf("%s: %q", text, got.Text)
			}
		}
	})
}

// The question where the tour begins can be answered with a live location, too.
func TestATourBeginsWhereALiveLocationIsShared(t *testing.T) {
	inWorld(t, newTourWorld, worldConfig{noModel: true}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Say("/tour 60"))
		update, _ := p.Share(cityLat, cityLon, 3600)
		w.waitDone(update)
		if tour := w.tour(1); tour.Minutes != 60 || newest(p, "tour:start:").ID == 0 {
			t.Errorf("tour %+v", tour)
		}
	})
}

// Without a live location, buttons lead from stop to stop.
func TestATourByButtons(t *testing.T) {
	inWorld(t, newTourWorld, worldConfig{}, func(t *testing.T, w *world) {
		words := w.words("en")
		p := w.person(1, "en")
		w.located(p)
		list := w.planned(p, "/tour 90")
		stops := w.tour(1).Stops
		w.press(p, list, data(list, "tour:start:"))
		first := newest(p, "tour:there:")
		if !strings.Contains(first.Text, stops[0].Title) || !strings.Contains(first.Text, "about") {
			t.Fatalf("next: %q", first.Text)
		}
		w.press(p, first, data(first, "tour:there:"))
		story := storiesOf(p)[len(storiesOf(p))-2]
		if !strings.Contains(story.Text, stops[0].Title) || data(story, "more:") == "" {
			t.Errorf("the story: %q", story.Text)
		}
		second := newest(p, "tour:there:")
		if !strings.Contains(second.Text, stops[1].Title) {
			t.Errorf("next: %q", second.Text)
		}
		// An old button does nothing.
		n := len(answers(p))
		w.press(p, first, data(first, "tour:there:"))
		w.press(p, first, data(first, "tour:skip:"))
		if got := len(answers(p)); got != n {
			t.Errorf("%d more messages for old buttons", got-n)
		}
		w.press(p, second, data(second, "tour:skip:"))
		if third := newest(p, "tour:there:"); !strings.Contains(third.Text, stops[2].Title) {
			t.Errorf("after a skip: %q", third.Text)
		}
		if shown := w.ask(p, "/tour"); !strings.Contains(shown.Text, stops[2].Title) {
			t.Errorf("/tour on the way: %q", shown.Text)
		}
		end := newest(p, "tour:end:")
		w.press(p, end, data(end, "tour:end:"))
		if got := last(p).HTML; !strings.HasPrefix(got, words.Say("tour.end", "n", 1, "all", len(stops), "duration", time.Minute)[:30]) {
			t.Errorf("the end: %q", got)
		}
		if _, err := w.store.Tour(t.Context(), 1, time.Now()); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the tour is there: %v", err)
		}
		w.press(p, end, data(end, "tour:skip:"))
		if got := len(answers(p)); got != len(answers(p)) || strings.Contains(last(p).Text, "Next") {
			t.Errorf("a button after the end: %q", last(p).Text)
		}
		heard, err := w.store.Told(t.Context(), 1, []string{stops[0].Place, stops[1].Place})
		w.must(err)
		if !heard[0] || heard[1] {
			t.Errorf("heard %v, want the first stop only", heard)
		}
	})
}

// strollTo walks to a point at 1.4 m/s, with a fix every 5 s.
func (h *hike) strollTo(p geo.Point) {
	for geo.Distance(h.at, p) > 10 {
		time.Sleep(5 * time.Second)
		h.at = geo.Offset(h.at, geo.Bearing(h.at, p), min(7, geo.Distance(h.at, p)))
		h.p.Move(h.share, h.at.Lat, h.at.Lon, 0)
	}
	time.Sleep(15 * time.Second)
}

// tourOf plans a tour for a person, who then shares a live location.
func (w *world) tourOf(id int64, command string) (*hike, store.Tour) {
	w.t.Helper()
	p := w.person(id, "en")
	w.located(p)
	list := w.planned(p, command)
	w.press(p, list, data(list, "tour:start:"))
	h := w.hike(id, 3*time.Hour)
	time.Sleep(5 * time.Second)
	return h, w.tour(id)
}

func TestALiveLocationFollowsTheTour(t *testing.T) {
	inWorld(t, newTourWorld, worldConfig{}, func(t *testing.T, w *world) {
		words := w.words("en")
		h, _ := w.tourOf(1, "/tour 30")
		tour, err := w.store.UpdateTour(t.Context(), 1, time.Now(), func(tour *store.Tour) error {
			tour.From = geo.Offset(tour.Stops[len(tour.Stops)-1].Point, 90, 250)
			return nil
		})
		w.must(err)
		for i, s := range tour.Stops {
			h.strollTo(s.Point)
			time.Sleep(time.Minute)
			told := h.told()
			if len(told) <= i || !strings.Contains(told[i].Text, s.Title) {
				t.Fatalf("stop %d (%s): %d stories", i+1, s.Title, len(told))
			}
		}
		over := words.Say("tour.walk_on", "interval", interval(words, 10*time.Second))
		if back := newest(h.p, "tour:end:"); !strings.HasPrefix(back.HTML, words.Say("tour.go_back", "way", "")) || data(back, "tour:skip:") != "" ||
			mapOf(back) != mapURL(tour.From) || h.has(over) {
			t.Errorf("after the last stop: %+v", back)
		}
		if shown := w.ask(h.p, "/tour"); !strings.HasPrefix(shown.HTML, words.Say("tour.go_back", "way", "")) {
			t.Errorf("/tour on the way back: %q", shown.HTML)
		}
		told := len(h.told())
		h.strollTo(geo.Offset(tour.From, 270, 100))
		if n := len(h.told()); n > told {
			t.Errorf("%d stories on the way back", n-told)
		}
		h.strollTo(tour.From)
		if !h.has(over) || !h.has(fmt.Sprintf("%d of %d stops heard", len(tour.Stops), len(tour.Stops))) {
			t.Errorf("back at the start: %q", last(h.p).HTML)
		}
		if len(h.said("live.question")) > 0 {
			t.Error("asked how often, in a tour")
		}
		h.waitTold(len(tour.Stops) + 1) // the walk goes on
		h.p.StopSharing(h.share)
		w.until("the summary", func() bool { return h.has(words.Say("live.end_stopped")) })
		h.summary()
	})
}

// A tour goes on after the process was killed, wherever that was.
func TestATourSurvivesARestart(t *testing.T) {
	inWorld(t, newTourWorld, worldConfig{}, func(t *testing.T, w *world) {
		h, tour := w.tourOf(1, "/tour 60")
		now := func() int { return w.tour(1).Next }
		w.cut()
		w.start()
		first := now()
		h.strollTo(tour.Stops[first].Point)
		time.Sleep(time.Minute)
		if got := h.told(); len(got) <= first || !strings.Contains(got[first].Text, tour.Stops[first].Title) || now() <= first {
			t.Fatalf("stop %d: %d stories", first+1, len(got))
		}
		w.cut()
		w.start()
		next, skipped := newest(h.p, "tour:skip:"), now()
		w.press(h.p, next, data(next, "tour:skip:"))
		if got := newest(h.p, "tour:skip:"); !strings.Contains(got.Text, tour.Stops[skipped+1].Title) {
			t.Errorf("after a skip: %q", got.Text)
		}
		if got := w.walk(h).Aim; got != tour.Stops[skipped+1].Point {
			t.Errorf("aims at %v", got)
		}
		// A process ended after a stop was done, and before it led on.
		_, err := w.store.UpdateTour(t.Context(), 1, time.Now(), func(tour *store.Tour) error { tour.Next++; return nil })
		w.must(err)
		h.strollTo(tour.Stops[skipped+1].Point)
		led := slices.ContainsFunc(answers(h.p), func(m sim.Message) bool {
			return data(m, "tour:skip:") != "" && strings.Contains(m.Text, tour.Stops[skipped+2].Title)
		})
		if !led {
			t.Errorf("not led on: %q", newest(h.p, "tour:skip:").Text)
		}
	})
}

// A tour ends at its last stop if it is one way, or if the start is beside it.
func TestATourWithoutAWayBack(t *testing.T) {
	for name, command := range map[string]string{"one way": "tour:30:oneway", "round, to where the person stands": "tour:30:round"} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, newTourWorld, worldConfig{noModel: true}, func(t *testing.T, w *world) {
				p := w.person(1, "en")
				w.located(p)
				w.press(p, w.ask(p, "/tour"), command)
				list := newest(p, "tour:start:")
				w.press(p, list, data(list, "tour:start:"))
				tour := w.tour(1)
				_, err := w.store.UpdateTour(t.Context(), 1, time.Now(), func(tour *store.Tour) error {
					tour.Next, tour.Shown = len(tour.Stops)-1, len(tour.Stops)
					if tour.Round {
						tour.From = geo.Offset(tour.Stops[tour.Next].Point, 90, 40)
					}
					return nil
				})
				w.must(err)
				w.press(p, w.ask(p, "/tour"), tourData("there", w.tour(1)))
				if got := last(p).HTML; !strings.HasPrefix(got, fmt.Sprintf("The tour is over: 1 of %d", len(tour.Stops))) {
					t.Errorf("the end: %q", got)
				}
			})
		})
	}
}

// A process may end between any two steps of a tour. The next one repeats no story and counts each.
func TestATourGoesOnWhereAProcessEnded(t *testing.T) {
	set := func(w *world, fn func(*store.Tour)) {
		_, err := w.store.UpdateTour(w.t.Context(), 1, time.Now(), func(tour *store.Tour) error { fn(tour); return nil })
		w.must(err)
	}
	nothingNew := func(p *sim.Person) bool {
		return slices.ContainsFunc(answers(p), func(m sim.Message) bool { return strings.Contains(m.Text, "nothing new") })
	}
	begun := func(t *testing.T, w *world) (*sim.Person, store.Tour) {
		p := w.person(1, "en")
		w.located(p)
		list := w.planned(p, "/tour 60")
		w.press(p, list, data(list, "tour:start:"))
		return p, w.tour(1)
	}
	t.Run("the story was told by a button", func(t *testing.T) {
		inWorld(t, newTourWorld, worldConfig{noModel: true}, func(t *testing.T, w *world) {
			p, tour := begun(t, w)
			m := newest(p, "tour:there:")
			w.press(p, m, data(m, "tour:there:"))
			set(w, func(tour *store.Tour) { tour.Next, tour.Shown, tour.Heard = 0, 1, 0 })
			w.press(p, m, data(m, "tour:there:"))
			if got := w.tour(1); got.Next != 1 || got.Heard != 1 || nothingNew(p) || !strings.Contains(newest(p, "tour:there:").Text, tour.Stops[1].Title) {
				t.Errorf("tour %+v, last %q", got, last(p).Text)
			}
		})
	})
	t.Run("a stop was skipped", func(t *testing.T) {
		inWorld(t, newTourWorld, worldConfig{noModel: true}, func(t *testing.T, w *world) {
			p, tour := begun(t, w)
			m := newest(p, "tour:skip:")
			set(w, func(tour *store.Tour) { tour.Next = 1 })
			w.press(p, m, data(m, "tour:skip:"))
			if got := w.tour(1); got.Next != 1 || got.Shown != 2 || !strings.Contains(last(p).Text, tour.Stops[1].Title) {
				t.Errorf("tour %+v, last %q", got, last(p).Text)
			}
		})
	})
	t.Run("the tour was planned, and begun before the next process planned it again", func(t *testing.T) {
		inWorld(t, newTourWorld, worldConfig{noModel: true}, func(t *testing.T, w *world) {
			p, tour := begun(t, w)
			n := len(answers(p))
			u := &update{Task: &intake.Task{Update: &telegram.Update{ID: 999, Person: 1, Chat: 1, Private: true, Arrived: tour.Planned}}, words: w.words("en")}
			w.must(w.bot.router.tours.plan(t.Context(), u, tour.From, wish{minutes: 60, round: true}))
			if got := w.tour(1); got.Started.IsZero() || got.Shown != 1 || len(answers(p)) != n {
				t.Errorf("tour %+v, %d messages", got, len(answers(p))-n)
			}
		})
	})
	t.Run("the tour was begun", func(t *testing.T) {
		inWorld(t, newTourWorld, worldConfig{noModel: true}, func(t *testing.T, w *world) {
			p := w.person(1, "en")
			w.located(p)
			list := w.planned(p, "/tour 60")
			set(w, func(tour *store.Tour) { tour.Started = time.Now() })
			w.press(p, list, data(list, "tour:start:"))
			if newest(p, "tour:there:").ID == 0 {
				t.Errorf("last %q", last(p).Text)
			}
		})
	})
	t.Run("the story was told on arrival, and the walker went on", func(t *testing.T) {
		inWorld(t, newTourWorld, worldConfig{noModel: true}, func(t *testing.T, w *world) {
			h, tour := w.tourOf(1, "/tour 60")
			first := w.tour(1).Next
			h.strollTo(tour.Stops[first].Point)
			time.Sleep(30 * time.Second)
			told := len(h.told())
			w.cut()
			walk, err := w.store.Walk(t.Context(), w.walk(h).ID)
			w.must(err)
			walk.Aim, walk.Attempt = tour.Stops[first].Point, store.Attempt{Number: walk.Number, Place: tour.Stops[first].Place}
			walk.Point = geo.Offset(walk.Aim, 0, 400)
			walk.Revision++
			w.must(w.store.SaveWalks(t.Context(), []store.Walk{walk}))
			set(w, func(tour *store.Tour) { tour.Next, tour.Shown, tour.Heard = first, first+1, tour.Heard-1 })
			w.start()
			time.Sleep(time.Minute)
			if got := w.tour(1); got.Next != first+1 || got.Heard != first+1 || nothingNew(h.p) || len(h.told()) != told {
				t.Errorf("tour %+v, %d stories, last %q", got, len(h.told())-told, last(h.p).Text)
			}
		})
	})
	t.Run("the last story was told", func(t *testing.T) {
		inWorld(t, newTourWorld, worldConfig{noModel: true}, func(t *testing.T, w *world) {
			h, tour := w.tourOf(1, "/tour 60")
			at := w.tour(1).Next
			set(w, func(tour *store.Tour) {
				tour.Stops, tour.Next, tour.Shown, tour.Round, tour.Heard = tour.Stops[:at+1], at+1, at+1, false, 1
			})
			h.strollTo(tour.Stops[at].Point)
			if !h.has("The tour is over") {
				t.Errorf("last %q", last(h.p).Text)
			}
		})
	})
}

func TestWhereLittleIsThereIsNoTour(t *testing.T) {
	inWorld(t, newTourWorld, worldConfig{articles: 1, noModel: true}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		w.waitDone(p.Say("/tour 60"))
		want := w.words("en").Say("tour.none", "duration", time.Hour)
		if last(p).HTML != want {
			// without a story there was no position: the question where comes first
			w.waitDone(p.Locate(cityLat, cityLon))
		}
		if got := last(p); got.HTML != want || data(got, "more:") == "" {
			t.Errorf("got %q", got.HTML)
		}
	})
}

func TestATourWithoutSources(t *testing.T) {
	inWorld(t, newTourWorld, worldConfig{down: true, noModel: true}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Say("/tour 60"))
		w.waitDone(p.Locate(cityLat, cityLon))
		if got, want := last(p).HTML, w.words("en").Say("error.source"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestForgettingDeletesTheTour(t *testing.T) {
	inWorld(t, newTourWorld, worldConfig{noModel: true}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.located(p)
		list := w.planned(p, "/tour 60")
		w.press(p, w.ask(p, "/forget"), "forget:yes:1")
		if _, err := w.store.Tour(t.Context(), 1, time.Now()); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the tour is there: %v", err)
		}
		n := len(answers(p))
		w.press(p, list, data(list, "tour:start:"))
		if got := answers(p)[n:]; len(got) != 0 {
			t.Errorf("a tour that is gone began: %+v", got)
		}
		w.waitDone(w.tg.Inject(pressed(1, strings.Replace(data(list, "tour:start:"), "start", "there", 1)))) // no toast is shown for it any more
		if got := answers(p)[n:]; len(got) != 1 || got[0].HTML != w.cfg.Words.Words("en").Say("toast.tour_over") {
			t.Errorf("the person at a stop of it is told %+v", got)
		}
	})
}

func TestForgedTourButtons(t *testing.T) {
	inWorld(t, newTourWorld, worldConfig{noModel: true}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.located(p)
		w.planned(p, "/tour 60")
		for _, forged := range []string{
			"tour:", "tour:31:round", "tour:60:square", "tour:60", "tour:start", "tour:start:x", "tour:skip:x:0", "tour:there::-1",
			"tour:there:" + tourID(w.tour(1)) + ":99", "tour:fly:" + tourID(w.tour(1)) + ":0",
		} {
			n, before := len(answers(p)), w.tour(1)
			w.waitDone(w.tg.Inject(pressed(1, forged)))
			if got := w.tour(1); len(answers(p)) != n || got.Next != before.Next || !got.Started.IsZero() {
				t.Errorf("%q: %d messages, %+v", forged, len(answers(p))-n, got)
			}
		}
	})
}

func TestRouteLinks(t *testing.T) {
	words := loadWords(t)
	at := func(i int) geo.Point { return geo.Point{Lat: 48 + float64(i)/1000, Lon: 2.5} }
	tour := func(stops int, round bool) store.Tour {
		tour := store.Tour{From: at(0), Round: round}
		for i := range stops {
			tour.Stops = append(tour.Stops, store.TourStop{Point: at(i + 1)})
		}
		return tour
	}
	for _, tt := range []struct {
		name        string
		stops       int
		round       bool
		destination string
		waypoints   int
		part        bool
	}{
		{"one way", 5, false, "48.005000,2.500000", 4, false},
		{"round", 5, true, "48.000000,2.500000", 5, false},
		{"one way, as long as fits", 10, false, "48.010000,2.500000", 9, false},
		{"one way, too long", 11, false, "48.010000,2.500000", 9, true},
		{"round, as long as fits", 9, true, "48.000000,2.500000", 9, false},
		{"round, too long", 12, true, "48.010000,2.500000", 9, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := mapButton(words.Words("en"), tour(tt.stops, tt.round))
			u, err := url.Parse(b.URL)
			if err != nil {
				t.Fatal(err)
			}
			q := u.Query()
			if n := len(strings.Split(q.Get("waypoints"), "|")); n != tt.waypoints || q.Get("destination") != tt.destination || q.Get("origin") != "48.000000,2.500000" {
				t.Errorf("%d waypoints to %s: %s", n, q.Get("destination"), b.URL)
			}
			if part := strings.Contains(b.Text, "10"); part != tt.part {
				t.Errorf("label %q", b.Text)
			}
			ru := mapButton(words.Words("ru"), tour(tt.stops, tt.round))
			if u, err = url.Parse(ru.URL); err != nil || u.Host != "yandex.ru" {
				t.Fatalf("%s, %v", ru.URL, err)
			}
			want := tt.stops + 1
			if tt.round {
				want++
			}
			if n := len(strings.Split(u.Query().Get("rtext"), "~")); n != want || u.Query().Get("rtt") != "pd" {
				t.Errorf("%d points, want %d: %s", n, want, ru.URL)
			}
		})
	}
}

// The longest tour that the store holds fits into one message and its buttons.
func TestTheLongestTourFitsIntoAMessage(t *testing.T) {
	words := loadWords(t)
	tour := store.Tour{Person: 1 << 52, Planned: time.Now(), Minutes: 120, Round: true, From: geo.Point{Lat: -48.123456, Lon: -170.123456}}
	for range store.MaxTourStops {
		tour.Stops = append(tour.Stops, store.TourStop{Title: strings.Repeat("Щ", store.MaxNameBytes/2), Point: geo.Point{Lat: -48.123456, Lon: -170.123456}, Minutes: 118})
	}
	for _, language := range words.Languages() {
		m := tourMessage(words.Words(language), tour, 2*time.Hour)
		if parts := m.Parts(); len(parts) > 1 {
			t.Errorf("%s: %d parts", language, len(parts))
		}
		next := nextStopMessage(words.Words(language), tour, standing(tour.From))
		for _, row := range append(m.Buttons, next.Buttons...) {
			for _, b := range row {
				if len(b.Data) > 64 || len(b.URL) > 2048 {
					t.Errorf("%s: %d bytes of data, %d of address", language, len(b.Data), len(b.URL))
				}
			}
		}
	}
}

func TestWishesAreBounded(t *testing.T) {
	ws, now := newWishes(), time.Now()
	for i := range int64(3 * maxWishes) {
		ws.put(i, wish{minutes: 30, round: true}, now)
	}
	if n := len(ws.held); n > maxWishes {
		t.Errorf("%d wishes", n)
	}
	ws.put(1, wish{minutes: 60}, now)
	if _, ok := ws.take(1, now.Add(wishLife)); ok {
		t.Error("an old wish")
	}
	ws.put(1, wish{minutes: 60}, now)
	if w, ok := ws.take(1, now); !ok || w.minutes != 60 {
		t.Errorf("got %+v, %v", w, ok)
	}
	if _, ok := ws.take(1, now); ok {
		t.Error("a wish twice")
	}
}

func loadWords(t *testing.T) *text.Catalog {
	t.Helper()
	words, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	return words
}

// pressed is the update of a button that no message has.
func pressed(person int64, button string) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"callback_query":{"id":"1","from":{"id":%d,"first_name":"P","language_code":"en"},"chat_instance":"1",
		"message":{"message_id":1,"date":%d,"chat":{"id":%d,"type":"private"}},"data":%q}}`, person, time.Now().Unix(), person, button))
}
