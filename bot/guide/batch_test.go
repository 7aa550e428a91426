package guide

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/guide/chat"
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
		// Five jobs with an estimate of 6 s each come first: 30 s, far more than the time that a person is asked to wait.
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
		{"500", ModelDown}, {"html", ModelDown}, {"garbage", ModelDown}, {"cut", ModelDown}, {"empty", ModelDown},
		{"401", ModelRefused}, {"quota", ModelRefused}, {"notjson", Silent}, {"unknown", Silent}, {"refusal", Declined}, {"filter", Declined},
		{"badyear", Unfit}, {"badlang", Unfit}, {"markup", Unfit},
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
				by := uint64(0)
				for _, n := range w.Stats().DroppedBy {
					by += n
				}
				if by != w.Stats().Dropped || (by > 0) != (tt.want == Unfit || tt.fault == "unknown") {
					t.Errorf("dropped %d by %v", w.Stats().Dropped, w.Stats().DroppedBy)
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
	run(t, setting{articles: town(), observe: func(chat.Call) { panic("observer") }}, func(w *world) {
		w.mustTell(ask(1)) // its story has arrived before the call ends
		time.Sleep(time.Minute)
		if s := w.Stats(); s.Panics == 0 || s.Gate.Running != 0 {
			t.Errorf("%d panics, %d slots still held; want some and none", s.Panics, s.Gate.Running)
		}
	})
}
