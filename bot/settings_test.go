package bot

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/store"
)

func TestASettingPressedTwiceIsStoredOnce(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		menu := w.ask(p, "/settings")
		for _, choice := range []string{"set:length:short", "set:length:long", "set:nature:on", "set:history:on", "set:nature:off", "set:people:on", "set:pictures:off", "set:pins:off"} {
			w.press(p, menu, choice)
			w.press(p, last(p), choice) // twice is once
		}
		user, err := w.store.User(t.Context(), 1)
		w.must(err)
		if user.Length != store.Long || !slices.Equal(user.Interests, []string{"history", "people"}) || !user.HidePictures || !user.HidePins {
			t.Errorf("stored %+v", user)
		}
		if got := last(p); got.ID != menu.ID || got.HTML != settingsMenu(w.words("en"), user).HTML {
			t.Errorf("menu became %+v", got)
		}
		w.waitDone(p.Locate(cityLat, cityLon))
		synctest.Wait()
		if got := last(p); got.Preview != "" || len(pinsOf(p)) != 0 {
			t.Errorf("a story with picture %q and %d pins", got.Preview, len(pinsOf(p)))
		}
	})
}

func TestASettingIsCalledSavedWhenItIs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := &atomic.Bool{}
		room.Store(true)
		w := newWorld(t, worldConfig{edit: func(c *Config) { c.Store = fullStore{c.Store, room} }})
		defer w.close()
		p := w.person(1, "en")
		var mu sync.Mutex
		var toasts []string
		defer w.tg.Subscribe(func(e sim.Event) {
			if e.Kind == "callback_answer" {
				mu.Lock()
				defer mu.Unlock()
				toasts = append(toasts, e.Text)
			}
		})()
		menu := w.ask(p, "/settings")
		w.press(p, menu, "set:pins:off")
		room.Store(false)
		p.Press(menu.ID, "set:pictures:off")
		time.Sleep(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if want := []string{"Saved.", ""}; !slices.Equal(toasts, want) {
			t.Errorf("answers to the buttons %q, want %q", toasts, want)
		}
	})
}
