package bot

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/telegram"

	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/store"
)

// pinsOf returns the venues that the bot sent to the person.
func pinsOf(p *sim.Person) []sim.Message {
	var got []sim.Message
	for _, m := range fromBot(p) {
		if m.Method == "sendVenue" {
			got = append(got, m)
		}
	}
	return got
}

func TestAStoryIsFollowedByItsPin(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		synctest.Wait()
		story, got := answers(p)[0], pinsOf(p)
		if len(got) != 1 || got[0].Text != title(story) || got[0].At.Before(story.EditedAt) {
			t.Fatalf("pins %+v after the story %q", got, story.Text)
		}
		var sent venue
		w.must(json.Unmarshal(got[0].Raw, &sent))
		if !sent.Silent || sent.Address == "" {
			t.Errorf("sent %+v, want it silent and with an address", sent)
		}
		if map_ := mapURL(geo.Point{Lat: sent.Lat, Lon: sent.Lon}); mapOf(story) != map_ {
			t.Errorf("the pin is at %s, the map button at %s", map_, mapOf(story))
		}
	})
}

func TestPinsAreLeftOut(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		edit func(*Config)
		hide bool
	}{
		"by the person":  {hide: true},
		"under pressure": {edit: func(c *Config) { c.Limits.OutBurst = telegram.OptionalReserve }},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, newWorld, worldConfig{edit: tt.edit}, func(t *testing.T, w *world) {
				p := w.person(1, "en")
				w.waitDone(p.Say("/help"))
				_, err := w.store.UpdateUser(t.Context(), 1, func(u *store.User) error { u.HidePins = tt.hide; return nil })
				w.must(err)
				w.waitDone(p.Locate(cityLat, cityLon))
				synctest.Wait()
				if len(storiesOf(p)) != 1 || len(pinsOf(p)) != 0 {
					t.Errorf("%d stories and %d pins, want a story alone", len(storiesOf(p)), len(pinsOf(p)))
				}
			})
		})
	}
}

func TestAPinNeedsAPosition(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		place store.Place
		want  bool
	}{
		"as it should be": {store.Place{Title: "X", Point: geo.Point{Lat: 1, Lon: 2}}, true},
		"nowhere":         {store.Place{Title: "X"}, false},
		"off the globe":   {store.Place{Title: "X", Point: geo.Point{Lat: 91, Lon: 2}}, false},
		"without a name":  {store.Place{Point: geo.Point{Lat: 1, Lon: 2}}, false},
	} {
		if got := located(tt.place); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// A pause that Telegram asks for when it refuses a pin holds for what follows.
func TestAPinObeysThePause(t *testing.T) {
	inWorld(t, newWorld, worldConfig{telegram: sim.TelegramConfig{Fault: func(m string, n int) (int, string, int, bool) {
		return http.StatusTooManyRequests, "", 7, m == "sendVenue" && n == 1
	}}}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		synctest.Wait()
		asked := time.Now()
		w.waitDone(p.Say("/help"))
		if took := answers(p)[1].At.Sub(asked); took < 6*time.Second || len(pinsOf(p)) != 0 {
			t.Errorf("answered %v after the refusal, want its pause of 7 s; %d pins", took, len(pinsOf(p)))
		}
	})
}

func TestDescriptionsAreReadAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var d descriptions
		tower := described{"Q243", "en"}
		knows := func(of described, want bool) {
			t.Helper()
			if text, ok := d.get(of); ok != want || ok && text != "tower" {
				t.Errorf("%v: %q, %v, want %v", of, text, ok, want)
			}
		}
		knows(tower, false)
		d.put(tower, "tower")
		knows(tower, true)
		knows(described{"Q243", "ru"}, false)
		time.Sleep(describedFor)
		knows(tower, false)
		for i := range describedMost {
			d.put(described{fmt.Sprint("Q", i), "en"}, "tower")
		}
		d.put(tower, "tower")
		if knows(tower, true); len(d.texts) > describedMost {
			t.Errorf("%d descriptions, want at most %d", len(d.texts), describedMost)
		}
	})
}
