package bot

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/live"
	"excursobot/bot/sim"
	"excursobot/geo"
)

// TestTourTranscripts plays a tour: planned, begun by buttons, followed with a live location, ended. -update writes the files again.
func TestTourTranscripts(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"en", "ru"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				golden(t, filepath.Join("testdata", "tour."+language+".txt"), playTour(t, language))
			})
		})
	}
}

func playTour(t *testing.T, language string) string {
	const person = 1
	w := newWorld(t, worldConfig{articles: 300, edit: func(c *Config) {
		c.Limits.ChatBurst, c.Limits.OutBurst = 10, 20
		c.Live = live.Config{Intervals: []time.Duration{5 * time.Minute, 10 * time.Minute}}
	}})
	defer w.close()
	tr := &transcript{}
	defer w.tg.Subscribe(func(e sim.Event) {
		if e.Chat == person {
			tr.hear(e)
		}
	})()
	part := func(name string) {
		time.Sleep(time.Minute)
		synctest.Wait()
		tr.note("\n=== %s\n", name)
	}
	p := w.person(person, language)
	press := func(button string) {
		t.Helper()
		m := newest(p, button)
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Data == data(m, button) {
					tr.note("\n> [%s]\n", b.Text)
				}
			}
		}
		w.press(p, m, data(m, button))
	}
	settled := func() { time.Sleep(30 * time.Second); synctest.Wait() }

	tr.note("=== the plan\n")
	w.ask(p, "/tour")
	press("tour:60:round")
	p.Locate(cityLat+0.004, cityLon)
	settled()

	part("the first stop, by button")
	press("tour:start:")
	press("tour:there:")
	settled()

	part("the second stop, with a live location")
	tour := w.tour(person)
	at := geo.Offset(tour.Stops[0].Point, 200, 70)
	h := &hike{w: w, id: person, p: p, at: at}
	_, h.share = p.Share(at.Lat, at.Lon, 3600)
	settled()
	h.strollTo(tour.Stops[1].Point)
	settled()

	part("one is skipped")
	press("tour:skip:")

	part("the state")
	w.ask(p, "/live")
	w.ask(p, "/tour")

	part("the way back")
	for w.tour(person).Next < len(w.tour(person).Stops) {
		press("tour:skip:")
	}

	part("the end")
	press("tour:end:")
	settled()
	p.StopSharing(h.share)
	settled()
	return tr.b.String()
}
