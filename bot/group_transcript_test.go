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

// TestGroupTranscripts plays a group that walks together: how it learns of it, the question, what its members and administrators may do, the end. -update
// writes the files again.
func TestGroupTranscripts(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"en", "ru", "fr", "pt"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				golden(t, filepath.Join("testdata", "group."+language+".txt"), playGroup(t, language))
			})
		})
	}
}

func playGroup(t *testing.T, language string) string {
	const group = -1000000000001
	w := newWorld(t, worldConfig{articles: 300, languages: []string{"fr", "pt", "uk"}, edit: func(c *Config) {
		c.Limits.ChatBurst, c.Limits.OutBurst, c.Limits.GroupBurst = 10, 20, 20
		c.Live = live.Config{Intervals: []time.Duration{5 * time.Minute, 10 * time.Minute}}
	}})
	defer w.close()
	tr := &transcript{}
	defer w.tg.Subscribe(func(e sim.Event) {
		if e.Chat == group && (e.Message.FromBot || e.Kind == "callback_answer") { // what people do is noted with who they are
			tr.hear(e)
		}
	})()
	settled := func() { time.Sleep(30 * time.Second); synctest.Wait() }
	part := func(name string) {
		settled()
		tr.note("\n=== %s\n", name)
	}
	g := w.tg.Group(sim.GroupProfile{ID: group, Title: "Friends"})
	ann, bob, carl := w.person(1, language).In(g), w.person(2, language).In(g), w.person(3, language).In(g)
	g.Appoint(carl)
	names := map[*sim.Person]string{ann: "who shares", bob: "a member", carl: "an administrator"}
	say := func(p *sim.Person, text string) {
		tr.note("\n> %s: %s\n", names[p], text)
		w.waitDone(p.Say(text))
		settled()
	}
	press := func(p *sim.Person, button string) {
		t.Helper()
		m := w.withButton(g, button)
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Data == data(m, button) {
					tr.note("\n> %s: [%s]\n", names[p], b.Text)
				}
			}
		}
		w.waitDone(p.Press(m.ID, data(m, button)))
		settled()
	}

	tr.note("=== a place, and how to walk together\n")
	tr.note("\n> %s: [location]\n", names[bob])
	w.waitDone(bob.Locate(cityLat, cityLon))
	settled()
	say(bob, "/tour")
	say(bob, "/live")

	part("the question")
	at := geo.Point{Lat: cityLat, Lon: cityLon}
	tr.note("\n> %s: [live location]\n", names[ann])
	_, share := ann.Share(at.Lat, at.Lon, 3600)
	settled()
	press(bob, "group:walk")
	press(ann, "group:walk")

	part("the walk")
	for range 30 {
		time.Sleep(10 * time.Second)
		at = geo.Offset(at, 60, 12)
		ann.Move(share, at.Lat, at.Lon, 60)
	}
	settled()
	say(bob, "/stop")
	say(carl, "/live")
	press(bob, "live:pause")
	press(carl, "live:pause")
	press(carl, "live:resume")

	part("the end")
	tr.note("\n> %s: [sharing ends]\n", names[ann])
	ann.StopSharing(share)
	settled()

	part("forgetting")
	say(bob, "/forget")
	say(carl, "/forget")
	press(bob, "forget:yes")
	press(carl, "forget:yes")
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.b.String()
}
