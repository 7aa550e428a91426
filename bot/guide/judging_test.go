package guide

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/limiter"
	"excursobot/store"
)

// objecting returns a function for sim.ModelConfig.Object that objects to the first words of the stories of a place, the given number of times.
func objecting(place string, times int) func(string, string, string) []string {
	var mu sync.Mutex
	return func(id, _, story string) []string {
		mu.Lock()
		defer mu.Unlock()
		if id != place || times == 0 {
			return nil
		}
		times--
		return []string{strings.Join(strings.Fields(story)[:4], " ")}
	}
}

// stored returns the story of the key.
func (w *world) stored(key store.StoryKey) store.Story {
	w.t.Helper()
	found, err := w.store.Stories(w.t.Context(), []store.StoryKey{key}, time.Now())
	must(w.t, err)
	if len(found) != 1 {
		w.t.Fatalf("no story %v", key)
	}
	return found[0]
}

func (w *world) pendingLeft(want int) {
	w.t.Helper()
	n, err := w.store.PendingJudgements(w.t.Context())
	must(w.t, err)
	if n != want {
		w.t.Errorf("%d judgements pending, want %d", n, want)
	}
}

func TestANewStoryIsToldAtOnceAndJudgedAfterwards(t *testing.T) {
	run(t, setting{articles: town(), judge: true}, func(w *world) {
		s := w.mustTell(ask(1))
		if s.Source != FromModel || !s.Pending || w.stored(s.Key).Judged != store.JudgedPending {
			t.Errorf("%s, pending %v, stored as %q", s.Source, s.Pending, w.stored(s.Key).Judged)
		}
		time.Sleep(time.Minute)
		if got := w.stored(s.Key).Judged; got != store.JudgedPassed {
			t.Errorf("a minute later: %q, want passed", got)
		}
		w.pendingLeft(0)
		if got := w.mustTell(ask(2)); got.Key != s.Key || got.Source != FromLibrary || got.Pending {
			t.Errorf("the next person got %s %v, pending %v", got.Source, got.Key, got.Pending)
		}
		if n := w.Stats().Judged; n.Passed == 0 || n.Objected+n.Refused+n.Skipped > 0 || w.model.Stats().Judged == 0 {
			t.Errorf("counted %+v", n)
		}
	})
}

func TestAPendingStoryIsForThoseItWasWrittenFor(t *testing.T) {
	one := articles(1, 60, "ru")
	passed := store.Story{
		StoryKey: store.StoryKey{Place: "Q9", Language: "ru", Length: store.Short}, Title: "Мост", Point: geo.Offset(square, 90, 250),
		Text: "Мост через реку.", Source: "model", Judged: store.JudgedPassed, Version: storyVersion, Created: time.Now(), Expires: time.Now().AddDate(9, 0, 0),
	}
	pending := passed
	pending.Place, pending.Title, pending.Point, pending.Judged = "Q500", "Дом 1", geo.Offset(square, 90, 60), store.JudgedPending
	tell := func(w *world, person int64) (string, error) {
		s, err := w.tell(ask(person))
		return s.Key.Place, err
	}
	put := func(w *world, stories ...store.Story) {
		for i := range stories {
			stories[i].Created = time.Now()
			stories[i].Expires = time.Now().Add(store.StoryLife)
		}
		must(w.t, w.store.PutStories(w.t.Context(), stories))
	}
	t.Run("others get another", func(t *testing.T) {
		run(t, setting{noWiki: true, judge: true}, func(w *world) {
			put(w, passed, pending)
			w.judging.people[pending.StoryKey] = 1
			if got, err := tell(w, 2); err != nil || got != "Q9" {
				t.Errorf("another person got %s, %v", got, err)
			}
			if got, err := tell(w, 1); err != nil || got != "Q500" {
				t.Errorf("the person got %s, %v", got, err)
			}
		})
	})
	t.Run("others get it if there is nothing else", func(t *testing.T) {
		run(t, setting{noWiki: true, judge: true}, func(w *world) {
			put(w, pending)
			if got, err := tell(w, 2); err != nil || got != "Q500" {
				t.Errorf("another person got %s, %v", got, err)
			}
		})
	})
	t.Run("others get it instead of the extract", func(t *testing.T) {
		run(t, setting{articles: one, judge: true}, func(w *world) {
			put(w, pending)
			if s := w.mustTell(ask(2)); s.Key != pending.StoryKey || !s.Pending || w.model.Stats().Calls > 0 {
				t.Errorf("another person got %s %v", s.Source, s.Key)
			}
		})
	})
	t.Run("others get it instead of another place's extract", func(t *testing.T) {
		two := articles(2, 60, "ru")
		run(t, setting{articles: two, judge: true}, func(w *world) {
			farther := pending
			farther.Place, farther.Point = "Q501", geo.Offset(square, 90, 120)
			put(w, farther)
			block, err := w.cfg.Gate.Acquire(w.t.Context(), limiter.Job{})
			must(t, err)
			defer block.Release()
			for i := range int64(5) { // the model is busy for longer than people wait
				ticket, err := w.cfg.Gate.Enter(limiter.Job{Key: 100 + i})
				must(t, err)
				ctx, cancel := context.WithCancel(w.t.Context())
				cancel()
				defer func() { _, _ = ticket.Wait(ctx) }()
			}
			if s := w.mustTell(ask(2)); s.Key != farther.StoryKey || !s.Pending {
				t.Errorf("another person got %s %v (%s)", s.Source, s.Key, s.Reason)
			}
		})
	})
	t.Run("a judgement that was lost holds nothing back", func(t *testing.T) {
		run(t, setting{noWiki: true, judge: true}, func(w *world) {
			put(w, passed, pending)
			time.Sleep(pendingMost)
			if got, err := tell(w, 2); err != nil || got != "Q500" {
				t.Errorf("another person got %s, %v", got, err)
			}
		})
	})
}

