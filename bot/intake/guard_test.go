package intake

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/telegram"
	"excursobot/store"
)

func TestAnUpdateWhoseRoutePanicsIsADeadLetter(t *testing.T) {
	t.Parallel()
	f, stop := newFront(t, discardAPI{}, nil)
	defer stop()
	f.route = func(*telegram.Update) Job { panic("boom") }
	if w := post(f, hookSecret, say(1, 1, "x")); w.Code != http.StatusOK {
		t.Errorf("status %d, want 200: it would come again", w.Code)
	}
	if got := f.Stats(); got.Panics != 1 || got.DeadLetters != 1 {
		t.Errorf("stats %+v, want one panic and one dead letter", got)
	}
}

func TestAPanicFailsItsUpdateAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &gatedAPI{open: make(chan struct{})}
		close(api.open)
		f, stop := newFront(t, api, nil)
		f.handlers["/boom"] = func(context.Context, *Task) error { panic("boom") }
		post(f, hookSecret, say(1, 1, "/boom"))
		post(f, hookSecret, say(2, 1, "/help"))
		stop()
		if got := f.Stats().Panics; got != 1 || len(f.failures) != 1 {
			t.Errorf("%d panics, failures %v, want one of each", got, f.failures)
		}
		if got := api.texts(); len(got) != 1 || got[0] != "/help" {
			t.Errorf("answers %q, want the next update's", got)
		}
	})
}

func TestAPollerThatPanicsEndsInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, closeStore := newBare(t, panicAPI{discardAPI{}, map[string]bool{"getUpdates": true}}, nil)
		defer closeStore()
		if err := f.Run(t.Context(), t.Context()); err == nil {
			t.Error("Run ended without an error")
		}
	})
}

func TestAPanicWhileDeliveriesAreSavedIsNotTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, closeStore := newBare(t, discardAPI{}, nil)
		defer closeStore()
		u := f.parts.unsaved
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); u.run(ctx) }()
		u.add(unsavedDelivery{store.Delivery{Update: 1, Person: 1, Place: "Q1", At: time.Now()}, func() { panic("boom") }})
		time.Sleep(2 * unsavedEvery)
		saved := false
		u.add(unsavedDelivery{store.Delivery{Update: 2, Person: 1, Place: "Q2", At: time.Now()}, func() { saved = true }})
		time.Sleep(2 * unsavedEvery)
		cancel()
		<-ended
		if !saved || f.Stats().Panics != 1 {
			t.Errorf("saved %v, %d panics", saved, f.Stats().Panics)
		}
	})
}
