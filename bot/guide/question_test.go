package guide

import (
	"context"
	"strings"
	"testing"
	"time"

	"excursobot/bot/sim"
	"excursobot/store"
)

func TestAskAnswersFromTheArticle(t *testing.T) {
	run(t, setting{articles: mansion()}, func(w *world) {
		ctx := context.Background()
		told := w.mustTell(Request{Person: 1, Point: square, Language: "en"}).Told()
		calls := w.asked.Load()
		var drafts []string
		began := time.Now()
		a, err := w.Ask(ctx, Question{Person: 1, Told: told, Text: "When did the sugar baker open his shop?", Language: "en"}, func(s string) { drafts = append(drafts, s) })
		must(t, err)
		if a.By != ByModel || !strings.HasPrefix(a.Text, "A sugar baker opened his shop on the ground floor in 1851.") {
			t.Errorf("%s: %q (%s)", a.By, a.Text, a.Reason)
		}
		if len(drafts) == 0 || !strings.HasPrefix(a.Text, drafts[0]) {
			t.Errorf("drafts %q", drafts)
		}
		if took := time.Since(began); took > answerWithin {
			t.Errorf("took %v", took)
		}
		if a.Place.URL != "https://en.wikipedia.org/wiki/House_1" || w.asked.Load() != calls+1 {
			t.Errorf("address %s, %d calls", a.Place.URL, w.asked.Load()-calls)
		}
		spent, err := w.store.Spent(ctx, store.DayOf(time.Now()), 1)
		must(t, err)
		if spent.Person == 0 || w.Stats().Questions.Asked != 1 || w.Stats().Questions.Tokens == 0 {
			t.Errorf("spent %+v, counted %+v", spent, w.Stats().Questions)
		}

		a, err = w.Ask(ctx, Question{Person: 1, Told: told, Text: "What does a night in the hotel cost?", Language: "en"}, nil)
		must(t, err)
		if a.By != NotThere || a.Text != "" {
			t.Errorf("%s: %q", a.By, a.Text)
		}
	})
}

func TestAskWithoutTheModelQuotes(t *testing.T) {
	for _, tc := range []struct {
		name   string
		set    setting
		brief  bool
		reason Reason
	}{
		{"no model", setting{noModel: true}, false, ModelOff},
		{"crowd", setting{}, true, Crowd},
		{"answers that do not hold up", setting{model: sim.ModelConfig{Fault: func(int) string { return "badyear" }}}, false, Unfit},
		{"server down", setting{model: sim.ModelConfig{Fault: func(int) string { return "500" }}}, false, ModelDown},
		{"slow", setting{slots: 3, model: sim.ModelConfig{Latency: func(int) time.Duration { return 40 * time.Second }}}, false, ModelSlow},
		{"budget", setting{guide: func(c *Config) { c.DailyTokens = 1 }}, false, OverBudget},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.set.articles = mansion()
			run(t, tc.set, func(w *world) {
				ctx := context.Background()
				told := w.mustTell(Request{Person: 1, Point: square, Language: "en"}).Told()
				_, err := w.store.Spend(ctx, store.DayOf(time.Now()), 1, store.Tokens{Prompt: 2})
				must(t, err)
				began := time.Now()
				a, err := w.Ask(ctx, Question{Person: 1, Told: told, Text: "When did the sugar baker open his shop?", Language: "en", Brief: tc.brief}, nil)
				must(t, err)
				if a.By != ByQuote || a.Reason != tc.reason || !strings.HasPrefix(a.Text, "A sugar baker opened") {
					t.Errorf("%s (%s): %q", a.By, a.Reason, a.Text)
				}
				if took := time.Since(began); took > 12*time.Second {
					t.Errorf("took %v", took)
				}
				a, err = w.Ask(ctx, Question{Person: 1, Told: told, Text: "Wo ist hier ein Zahnarzt?", Language: "en", Brief: true}, nil)
				must(t, err)
				if a.By != NotThere {
					t.Errorf("a question of which nothing is in the article: %s %q", a.By, a.Text)
				}
			})
		})
	}
}
