package guide

import (
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/store"
)

func TestAStoryThatTheModelCannotWriteRests(t *testing.T) {
	var honest atomic.Bool
	cfg := sim.ModelConfig{
		Latency: func(int) time.Duration { return time.Second },
		Fault: func(int) string {
			if honest.Load() {
				return ""
			}
			return "badyear"
		},
	}
	run(t, setting{articles: articles(1, 40, "ru"), model: cfg}, func(w *world) {
		calls := func() int { synctest.Wait(); return w.model.Stats().Calls }
		if s := w.mustTell(ask(1)); s.Source != FromExtract || s.Reason != Unfit {
			t.Fatalf("got %s (%s), want the extract of an unfit story", s.Source, s.Reason)
		}
		time.Sleep(time.Minute)
		first := calls()
		for person := int64(2); person < 12; person++ {
			began := time.Now()
			if s := w.mustTell(ask(person)); s.Source != FromExtract || s.Reason != Unfit {
				t.Errorf("person %d got %s (%s), want the extract at once", person, s.Source, s.Reason)
			}
			if waited := time.Since(began); waited > 500*time.Millisecond {
				t.Errorf("person %d waited %v for an extract", person, waited)
			}
		}
		time.Sleep(time.Minute)
		if n := calls(); n != first {
			t.Errorf("%d calls for ten more people, want none", n-first)
		}
		if s := w.Stats(); s.Spared != 10 || s.Resting != 1 {
			t.Errorf("%d answers without a call, %d stories that rest, want 10 and 1", s.Spared, s.Resting)
		}

		honest.Store(true)
		time.Sleep(firstRest)
		if s := w.mustTell(ask(20)); s.Source != FromExtract {
			t.Errorf("the first one after the rest got %s, want the extract while the story is written", s.Source)
		}
		time.Sleep(time.Minute)
		if s := w.mustTell(ask(21)); s.Source != FromLibrary {
			t.Errorf("the next one got %s (%s), want the story", s.Source, s.Reason)
		}
		if n := w.Stats().Resting; n != 0 {
			t.Errorf("%d stories rest after it was written", n)
		}
	})
}

// A place that rests does not spoil the stories about the other places of a call, and is not in their calls.
func TestAPlaceThatRestsIsInNobodysCall(t *testing.T) {
	cfg := sim.ModelConfig{
		Latency: func(int) time.Duration { return time.Second },
		Lie: func(place string) string {
			if place == "Q500" {
				return sim.LieYear
			}
			return ""
		},
	}
	run(t, setting{articles: articles(4, 40, "ru"), model: cfg}, func(w *world) {
		if s := w.mustTell(ask(1)); s.Place.ID != "Q500" || s.Reason != Unfit {
			t.Errorf("told %s (%s %s), want the extract of Q500", s.Place.ID, s.Source, s.Reason)
		}
		time.Sleep(time.Minute)
		dropped := w.Stats().Dropped
		for person := int64(2); person < 6; person++ {
			w.mustTell(ask(person))
			w.mustTell(ask(person))
		}
		time.Sleep(time.Minute)
		if n := w.Stats().Dropped; n != dropped {
			t.Errorf("%d more stories were written about it in vain", n-dropped)
		}
	})
}

func TestAServerThatFailsSaysNothingAboutThePlace(t *testing.T) {
	cfg := sim.ModelConfig{Fault: func(int) string { return "404" }}
	run(t, setting{articles: articles(1, 40, "ru"), model: cfg}, func(w *world) {
		w.mustTell(ask(1))
		if n := w.Stats().Resting; n != 0 {
			t.Errorf("%d stories rest because of the server", n)
		}
	})
}

func TestRests(t *testing.T) {
	key := store.StoryKey{Place: "wd:Q1", Language: "ru", Length: store.Short}
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	t.Run("each failure makes the rest longer", func(t *testing.T) {
		var r rests
		at := now
		for _, want := range []time.Duration{10 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour, 24 * time.Hour} {
			r.fail(key, 7, Unfit, at)
			if reason, again := r.of(key, 7, at.Add(want-1)); reason != Unfit || again {
				t.Errorf("%v after the failure: %q, again %v", want-1, reason, again)
			}
			at = at.Add(want)
			if reason, again := r.of(key, 7, at); reason != Unfit || !again {
				t.Errorf("%v after the failure: %q, again %v", want, reason, again)
			}
		}
	})
	t.Run("one asks again", func(t *testing.T) {
		var r rests
		r.fail(key, 7, Unfit, now)
		if r.retry(key, now) {
			t.Error("asked during the rest")
		}
		if after := now.Add(firstRest); !r.retry(key, after) || r.retry(key, after) {
			t.Error("want exactly one who asks again")
		}
	})
	t.Run("another revision is another text", func(t *testing.T) {
		var r rests
		r.fail(key, 7, Unfit, now)
		if reason, again := r.of(key, 8, now); reason != NoReason || !again || r.len() != 0 {
			t.Errorf("%q, again %v, %d kept", reason, again, r.len())
		}
		r.fail(key, 8, Unfit, now)
		if _, again := r.of(key, 8, now.Add(firstRest)); !again {
			t.Error("the failures of the older text count")
		}
	})
	t.Run("other lengths, languages and parts do not rest", func(t *testing.T) {
		var r rests
		r.fail(key, 7, Declined, now)
		for _, other := range []store.StoryKey{
			{Place: "wd:Q1", Language: "en", Length: store.Short}, {Place: "wd:Q1", Language: "ru", Length: store.Long},
			{Place: "wd:Q1", Language: "ru", Length: store.Short, Aspect: 1}, {Place: "wd:Q2", Language: "ru", Length: store.Short},
		} {
			if reason, _ := r.of(other, 7, now); reason != NoReason {
				t.Errorf("%v rests too", other)
			}
		}
	})
	t.Run("there is a bound", func(t *testing.T) {
		var r rests
		for i := range maxRests + 100 {
			r.fail(store.StoryKey{Place: fmt.Sprint("wd:Q", i)}, 7, Unfit, now.Add(time.Duration(i)))
		}
		if n := r.len(); n != maxRests {
			t.Errorf("%d are kept, want %d", n, maxRests)
		}
		if reason, _ := r.of(store.StoryKey{Place: "wd:Q0"}, 7, now); reason != NoReason {
			t.Error("the oldest was kept")
		}
	})
}
