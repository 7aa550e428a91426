package guide

import (
	"strings"
	"testing"
	"time"

	"excursobot/limiter"
	"excursobot/store"
)

// askedWhileBusy returns the places and the length of the longest passage of the call that one person starts, by default while all slots are taken.
func askedWhileBusy(t *testing.T, set setting, req Request, free bool) (n, longest int) {
	t.Helper()
	change := set.guide
	set.guide = func(c *Config) {
		c.PlacesPerCall = 3
		if change != nil {
			change(c)
		}
		c.Witness = &Witness{Asked: func(a Asked) {
			if n > 0 {
				return // the read-ahead
			}
			n = len(a.Request.Places)
			for _, p := range a.Request.Places {
				longest = max(longest, len([]rune(p.Extract)))
			}
		}}
	}
	run(t, set, func(w *world) {
		block, err := w.cfg.Gate.Acquire(w.t.Context(), limiter.Job{})
		must(t, err)
		if free {
			block.Release()
		}
		time.AfterFunc(time.Second, block.Release)
		w.mustTell(req)
		time.Sleep(time.Minute)
	})
	return n, longest
}

func TestACallIsLargerWhileAllSlotsAreTaken(t *testing.T) {
	set := setting{articles: articles(12, 20, "ru")}
	if n, _ := askedWhileBusy(t, set, ask(1), false); n != 6 {
		t.Errorf("a call about %d places, want 6", n)
	}
	if n, _ := askedWhileBusy(t, set, ask(1), true); n != 3 {
		t.Errorf("with a free slot, a call about %d places, want 3", n)
	}
	set.guide = func(c *Config) { c.PlacesPerCall = 1 }
	if n, _ := askedWhileBusy(t, set, ask(1), false); n != 1 {
		t.Errorf("of a host that wants one at a time, a call about %d places", n)
	}
}

func TestALargerCallHasShorterPassages(t *testing.T) {
	long := articles(12, 20, "ru")
	for i := range long {
		long[i].Body = "== История ==\n" + strings.Repeat("Во дворе дома до сих пор растёт старая липа. ", 40)
	}
	set := setting{articles: long, guide: func(c *Config) { c.Passage = 600 }}
	if n, longest := askedWhileBusy(t, set, ask(1), false); n != 6 || longest == 0 || longest > 300 {
		t.Errorf("a call about %d places with up to %d characters, want 6 with at most half of 600", n, longest)
	}
	if n, longest := askedWhileBusy(t, set, ask(1), true); n != 3 || longest <= 300 || longest > 600 {
		t.Errorf("with a free slot, a call about %d places with up to %d characters, want 3 with more than 300", n, longest)
	}
}

func TestAServerThatDoesNotStreamGetsNoLargerCalls(t *testing.T) {
	set := setting{articles: articles(12, 20, "ru"), quirk: "streaming refused"}
	run(t, set, func(w *world) {
		w.mustTell(ask(1)) // the refusal
		time.Sleep(time.Minute)
		block, err := w.cfg.Gate.Acquire(t.Context(), limiter.Job{})
		must(t, err)
		defer block.Release()
		it, err := w.batches.join(ask(2), time.Time{}, store.Place{ID: "wd:Q1", Language: "ru"}, []store.Place{
			{ID: "wd:Q2"}, {ID: "wd:Q3"}, {ID: "wd:Q4"}, {ID: "wd:Q5"},
		})
		must(t, err)
		if n := len(it.batch.items); n != w.batches.size {
			t.Errorf("a call about %d places, want %d", n, w.batches.size)
		}
		w.batches.leave(it)
	})
}

func TestAPersonPaysForAUsualCall(t *testing.T) {
	run(t, setting{guide: func(c *Config) { c.PlacesPerCall = 3 }}, func(w *world) {
		spent := func(person int64, n int) store.Spent {
			w.batches.spend(person, n, store.Tokens{Prompt: 1000, Answer: 401})
			s, err := w.store.Spent(t.Context(), store.DayOf(time.Now()), person)
			must(t, err)
			return s
		}
		if s := spent(1, 3); s.Person != 1401 || s.Day != 1401 {
			t.Errorf("for three places %+v", s)
		}
		if s := spent(2, 6); s.Person != 700 || s.Day != 2802 {
			t.Errorf("for six places %+v, want half for the person", s)
		}
	})
}
