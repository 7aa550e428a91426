package demo

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
)

// A person asks about the place that they heard of: the answer is from its article, or is that the article does not say it.
func TestDemoAnswersQuestions(t *testing.T) {
	for _, tt := range []struct{ language, question, answer, unknown string }{
		{"en", "When was the glass pyramid built?", "The glass pyramid dates from 1989.", "Who sells tickets to Mars?"},
		{"ru", "Когда он стал музеем?", "1793", "Кто продаёт билеты на Марс?"},
	} {
		t.Run(tt.language, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, w, _ := newDemoApp(t)
				stop := running(t, a)
				time.Sleep(time.Second)
				p := w.telegram.Person(sim.Profile{ID: 1, LanguageCode: tt.language})
				p.Locate(48.8606, 2.3376)
				time.Sleep(20 * time.Second)
				p.Say(tt.question)
				time.Sleep(20 * time.Second)
				p.Say(tt.unknown)
				time.Sleep(20 * time.Second)
				told := fromBot(p)
				if len(told) != 3 || !strings.Contains(told[1].Text, tt.answer) {
					t.Fatalf("told %q", texts(told))
				}
				if len(told[1].Text) > len(told[0].Text)/2 {
					t.Errorf("the answer is no short one: %q", told[1].Text)
				}
				if strings.Contains(told[2].Text, tt.answer) || len(told[2].Text) > 300 {
					t.Errorf("what the article does not say: %q", told[2].Text)
				}
				if err := stop(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
