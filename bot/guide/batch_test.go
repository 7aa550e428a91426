package guide

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/guide/model"
	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/limiter"
	"excursobot/store"
)

func TestManyPeopleAtOnePlaceShareOneCall(t *testing.T) {
	one := func(c *Config) { c.PlacesPerCall = 1 }
	run(t, setting{articles: town(), slots: 3, guide: one}, func(w *world) {
		var wg sync.WaitGroup
		for person := range int64(20) {
			wg.Go(func() {
				if story, _, err := w.Tell(w.t.Context(), ask(person+1), nil); err != nil || story.Source != FromModel {
					t.Errorf("got %s, %v", story.Source, err)
				}
			})
		}
		wg.Wait()
		if n := w.Stats().Joined; n < 19 {
			t.Errorf("%d joined the first one's call, want 19 at least", n)
		}
		time.Sleep(10 * time.Minute) // the read-ahead that follows each answer ends too
		written, err := w.store.StoriesIn(w.t.Context(), "ru", geo.RangesWithin(square, 2000), 100, time.Now())
		must(t, err)
		if calls := w.model.Stats().Calls; calls != len(written) {
			t.Errorf("%d calls for %d stories: a place was written twice", calls, len(written))
		}
	})
}

func TestFirstStoryGoesOutBeforeTheCallEnds(t *testing.T) {
	cfg := sim.ModelConfig{Latency: func(int) time.Duration { return 12 * time.Second }}
	run(t, setting{articles: town(), model: cfg}, func(w *world) {
		start := time.Now()
		story := w.mustTell(ask(1))
		if got := time.Since(start); story.Source != FromModel || got > 7*time.Second {
			t.Errorf("first of four stories: %s after %v, want generated well before the call's 12s", story.Source, got)
		}
	})
}

func TestCallIsDroppedWhileQueuedWhenNobodyWaits(t *testing.T) {
	hang := sim.ModelConfig{Latency: func(int) time.Duration { return 9 * time.Second }}
	run(t, setting{articles: town(), model: hang}, func(w *world) {
		block, err := w.cfg.Gate.Acquire(w.t.Context(), limiter.Job{})
		must(t, err)
		ctx, cancel := context.WithCancel(w.t.Context())
		ended := make(chan error)
		go func() {
			_, _, err := w.Tell(ctx, ask(1), nil)
			ended <- err
		}()
		time.Sleep(2 * time.Second)
		if n := w.Stats().Open; n == 0 {
			t.Fatal("no call is queued")
		}
		cancel()
		<-ended
		synctest.Wait()
		if n := w.Stats().Open; n != 0 {
			t.Errorf("%d places still wait for a call that nobody wants", n)
		}
		block.Release()
		time.Sleep(time.Minute)
		if n := w.model.Stats().Calls; n != 0 {
			t.Errorf("%d calls were made, want none", n)
		}
	})
}

func TestCallGoesOnWhileSomebodyWaits(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		block, err := w.cfg.Gate.Acquire(w.t.Context(), limiter.Job{})
		must(t, err)
		ctx, cancel := context.WithCancel(w.t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { _, _, _ = w.Tell(ctx, ask(1), nil) })
		wg.Go(func() {
			story, _, err := w.Tell(w.t.Context(), ask(2), nil)
			if err != nil || story.Source != FromModel {
				t.Errorf("the one who stayed got %s, %v", story.Source, err)
			}
		})
		time.Sleep(2 * time.Second)
		cancel()
		time.Sleep(time.Second)
		block.Release()
		wg.Wait()
	})
}

func TestFullGateAnswersWithTheExtractAtOnce(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		block, err := w.cfg.Gate.Acquire(w.t.Context(), limiter.Job{})
		must(t, err)
		defer block.Release()
		// Five jobs of a guessed 6 s each before it: 30 s, far beyond the 12 s a person is asked to wait.
		for i := range int64(5) {
			ticket, err := w.cfg.Gate.Enter(limiter.Job{Key: 100 + i})
			must(t, err)
			ctx, cancel := context.WithCancel(w.t.Context())
			cancel()
			defer func() { _, _ = ticket.Wait(ctx) }()
		}
		start := time.Now()
		story, _, err := w.Tell(w.t.Context(), ask(1), func(Card) { t.Error("a card was shown although the wait is too long") })
		must(t, err)
		if story.Source != FromExtract || story.Reason != ModelBusy || story.Wait <= startWithin {
			t.Errorf("got %s (%s, wait %v), want the extract with the wait", story.Source, story.Reason, story.Wait)
		}
		if waited := time.Since(start); waited > 2*time.Second {
			t.Errorf("waited %v for the extract", waited)
		}
	})
}

