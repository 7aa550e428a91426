package guide

import (
	"testing"
	"testing/synctest"
	"time"

	"excursobot/limiter"
	"excursobot/store"
)

func TestIdleHoursWarmANeighbourhoodOnceADay(t *testing.T) {
	run(t, setting{articles: articles(25, 20, "ru"), slots: 3}, func(w *world) {
		calls := func() int {
			time.Sleep(2 * time.Minute)
			return w.model.Stats().Calls
		}
		w.mustTell(ask(1))
		before := calls()
		if got := w.Stats().Warmed; got != 0 {
			t.Fatalf("%d warm-ups while the person had nothing to hear next", got)
		}
		w.mustTell(ask(2)) // two more stories are in the library
		if got := calls(); got != before+1 || w.Stats().Warmed != 1 {
			t.Errorf("%d calls, %d warm-ups; want one more, for the next visitor", got-before, w.Stats().Warmed)
		}
		spent, err := w.store.Spent(t.Context(), store.DayOf(time.Now()), 2)
		must(t, err)
		if spent.Person != 0 || spent.Day == 0 {
			t.Errorf("spent %+v, want nothing of the person's", spent)
		}
		w.mustTell(ask(3))
		if got := calls(); got != before+1 {
			t.Errorf("%d calls more in the same place on the same day", got-before-1)
		}
		time.Sleep(24 * time.Hour)
		w.mustTell(ask(4))
		if got := calls(); got != before+2 {
			t.Errorf("%d calls on the next day, want one", got-before-1)
		}
	})
}

func TestNothingIsWarmedUp(t *testing.T) {
	for name, tt := range map[string]struct {
		slots   int
		prepare func(w *world) (undo func())
	}{
		"while a call runs": {3, func(w *world) func() {
			slot, err := w.cfg.Gate.Acquire(w.t.Context(), limiter.Job{Class: Interactive})
			must(w.t, err)
			return slot.Release
		}},
		"in the only slot": {1, func(*world) func() { return func() {} }},
		"from 80 % of the day's tokens on": {3, func(w *world) func() {
			_, err := w.store.Spend(w.t.Context(), store.DayOf(time.Now()), 0, store.Tokens{Prompt: 80_000})
			must(w.t, err)
			return func() {}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, setting{articles: articles(25, 20, "ru"), slots: tt.slots, guide: func(c *Config) { c.DailyTokens = 100_000 }}, func(w *world) {
				w.mustTell(ask(1))
				time.Sleep(2 * time.Minute)
				before := w.model.Stats().Calls
				undo := tt.prepare(w)
				w.mustTell(ask(2))
				synctest.Wait()
				undo()
				time.Sleep(2 * time.Minute)
				if got := w.model.Stats().Calls; got != before {
					t.Errorf("%d calls", got-before)
				}
			})
		})
	}
}
