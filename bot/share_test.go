package bot

import (
	"slices"
	"strings"
	"testing"
	"time"

	"excursobot/bot/sim"
)

func TestANewShareReplacesTheWalk(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{}, func(t *testing.T, w *world) {
		h := w.hike(1, time.Hour)
		h.waitTold(1)
		h.walk(20 * time.Second)
		old := len(h.told())
		_, second := h.p.Share(h.at.Lat, h.at.Lon, 3600)
		w.until("the summary", func() bool { return h.has(w.words("en").Say("live.end_replaced")) })
		w.until("the new walk's story", func() bool {
			return slices.ContainsFunc(storiesOf(h.p)[old:], func(m sim.Message) bool { return strings.HasPrefix(m.Text, "1. ") })
		})
		w.until("a question for each walk", func() bool { return len(h.said("live.question")) == 2 })
		h.p.Move(h.share, h.at.Lat, h.at.Lon, 0) // the old share lives on in the phone
		time.Sleep(5 * time.Second)
		if got, _ := w.bot.live.Walk(1); got.Message != second {
			t.Errorf("the walk is of message %d, want %d", got.Message, second)
		}
	})
}

func TestWithoutRoomForAWalkASingleStoryIsOffered(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{edit: func(c *Config) { c.Live.MaxSessions = 1 }}, func(t *testing.T, w *world) {
		first := w.hike(1, time.Hour)
		first.waitTold(1)
		second := w.hike(2, time.Hour)
		full := second.waitSaid("live.full")
		second.walk(20 * time.Second)
		if got := answers(second.p); len(got) != 1 {
			t.Fatalf("answers %+v, want one sentence", got)
		}
		if second.p.Press(full.ID, data(full, "more:")) == 0 {
			t.Fatal("no button for a single story")
		}
		w.until("a single story", func() bool { return len(storiesOf(second.p)) == 2 })
		first.p.Say("/stop")
		w.until("a free place", func() bool { return w.bot.Stats().Walks.Sessions == 0 })
		third := w.hike(3, time.Hour)
		third.waitTold(1)
	})
}

func TestAPinnedLocationDuringAWalkIsAnswered(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{}, func(t *testing.T, w *world) {
		h := w.hike(1, time.Hour)
		h.waitTold(1)
		h.p.Locate(h.at.Lat, h.at.Lon)
		w.until("the single story", func() bool { return len(storiesOf(h.p)) > len(h.told()) })
		h.walk(30 * time.Second)
		if n := len(h.told()); n < 3 {
			t.Errorf("%d stories: the walk did not go on", n)
		}
	})
}

// A step of a known walk is neither looked up nor written.
func TestStepsAreCheap(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{edit: func(c *Config) { c.Live.Default = time.Minute }}, func(t *testing.T, w *world) {
		h := w.hike(1, time.Hour)
		h.waitTold(1)
		var last int64
		for range 5 {
			time.Sleep(2 * time.Second)
			last = h.p.Move(h.share, cityLat+0.001, cityLon, 0)
		}
		time.Sleep(2 * time.Second)
		if done, err := w.store.Done(t.Context(), last); err != nil || done {
			t.Errorf("a step is remembered as done: %v, %v", done, err)
		}
		if got := w.bot.Stats().Walks.Moves; got != 5 {
			t.Errorf("%d moves applied, want 5", got)
		}
	})
}