func TestFaultsOfTheModelEndInTheExtract(t *testing.T) {
	tests := []struct {
		fault string
		want  Reason
	}{
		{"500", ModelDown}, {"html", ModelDown}, {"401", ModelDown}, {"cut", Unfit}, {"empty", Unfit},
		{"notjson", Unfit}, {"refusal", Unfit}, {"badyear", Unfit}, {"badlang", Unfit}, {"markup", Unfit}, {"unknown", Unfit},
	}
	for _, tt := range tests {
		t.Run(tt.fault, func(t *testing.T) {
			cfg := sim.ModelConfig{
				Fault:   func(int) string { return tt.fault },
				Latency: func(int) time.Duration { return time.Second },
			}
			one := func(c *Config) { c.PlacesPerCall = 1 }
			run(t, setting{articles: town(), model: cfg, guide: one}, func(w *world) {
				story := w.mustTell(ask(1))
				if story.Source != FromExtract || story.Reason != tt.want {
					t.Errorf("got %s (%s), want the extract (%s)", story.Source, story.Reason, tt.want)
				}
				left, err := w.store.StoriesIn(w.t.Context(), "ru", geo.RangesWithin(square, 2000), 10, time.Now())
				must(t, err)
				if len(left) != 0 {
					t.Errorf("%d unfit stories reached the library", len(left))
				}
			})
		})
	}
}

func TestUnfitStoryIsAskedForOnceMore(t *testing.T) {
	cfg := sim.ModelConfig{
		Latency: func(int) time.Duration { return time.Second },
		Fault: func(n int) string {
			if n == 1 {
				return "badyear"
			}
			return ""
		},
	}
	run(t, setting{articles: town(), model: cfg}, func(w *world) {
		story := w.mustTell(ask(1))
		if story.Source != FromModel {
			t.Errorf("got %s (%s), want the second try's story", story.Source, story.Reason)
		}
	})
}

func TestReadAheadKeepsTwoStoriesReady(t *testing.T) {
	run(t, setting{articles: town(), guide: func(c *Config) { c.PlacesPerCall = 1 }}, func(w *world) {
		w.mustTell(ask(1))
		for i := range 2 {
			time.Sleep(time.Minute)
			start := time.Now()
			if next := w.mustTell(ask(1)); next.Source != FromLibrary {
				t.Errorf("story %d came from %s after %v, want it ready", i+2, next.Source, time.Since(start))
			}
		}
	})
}

