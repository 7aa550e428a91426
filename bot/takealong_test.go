package bot

import (
	"strings"
	"testing"
	"time"

	"excursobot/bot/booklet"
	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/store"
)

// files returns the documents that a person got.
func files(p *sim.Person) (list []sim.Message) {
	for _, m := range answers(p) {
		if m.Method == "sendDocument" {
			list = append(list, m)
		}
	}
	return list
}

func TestPackSendsWhatIsReady(t *testing.T) {
	inWorld(t, newTourWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Say("/pack"))
		if last(p).HTML != w.words("en").Say("pack.locate") {
			t.Errorf("without a position: %q", last(p).HTML)
		}
		n := len(answers(p))
		w.waitDone(p.Locate(cityLat, cityLon))
		w.waitStory(p, n+1)
		first := w.bot.cfg.Words.Words("en").Say("pack.first", "distance", "3 km")
		if got := answers(p)[n]; got.HTML != first || len(files(p)) > 0 {
			t.Errorf("with nothing ready: %q, %d files", got.HTML, len(files(p)))
		}
		time.Sleep(time.Minute) // the bot writes ahead, and the judge reads
		w.waitDone(p.Say("/pack"))
		got := files(p)
		if len(got) != 2 || !strings.HasSuffix(got[0].FileName, ".html") || !strings.HasSuffix(got[1].FileName, ".gpx") {
			t.Fatalf("files %+v, last %q", got, last(p).HTML)
		}
		page, gpx := string(got[0].File), string(got[1].File)
		n = strings.Count(page, "<article")
		if n < 1 || n > booklet.MaxStops || strings.Count(gpx, "<wpt") != n {
			t.Errorf("%d stories, and a file with %d places", n, strings.Count(gpx, "<wpt"))
		}
		for _, want := range []string{`<html lang="en">`, "CC BY-SA 4.0", "shortened and cleaned", ".wikipedia.org/wiki/", "<svg", "revision "} {
			if !strings.Contains(page, want) {
				t.Errorf("the page has no %q", want)
			}
		}
		w.waitDone(p.Say("/pack"))
		if len(files(p)) != 2 || last(p).HTML != w.words("en").Say("pack.again", "duration", takeEvery) {
			t.Errorf("a second one at once: %d files, %q", len(files(p)), last(p).HTML)
		}
		time.Sleep(takeEvery)
		w.waitDone(p.Say("/pack"))
		if len(files(p)) != 4 {
			t.Errorf("after %v: %d files", takeEvery, len(files(p)))
		}
		told, err := w.store.CountTold(t.Context(), 1)
		if err != nil || told != 1 {
			t.Errorf("%d places count as told, %v", told, err)
		}
	})
}

// A person whom the bot asks for their position does not have to ask for the stories again.
func TestPackGoesOnWithThePosition(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]func(p *sim.Person){
		"a location":      func(p *sim.Person) { p.Locate(cityLat, cityLon) },
		"coordinates":     func(p *sim.Person) { p.Say("48.2000, 11.5000") },
		"a live location": func(p *sim.Person) { p.Share(cityLat, cityLon, 3600) },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, newTourWorld, worldConfig{}, func(t *testing.T, w *world) {
				w.located(w.person(1, "en"))
				time.Sleep(time.Minute)
				p := w.person(2, "en")
				w.waitDone(p.Say("/pack"))
				send(p)
				w.until("sent", func() bool { return len(files(p)) == 2 })
				_, walking := w.bot.live.Walk(2)
				if told, err := w.store.CountTold(t.Context(), 2); err != nil || told > 0 && !walking {
					t.Errorf("%d places told, %v", told, err)
				}
				n := len(storiesOf(p))
				if !walking {
					w.waitDone(p.Locate(cityLat, cityLon))
					w.until("told", func() bool { return len(storiesOf(p)) == n+1 })
				}
			})
		})
	}
}

func TestPackWithNothingReady(t *testing.T) {
	inWorld(t, newTourWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.must(w.store.NotePoint(t.Context(), store.LastPoint{Person: 1, Chat: 1, Point: geo.Point{Lat: 10, Lon: 10}, At: time.Now()})) // in the wild
		w.waitDone(p.Say("/pack"))
		if !strings.Contains(last(p).HTML, "no story ready within 3 km") || len(files(p)) > 0 || data(last(p), "more:") == "" {
			t.Errorf("%q, %d files", last(p).HTML, len(files(p)))
		}
	})
}

func TestTakeAlongIsOfferedWithToursAndSummaries(t *testing.T) {
	inWorld(t, newTourWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.located(p)
		if list := w.planned(p, "/tour 60"); data(list, "pack:") == "" {
			t.Errorf("a tour without the button: %+v", list.Buttons)
		}
		h := w.hike(2, time.Hour)
		h.waitTold(1)
		h.walk(90 * time.Second)
		h.p.Say("/stop")
		w.until("closed", func() bool { return w.walk(h).Closed })
		if data(h.summary(), "pack:") == "" {
			t.Errorf("a summary without the button: %+v", h.summary().Buttons)
		}
	})
}