func TestAStoryIsWrittenOnceMore(t *testing.T) {
	run(t, setting{articles: articles(1, 40, "ru"), judge: true, model: sim.ModelConfig{Object: objecting("Q500", 1)}}, func(w *world) {
		s := w.mustTell(ask(1))
		time.Sleep(2 * time.Minute)
		if got := w.stored(s.Key); got.Judged != store.JudgedPassed || got.Retired {
			t.Errorf("after one objection: %q, retired %v", got.Judged, got.Retired)
		}
		if n := w.Stats().Judged; n != (Judged{Passed: 1, Objected: 1}) {
			t.Errorf("counted %+v", n)
		}
		if calls := w.model.Stats(); calls.Judged != 2 || calls.Calls != 4 {
			t.Errorf("calls: %+v, want 2 for stories and 2 for verdicts", calls)
		}
	})
}

func TestARewrittenStoryReplacesTheFirst(t *testing.T) {
	run(t, setting{articles: articles(1, 40, "ru"), judge: true, model: sim.ModelConfig{Object: objecting("Q500", 1)}}, func(w *world) {
		s := w.mustTell(ask(1))
		// The model writes the same text from the same source, so the source changes.
		article, err := w.store.Article(t.Context(), w.stored(s.Key).Article, time.Now())
		must(t, err)
		article.Text = "Дом номер 1 построен в 1810 году. На чердаке дома до сих пор живут голуби. Его крыша покрыта красной черепицей."
		must(t, w.store.PutArticle(t.Context(), article, time.Now()))
		time.Sleep(2 * time.Minute)
		got := w.stored(s.Key)
		if got.Text == s.Text || !strings.Contains(got.Text, "голуби") || got.Judged != store.JudgedPassed {
			t.Errorf("%q: %s", got.Judged, got.Text)
		}
		if n := w.Stats().Judged; n != (Judged{Passed: 1, Objected: 1}) {
			t.Errorf("counted %+v", n)
		}
		w.pendingLeft(0)
	})
}

func TestARepeatedObjectionRetiresTheStoryAndCorrectsMessages(t *testing.T) {
	var mu sync.Mutex
	var sent []Correction
	set := setting{articles: articles(1, 40, "ru"), judge: true, model: sim.ModelConfig{Object: objecting("Q500", 2)}, guide: func(c *Config) {
		c.Correct = func(_ context.Context, c Correction) error {
			mu.Lock()
			defer mu.Unlock()
			sent = append(sent, c)
			return nil
		}
	}}
	run(t, set, func(w *world) {
		s := w.mustTell(ask(1))
		shown := store.Shown{Chat: 1, Message: 7, Person: 1}
		w.Showed(t.Context(), s, shown)
		time.Sleep(2 * time.Minute)
		if got := w.stored(s.Key); got.Judged != store.JudgedRefused || !got.Retired {
			t.Errorf("after two objections: %q, retired %v", got.Judged, got.Retired)
		}
		w.pendingLeft(0)
		if len(sent) != 1 || !slices.Equal(sent[0].Shown, []store.Shown{shown}) || sent[0].Language != "ru" {
			t.Fatalf("corrected %+v", sent)
		}
		if c := sent[0].Story; c.Source != FromExtract || !strings.HasPrefix(c.Text, "Дом номер 1") || c.Place.URL == "" || c.Key.Place != "" {
			t.Errorf("corrected to %+v", c)
		}
		if next := w.mustTell(ask(2)); next.Source != FromExtract || next.Reason != Unfit {
			t.Errorf("the next person got %s (%s)", next.Source, next.Reason)
		}
		// This message was on its way when the verdict came.
		late := store.Shown{Chat: 3, Message: 9, Person: 3}
		w.Showed(t.Context(), s, late)
		if len(sent) != 2 || !slices.Equal(sent[1].Shown, []store.Shown{late}) {
			t.Errorf("corrected %+v", sent[1:])
		}
	})
}

