package bot

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/telegram"
	"excursobot/store"
)

// panicAPI panics in the calls of some methods.
type panicAPI struct {
	telegram.API
	in map[string]bool
}

func (p panicAPI) Call(ctx context.Context, method string, payload any) ([]byte, error) {
	if p.in[method] {
		panic(method)
	}
	return p.API.Call(ctx, method, payload)
}

func TestAPanicBesideAHandlerLeavesTheStory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{edit: func(c *Config) {
			c.API = panicAPI{c.API, map[string]bool{"sendChatAction": true, "setMyCommands": true}}
		}})
		defer w.close()
		p := w.person(1, "en")
		p.Locate(cityLat, cityLon)
		w.waitStory(p, 0)
		if w.bot.Stats().Panics < 2 || w.seen.count("error panic") < 2 {
			t.Errorf("%d panics counted; log %s", w.bot.Stats().Panics, w.logs)
		}
	})
}

func TestAnUpdateWhoseRoutePanicsIsParked(t *testing.T) {
	t.Parallel()
	b, stop := newFront(t, discardAPI{}, nil)
	defer stop()
	b.mux.callbacks["boom"] = func(*update, string) job { panic("boom") }
	body := `{"update_id":1,"callback_query":{"id":"1","from":{"id":1},"data":"boom:"}}`
	if w := post(b, hookSecret, body); w.Code != http.StatusOK {
		t.Errorf("status %d, want 200: it would come again", w.Code)
	}
	if got := b.Stats(); got.Panics != 1 || got.Parked != 1 {
		t.Errorf("stats %+v, want one panic, parked", got)
	}
}

func TestAPollerThatPanicsEndsInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, closeStore := newBare(t, panicAPI{discardAPI{}, map[string]bool{"getUpdates": true}}, nil)
		defer closeStore()
		if err := b.Run(t.Context(), t.Context()); err == nil {
			t.Error("Run ended without an error")
		}
	})
}

func TestAPanicInTheArrearsIsNotTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, closeStore := newBare(t, discardAPI{}, nil)
		defer closeStore()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); b.payArrears(ctx) }()
		b.arrears.add(debt{store.Delivery{Update: 1, Person: 1, Place: "Q1", At: time.Now()}, func() { panic("boom") }})
		time.Sleep(2 * arrearsEvery)
		written := false
		b.arrears.add(debt{store.Delivery{Update: 2, Person: 1, Place: "Q2", At: time.Now()}, func() { written = true }})
		time.Sleep(2 * arrearsEvery)
		cancel()
		<-ended
		if !written || b.Stats().Panics != 1 {
			t.Errorf("written %v, %d panics", written, b.Stats().Panics)
		}
	})
}
