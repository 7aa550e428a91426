package bot

import (
	"strings"
	"testing"
	"time"

	"excursobot/bot/live"
)

// A walker who hears of what they pass: chosen with the button, shown by /live, told where it is, ready before they come.
func TestAWalkTellsWhatTheWalkerPasses(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{slow: 9 * time.Second, articles: 500, edit: func(c *Config) {
		c.Live.Intervals, c.Live.Default = []time.Duration{10 * time.Minute}, 10*time.Minute
	}}, func(t *testing.T, w *world) {
		h := w.hike(1, time.Hour)
		h.waitTold(1)
		question := h.waitSaid("live.question")
		h.p.Press(question.ID, "every:pass")
		h.waitSaid("live.chosen_pass")
		h.p.Say("/live")
		w.until("the status", func() bool {
			return strings.HasPrefix(last(h.p).HTML, "The walk is on: a story when you pass something")
		})
		rows := last(h.p).Buttons
		if got := rows[len(rows)-3][0].Text; got != "✓ When I pass something" {
			t.Errorf("the buttons of /live: %v", rows)
		}
		began := time.Now()
		h.straight(20*time.Minute, 30)
		told := h.told()
		if n := len(told) - 1; n < 4 || n > 10 {
			t.Fatalf("%d stories in 20 minutes", n)
		}
		for i, m := range told[1:] {
			if strings.Contains(m.HTML, "From the article") {
				t.Errorf("%q is an extract", title(m))
			}
			if i > 0 && m.At.Sub(told[i].At) < 2*time.Minute {
				t.Errorf("%q came %v after the one before", title(m), m.At.Sub(told[i].At))
			}
			line := strings.Split(m.Text, "\n")[1]
			if !strings.Contains(line, "ahead") && !strings.Contains(line, "on your") && !strings.HasPrefix(line, "10 m") {
				t.Errorf("%q is %q at %v", title(m), line, m.At.Sub(began))
			}
		}
		if late := w.bot.Stats().Walks; late.Delivered < 5 {
			t.Errorf("%+v", late)
		}
	})
}

// Without a model the opening of the article is what is ready.
func TestWithoutAModelAWalkTellsExtractsOfWhatItPasses(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{noModel: true, articles: 500, edit: func(c *Config) { c.Live.Default = live.Pass }}, func(t *testing.T, w *world) {
		h := w.hike(1, time.Hour)
		h.waitTold(1)
		h.straight(15*time.Minute, 30)
		if n := len(h.told()); n < 4 {
			t.Errorf("%d stories in 15 minutes", n)
		}
	})
}

// Where nothing is known, the walker hears one sentence.
func TestNothingOnTheWayIsSaidOnce(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{articles: 1, edit: func(c *Config) { c.Live.Default = live.Pass }}, func(t *testing.T, w *world) {
		h := w.hike(1, time.Hour)
		h.straight(45*time.Minute, 200)
		if n := len(h.said("live.quiet_pass")); n != 1 {
			t.Errorf("said %d times, %d stories", n, len(h.told()))
		}
	})
}
