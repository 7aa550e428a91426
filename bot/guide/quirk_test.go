package guide

import (
	"strings"
	"testing"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo"
)

// quirkLimits are the most calls that a peculiarity of a server may cost before the first story is told; 1 if it is not listed. A server that takes the
// places only in several calls has got one more by then.
var quirkLimits = map[string]int{
	"JSON validation failed": 3, "any format refused": 3, "finish reason error for a format": 3, "named error for a format": 3,
	"max_tokens and temperature refused": 3, "small context, by length": 3, "max_completion_tokens unknown": 2, "effort refused": 2,
	"everything optional refused": 2, "filter as 403": 3, "filter for several places": 3, "format without an endpoint": 2, "reasoning uses up the tokens": 2,
	"schema beyond the grammar": 2, "schema fails with 500": 2, "schema refused, list of errors": 2, "small context": 3, "stream_options refused, 422": 2,
	"stream_options refused, detail": 2, "streaming refused": 2, "system role refused": 2, "temperature refused in words": 2, "tokens too many": 3,
}

// TestAStoryFromEveryServer asks a server with each peculiarity for two stories in different places, as two people do.
func TestAStoryFromEveryServer(t *testing.T) {
	for _, name := range sim.Quirks() {
		t.Run(name, func(t *testing.T) {
			limit := max(quirkLimits[name], 1)
			if strings.HasSuffix(name, ", once") {
				limit = 2
			}
			set := setting{articles: town(), quirk: name, name: "test", model: sim.ModelConfig{Latency: func(n int) time.Duration { return time.Duration(n) * 500 * time.Millisecond }}}
			if strings.HasPrefix(name, "max_completion_tokens") || strings.HasPrefix(name, "effort") {
				set.name = "gpt-6-luna" // gets these fields
			}
			run(t, set, func(w *world) {
				req := ask(1)
				req.Language = "en"
				start := time.Now()
				story := w.mustTell(req)
				took, calls := time.Since(start), int(w.asked.Load())
				t.Logf("%-36s %d calls, %4.1f s, %s", name, calls, took.Seconds(), story.Source)
				if name == "slow to load" { // the first person gets the extract, and the load goes on
					if story.Reason != ModelSlow {
						t.Errorf("got %s (%s), want the extract because the model is slow", story.Source, story.Reason)
					}
					time.Sleep(10 * time.Second)
				} else if story.Source != FromModel || took > lonelyWithin || calls > limit {
					t.Errorf("got %s (%s) after %v and %d calls, want a story within %v and %d", story.Source, story.Reason, took, calls, lonelyWithin, limit)
				}
				req = ask(2)
				req.Language = "en"
				story = w.mustTell(req)
				if story.Source == FromExtract {
					t.Errorf("the second person got %s (%s)", story.Source, story.Reason)
				}
				if strings.Contains(story.Text, "This draft was thought") {
					t.Error("a thought was told")
				}
			})
		})
	}
}

// Nobody waits for repeats: while every call fails at once, everybody has the extract within two seconds of simulated time, of which the sources take
// half a second.
func TestNobodyWaitsWhileTheModelFails(t *testing.T) {
	for _, fault := range []string{"500", "429", "html", "reset"} {
		run(t, setting{articles: articles(40, 30, "ru"), slots: 3, room: 100, model: sim.ModelConfig{Fault: func(int) string { return fault }}}, func(w *world) {
			const people = 30
			var took [people]time.Duration
			done := make(chan struct{})
			for i := range people {
				go func() {
					defer func() { done <- struct{}{} }()
					start := time.Now()
					story, err := w.tell(ask(int64(i + 1)))
					took[i] = time.Since(start)
					if err != nil || story.Source != FromExtract || story.Reason != ModelDown {
						t.Errorf("%s: got %s (%s), %v", fault, story.Source, story.Reason, err)
					}
				}()
				time.Sleep(100 * time.Millisecond)
			}
			var longest time.Duration
			for range people {
				<-done
			}
			for _, d := range took {
				longest = max(longest, d)
			}
			if longest > 2*time.Second {
				t.Errorf("%s: somebody waited %v", fault, longest)
			}
		})
	}
}

// Stories that a failing server left unwritten are tried again for the library, when nobody waits.
func TestAFailedStoryIsWrittenLater(t *testing.T) {
	cfg := sim.ModelConfig{Fault: func(n int) string {
		if n <= 2 {
			return "500"
		}
		return ""
	}}
	run(t, setting{articles: articles(1, 40, "ru"), model: cfg}, func(w *world) {
		if story := w.mustTell(ask(1)); story.Source != FromExtract || story.Reason != ModelDown {
			t.Fatalf("got %s (%s), want the extract", story.Source, story.Reason)
		}
		time.Sleep(time.Minute)
		if story := w.mustTell(ask(2)); story.Source != FromLibrary {
			t.Errorf("a minute later: %s (%s), want the story that was written meanwhile", story.Source, story.Reason)
		}
	})
	always := sim.ModelConfig{Fault: func(int) string { return "500" }}
	run(t, setting{articles: articles(1, 40, "ru"), model: always}, func(w *world) {
		w.mustTell(ask(1))
		time.Sleep(time.Hour)
		if n := w.model.Stats().Calls; n > 2*(1+maxLaterTries) {
			t.Errorf("%d calls for one story that cannot be written", n)
		}
	})
}

// A server that takes only small prompts gets no large ones after the first.
func TestBatchesKeepToTheContext(t *testing.T) {
	run(t, setting{articles: town(), quirk: "small context"}, func(w *world) {
		w.mustTell(ask(1))
		time.Sleep(time.Minute)
		before := w.outcomes("adapted")
		far := ask(2)
		far.Point = geo.Offset(square, 90, 480)
		w.mustTell(far)
		if before != 1 || w.outcomes("adapted") != 1 {
			t.Errorf("%d refused calls, then %d; want only the first", before, w.outcomes("adapted"))
		}
	})
}