func TestWithoutTheJudgeStoriesAreToldAsBefore(t *testing.T) {
	for name, tt := range map[string]struct {
		set  setting
		wait time.Duration
	}{
		"off":             {setting{}, 0},
		"over its budget": {setting{judge: true, guide: func(c *Config) { c.DailyTokens = 1_000_000 }}, 0},
		"down": {setting{judge: true, model: sim.ModelConfig{Fault: func(n int) string {
			if n > 1 {
				return "500"
			}
			return ""
		}}}, judgeWithin + judgeLease},
		"silent": {setting{judge: true, model: sim.ModelConfig{Fault: func(n int) string {
			if n > 1 {
				return "notjson"
			}
			return ""
		}}}, judgeWithin + judgeLease},
	} {
		t.Run(name, func(t *testing.T) {
			tt.set.articles = articles(1, 40, "ru")
			run(t, tt.set, func(w *world) {
				if name == "over its budget" {
					_, err := w.store.Spend(t.Context(), store.DayOf(time.Now()), 0, store.Tokens{Prompt: 800_000})
					must(t, err)
				}
				s := w.mustTell(ask(1))
				if s.Source != FromModel {
					t.Fatalf("%s (%s), want a story", s.Source, s.Reason)
				}
				time.Sleep(tt.wait)
				if got := w.stored(s.Key); got.Judged != store.JudgedSkipped || got.Retired {
					t.Errorf("judged %q, retired %v, want skipped", got.Judged, got.Retired)
				}
				w.pendingLeft(0)
				if got := w.mustTell(ask(2)); got.Key != s.Key || got.Source != FromLibrary {
					t.Errorf("the next person got %s", got.Source)
				}
			})
		})
	}
}

func TestPendingStoriesOfAnEarlierProcessAreJudged(t *testing.T) {
	for name, tt := range map[string]struct {
		judge bool
		want  store.Judged
	}{"with a judge": {true, store.JudgedPassed}, "without one": {false, store.JudgedSkipped}} {
		t.Run(name, func(t *testing.T) {
			run(t, setting{articles: articles(1, 40, "ru"), judge: tt.judge, guide: func(c *Config) {
				// What an earlier process left behind: a place, a story and its judgement.
				s := store.Story{
					StoryKey: store.StoryKey{Place: "Q500", Language: "ru", Length: store.Short}, Title: "Дом 1", Point: square,
					Text: "Дом построен в 1810 году.", Source: "model", Judged: store.JudgedPending, Created: time.Now(), Expires: time.Now().Add(store.StoryLife),
				}
				place := store.Place{ID: "Q500", Language: "ru", Title: "Дом 1", Point: square, Extract: "Дом построен в 1810 году.", Fetched: time.Now()}
				must(t, c.Store.PutPlaces(t.Context(), []store.Place{place}))
				must(t, c.Store.PutStories(t.Context(), []store.Story{s}))
				must(t, c.Store.QueueJudgement(t.Context(), store.Judgement{StoryKey: s.StoryKey, Text: store.TextHash(s.Text), Queued: time.Now()}))
			}}, func(w *world) {
				time.Sleep(time.Minute)
				if got := w.stored(store.StoryKey{Place: "Q500", Language: "ru", Length: store.Short}); got.Judged != tt.want {
					t.Errorf("judged %q, want %q", got.Judged, tt.want)
				}
				w.pendingLeft(0)
			})
		})
	}
}

func TestAJudgeThatObjectsTooOftenIsIgnoredForTheDay(t *testing.T) {
	now := time.Date(2026, 11, 28, 15, 0, 0, 0, time.UTC)
	var w watch
	for i := range 300 { // 30 of any 100
		if w.note(i%10 < 3, now) || w.ignored(now) {
			t.Fatalf("ignored after %d stories, with 30 of 100 objected", i+1)
		}
	}
	tripped := 0
	for range 20 {
		if w.note(true, now) {
			tripped++
		}
	}
	if tripped != 1 || !w.ignored(now.Add(8*time.Hour)) {
		t.Errorf("tripped %d times, ignored %v", tripped, w.ignored(now.Add(8*time.Hour)))
	}
	if w.ignored(now.Add(9 * time.Hour)) {
		t.Error("ignored on the next day")
	}

	run(t, setting{articles: articles(1, 40, "ru"), judge: true, model: sim.ModelConfig{Object: objecting("Q500", -1)}}, func(w *world) {
		for range maxObjected + 1 {
			w.judging.watch.note(true, time.Now())
		}
		s := w.mustTell(ask(1))
		if got := w.stored(s.Key).Judged; got != store.JudgedSkipped || !w.Stats().Judged.Ignored || w.model.Stats().Judged > 0 {
			t.Errorf("judged %q by an ignored judge", got)
		}
	})
}
