package guide

import (
	"context"
	"testing"
	"time"

	"excursobot/bot/sim"
	"excursobot/limiter"
	"excursobot/store"
)

func TestTickGetsNoCardAndTheExtractInTime(t *testing.T) {
	slow := sim.ModelConfig{Latency: func(int) time.Duration { return 20 * time.Second }}
	run(t, setting{articles: town(), model: slow}, func(w *world) {
		req := ask(1)
		req.Class, req.Due = LiveTick, time.Now().Add(time.Second)
		start := time.Now()
		story, _, err := w.Tell(w.t.Context(), req, func(Card) { t.Error("a tick showed a card") })
		must(t, err)
		if story.Source != FromExtract || story.Reason != ModelSlow {
			t.Errorf("got %s (%s), want the extract because the model is slow", story.Source, story.Reason)
		}
		if got, want := time.Since(start), 3*time.Second; got != want {
			t.Errorf("answered after %v, want %v (due + 2s)", got, want)
		}
	})
}

// While others wait for the model, nobody waits longer than answerWithin.
func TestSlowModelAmongOthersBecomesExtractSooner(t *testing.T) {
	slow := sim.ModelConfig{Latency: func(int) time.Duration { return 60 * time.Second }}
	run(t, setting{articles: town(), model: slow}, func(w *world) {
		other, cancel := context.WithCancel(w.t.Context())
		defer cancel()
		time.AfterFunc(5*time.Second, func() {
			if ticket, err := w.cfg.Gate.Enter(limiter.Job{Class: Interactive, Key: 2}); err != nil {
				t.Error(err)
			} else if slot, err := ticket.Wait(other); err == nil {
				slot.Release()
			}
		})
		start := time.Now()
		story := w.mustTell(ask(1))
		if got := time.Since(start); got != answerWithin || story.Reason != ModelSlow {
			t.Errorf("got %s (%s) after %v, want the extract after %v", story.Source, story.Reason, got, answerWithin)
		}
	})
}

func TestSlowModelBecomesExtractAndEndsInTheLibrary(t *testing.T) {
	slow := sim.ModelConfig{Latency: func(int) time.Duration { return 60 * time.Second }}
	run(t, setting{articles: town(), model: slow, guide: func(c *Config) { c.PlacesPerCall = 1 }}, func(w *world) {
		start := time.Now()
		story := w.mustTell(ask(1))
		if got := time.Since(start); got != lonelyWithin {
			t.Errorf("answered after %v, want %v", got, lonelyWithin)
		}
		if story.Source != FromExtract || story.Text != story.Place.Extract {
			t.Errorf("got %s, want the extract", story.Source)
		}
	})
	slower := sim.ModelConfig{Latency: func(int) time.Duration { return 20 * time.Second }}
	run(t, setting{articles: town(), model: slower, guide: func(c *Config) { c.PlacesPerCall = 1 }}, func(w *world) {
		w.mustTell(ask(1))
		time.Sleep(time.Minute)
		if next := w.mustTell(ask(2)); next.Source != FromLibrary {
			t.Errorf("after the call ended the next person gets %s, want library", next.Source)
		}
	})
}

func TestOtherLengthServesWhenOnlyItIsReady(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		w.mustTell(ask(1))
		calls := w.model.Stats().Calls
		req := ask(2)
		req.Length = store.Long
		if story := w.mustTell(req); story.Key.Length != store.Short {
			t.Errorf("got the %s story, want the short one that is ready", story.Key.Length)
		}
		if w.model.Stats().Calls != calls {
			t.Error("a call was made for the other length")
		}
	})
}

func TestBriefQuestionMakesNoCall(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		req := ask(1)
		req.Brief = true
		story, claim, err := w.Tell(w.t.Context(), req, func(Card) { t.Error("a card was shown") })
		must(t, err)
		if story.Source != FromExtract || story.Reason != Crowd {
			t.Errorf("got %s (%s), want the extract because of the load", story.Source, story.Reason)
		}
		w.deliver(1, story, claim)
		time.Sleep(time.Minute)
		if n := w.model.Stats().Calls; n != 0 {
			t.Errorf("%d calls were made", n)
		}
		w.mustTell(ask(2))
		if story := w.mustTell(Request{Person: 3, Point: square, Language: "ru", Brief: true}); story.Source != FromLibrary {
			t.Errorf("with a story ready: %s, want the library", story.Source)
		}
	})
}