func TestBudgetStopsClassByClass(t *testing.T) {
	run(t, setting{articles: town(), guide: func(c *Config) { c.DailyTokens = 1000 }}, func(w *world) {
		day := store.DayOf(time.Now())
		steps := []struct {
			spend            int64
			warm, ahead, ask bool
		}{{799, true, true, true}, {1, false, true, true}, {150, false, false, true}, {50, false, false, false}}
		for _, s := range steps {
			spent, err := w.store.Spend(w.t.Context(), day, 0, s.spend)
			must(t, err)
			for class, want := range map[limiter.Class]bool{WarmUp: s.warm, ReadAhead: s.ahead, Interactive: s.ask, LiveTick: s.ask} {
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

func TestAPlaceIsClaimedOnce(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		take := func(person int64, want bool) *Claim {
			t.Helper()
			claim, err := w.claims.try(w.t.Context(), person, "Q1")
			must(t, err)
			if got := claim != nil; got != want {
				t.Errorf("person %d: claimed = %v, want %v", person, got, want)
			}
			return claim
		}
		first := take(1, true)
		take(1, false)
		take(2, true).Release()
		first.Release()
		second := take(1, true)
		first.Release() // has ended already
		take(1, false)
		recorded := second.Confirm()
		second.Release() // the story arrived, so it has no effect
		take(1, false)
		must(t, w.store.Delivered(w.t.Context(), store.Delivery{Person: 1, Place: "Q1", At: time.Now()}))
		recorded()
		take(1, false)
		if n := w.Stats().Claims; n != 0 {
			t.Errorf("%d claims are left", n)
		}
	})
}

func TestAStoryThatCameMeanwhileIsNotAskedFor(t *testing.T) {
	slow := sim.ModelConfig{Latency: func(int) time.Duration { return 8 * time.Second }}
	run(t, setting{articles: town(), model: slow, slots: 1, guide: func(c *Config) { c.PlacesPerCall = 1 }}, func(w *world) {
		go w.Tell(w.t.Context(), ask(1), nil) // holds the slot
		time.Sleep(2 * time.Second)
		req := ask(2)
		req.Point = geo.Offset(square, 90, 480)
		told := make(chan Story, 1)
		go func() {
			s, _, _ := w.Tell(w.t.Context(), req, func(c Card) {
				told <- Story{Place: c.Place}
			})
			told <- s
		}()
		place := (<-told).Place
		words := store.Story{
			StoryKey: store.StoryKey{Place: place.ID, Language: "ru", Length: store.Short}, Title: place.Title, Point: place.Point,
			Text: "Из библиотеки.", Source: "model", Created: time.Now(), Expires: time.Now().Add(time.Hour),
		}
		must(t, w.store.PutStories(w.t.Context(), []store.Story{words}))
		if got := <-told; got.Text != words.Text {
			t.Errorf("told %q from %s, want what came into the library", got.Text, got.Source)
		}
	})
}

func TestTheWishedLengthComesFirst(t *testing.T) {
	run(t, setting{noWiki: true, noModel: true}, func(w *world) {
		for _, l := range []store.Length{store.Short, store.Long} {
			must(t, w.store.PutStories(w.t.Context(), []store.Story{{
				StoryKey: store.StoryKey{Place: "Q1", Language: "ru", Length: l}, Title: "Дом", Point: square,
				Text: string(l), Source: "model", Created: time.Now(), Expires: time.Now().Add(time.Hour),
			}}))
		}
		for person, l := range []store.Length{store.Short, store.Long} {
			req := ask(int64(person + 1))
			req.Length = l
			if got := w.mustTell(req); got.Text != string(l) {
				t.Errorf("asked for %s, told the %s one", l, got.Text)
			}
		}
	})
}

func TestSecondWrongVoteRetiresAStory(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		story := w.mustTell(ask(1))
		w.mustTell(ask(2))
		w.vote(1, story.Key, store.Wrong, false)
		w.vote(1, story.Key, store.Wrong, false)
		if got := w.mustTell(ask(3)); got.Source != FromLibrary {
			t.Errorf("one person's vote retired the story: %s", got.Source)
		}
		w.vote(2, story.Key, store.Wrong, true)
		got := w.mustTell(ask(4))
		for got.Place.ID != story.Place.ID { // its neighbours are ready and come first
			got = w.mustTell(ask(4))
		}
		if got.Source != FromExtract || got.Reason != Unfit {
			t.Errorf("retired story: %s (%s), want the extract", got.Source, got.Reason)
		}
	})
}

func TestSecondWrongVoteRetiresAStoryOfThePack(t *testing.T) {
	run(t, setting{noWiki: true, noModel: true, pack: true}, func(w *world) {
		first := w.mustTell(ask(1))
		w.mustTell(ask(2))
		w.vote(1, first.Key, store.Wrong, false)
		if got := w.mustTell(ask(3)); got.Place.ID != first.Place.ID || got.Source != FromPack {
			t.Errorf("after one vote: %s from %s, want %s from the pack", got.Place.ID, got.Source, first.Place.ID)
		}
		w.vote(2, first.Key, store.Wrong, true)
		for {
			got, err := w.tell(ask(4))
			if errors.Is(err, ErrAllTold) {
				break
			}
			must(t, err)
			if got.Place.ID == first.Place.ID {
				t.Fatalf("%s was told after two people found it wrong", got.Place.ID)
			}
		}
	})
}

func TestRunCancelsWhatIsInFlight(t *testing.T) {
	slow := sim.ModelConfig{Fault: func(int) string { return "hang" }}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{articles: town(), model: slow})
		ctx, cancel := context.WithCancel(w.t.Context())
		ended := make(chan error)
		go func() { ended <- w.Run(ctx) }()
		told := make(chan Story)
		go func() {
			s, _, _ := w.Tell(w.t.Context(), ask(1), nil)
			told <- s
		}()
		time.Sleep(5 * time.Second)
		cancel()
		must(t, <-ended)
		if s := <-told; s.Source != FromExtract {
			t.Errorf("the one who waited got %q, want the extract", s.Source)
		}
	})
}

func TestPanicOfACallEndsThatCallAlone(t *testing.T) {
	run(t, setting{articles: town(), observe: func(model.Call) { panic("observer") }}, func(w *world) {
		w.mustTell(ask(1)) // its story has arrived before the call ends
		time.Sleep(time.Minute)
		if s := w.Stats(); s.Panics == 0 || s.Gate.Running != 0 {
			t.Errorf("%d panics, %d slots still held; want some and none", s.Panics, s.Gate.Running)
		}
	})
}

func TestReadAheadIsNotJoinedWhenItCannotStartInTime(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		block, err := w.cfg.Gate.Acquire(w.t.Context(), limiter.Job{})
		must(t, err)
		defer block.Release()
		w.Prepare(ask(9)) // its call waits behind all others, for a minute at most
		time.Sleep(2 * time.Second)
		if w.Stats().Open == 0 {
			t.Fatal("no read-ahead is queued")
		}
		for i := range int64(5) { // thirty seconds of people before the next one
			ticket, err := w.cfg.Gate.Enter(limiter.Job{Key: 100 + i})
			must(t, err)
			ctx, cancel := context.WithCancel(w.t.Context())
			cancel()
			defer func() { _, _ = ticket.Wait(ctx) }()
		}
		story, _, err := w.Tell(w.t.Context(), ask(1), func(Card) { t.Error("a card was shown for a call that starts too late") })
		must(t, err)
		if story.Source != FromExtract || story.Reason != ModelBusy {
			t.Errorf("got %s (%s), want the extract", story.Source, story.Reason)
		}
	})
}
