package bot

import (
	"encoding/json"
	"testing"
	"time"

	"excursobot/bot/sim"
)

func TestABlockedPersonIsRememberedAndComesBack(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Say("/start"))
		unreachable := func() bool {
			u, err := w.store.User(t.Context(), 1)
			w.must(err)
			return u.Unreachable
		}
		update := p.Locate(cityLat, cityLon)
		p.Block()
		w.waitDone(update)
		w.until("unreachable", unreachable)
		p.Unblock()
		w.until("reachable again", func() bool { return !unreachable() })
		time.Sleep(time.Minute)
		p.Locate(cityLat, cityLon)
		w.until("a story", func() bool { got := answers(p); return len(got) > 0 && len(got[len(got)-1].Buttons) > 0 })
	})
}

func TestABotThrownOutOfAGroupStillReachesThePerson(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		group := w.tg.Person(sim.Profile{ID: -100, FirstName: "G"})
		group.Block()
		w.waitDone(w.tg.Inject(json.RawMessage(`{"message":{"message_id":50,"date":1,"from":{"id":1,"language_code":"en"},"chat":{"id":-100,"type":"group"},"text":"/help"}}`)))
		u, err := w.store.User(t.Context(), 1)
		w.must(err)
		if u.Unreachable {
			t.Error("the person is called unreachable")
		}
	})
}
