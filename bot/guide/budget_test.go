package guide

import (
	"testing"
	"time"

	"excursobot/geo"
	"excursobot/limiter"
	"excursobot/store"
)

func TestBudgetStopsClassByClass(t *testing.T) {
	run(t, setting{articles: town(), guide: func(c *Config) { c.DailyTokens = 1000 }}, func(w *world) {
		day := store.DayOf(time.Now())
		steps := []struct {
			spend            int64
			warm, ahead, ask bool
		}{{799, true, true, true}, {1, false, true, true}, {150, false, false, true}, {50, false, false, false}}
		for _, s := range steps {
			spent, err := w.store.Spend(w.t.Context(), day, 0, store.Tokens{Prompt: s.spend})
			must(t, err)
			for class, want := range map[limiter.Class]bool{WarmUp: s.warm, Judging: s.warm, ReadAhead: s.ahead, Interactive: s.ask, LiveTick: s.ask} {
				if got, err := w.budget.allows(w.t.Context(), class, 1); err != nil || got != want {
					t.Errorf("at %d of 1000 tokens class %d: %v, %v; want %v", spent.Day, class, got, err, want)
				}
			}
		}
		if story := w.mustTell(ask(1)); story.Source != FromExtract || story.Reason != OverBudget {
			t.Errorf("over budget: %s (%s), want the extract", story.Source, story.Reason)
		}
		time.Sleep(24 * time.Hour) // another UTC day
		req := ask(2)
		if story := w.mustTell(req); story.Source != FromModel {
			t.Errorf("the next day: %s (%s), want a story", story.Source, story.Reason)
		}
	})
}

func TestTokensAreCountedForTheAsker(t *testing.T) {
	run(t, setting{articles: town(), guide: func(c *Config) { c.DailyTokensPerPerson = 1 }}, func(w *world) {
		w.mustTell(ask(1))
		time.Sleep(time.Minute)
		spent, err := w.store.Spent(w.t.Context(), store.DayOf(time.Now()), 1)
		must(t, err)
		if spent.Person <= 0 || spent.Day < spent.Person {
			t.Errorf("spent = %+v, want tokens of the person and the day", spent)
		}
		far := ask(1)
		far.Point = geo.Offset(square, 90, 480) // the last house, not written yet
		if story := w.mustTell(far); story.Reason != OverBudget {
			t.Errorf("over the person's budget: %s (%s)", story.Source, story.Reason)
		}
		if ok, err := w.budget.allows(w.t.Context(), Interactive, 2); err != nil || !ok {
			t.Errorf("another person is stopped too: %v, %v", ok, err)
		}
	})
}
