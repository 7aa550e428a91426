package bot

import (
	"context"
	"strings"
	"testing"
	"time"

	"excursobot/store"
)

func TestTellMeMore(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		story := last(p)
		first := data(story, "tell:")
		if !strings.HasSuffix(first, ":1") {
			t.Fatalf("button %q under %q", first, story.Text)
		}
		heard, err := w.store.CountTold(t.Context(), 1)
		w.must(err)

		time.Sleep(time.Minute)
		w.waitDone(p.Press(story.ID, first))
		more := last(p)
		title, _, _ := strings.Cut(story.Text, "\n")
		if more.ID == story.ID || !strings.HasPrefix(more.Text, title+"\n") || data(more, "vote:") == "" || data(more, "more:") != "" {
			t.Errorf("answer %q with %v", more.Text, more.Buttons)
		}
		second := data(more, "tell:")
		if !strings.HasSuffix(second, ":2") {
			t.Fatalf("then the button is %q", second)
		}
		note, err := w.store.LastStory(t.Context(), 1, 1, time.Now())
		w.must(err)
		if note.Aspect != 1 || note.Message != more.ID {
			t.Errorf("noted %+v", note)
		}
		if again, err := w.store.CountTold(t.Context(), 1); err != nil || again != heard {
			t.Errorf("%d places told, want %d (%v)", again, heard, err)
		}

		n := len(answers(p))
		time.Sleep(time.Minute)
		w.waitDone(p.Press(story.ID, first)) // again
		if got := answers(p)[n:]; len(got) != 1 || got[0].HTML != w.cfg.Words.Words("en").Say("tell.told") {
			t.Errorf("a second press brought %+v", got)
		}
		time.Sleep(time.Minute)
		w.waitDone(p.Press(more.ID, second))
		if rest := last(p); data(rest, "tell:") != "" || rest.ID == more.ID {
			t.Errorf("after the last aspect: %q with %v", rest.Text, rest.Buttons)
		}
	})
}

func TestAStoryAndItsPlaceAreNoted(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		at, err := w.store.LastPoint(t.Context(), 1, 1, time.Now())
		w.must(err)
		if at.Point.Lat < cityLat-0.001 || at.Point.Lat > cityLat+0.001 {
			t.Errorf("point %+v", at)
		}
		note, err := w.store.LastStory(t.Context(), 1, 1, time.Now())
		w.must(err)
		if note.Place == "" || note.Message != last(p).ID || note.Language != "en" {
			t.Errorf("story %+v", note)
		}
		if _, err := w.store.LastStory(t.Context(), 1, 1, time.Now().Add(store.RecentLife+time.Minute)); err == nil {
			t.Error("the last story is known after six hours")
		}
		w.must(w.store.ForgetUser(context.Background(), 1, time.Now()))
		if _, err := w.store.LastPoint(t.Context(), 1, 1, time.Now()); err == nil {
			t.Error("the last point is known after /forget")
		}
	})
}

func TestButtonsOfAspects(t *testing.T) {
	t.Parallel()
	for _, key := range []store.StoryKey{
		{Place: "Q1", Language: "en", Length: store.Short},
		{Place: "wp:en:12", Language: "ru", Length: store.Long, Aspect: 2},
		{Place: "en:a1", Language: "en", Length: store.Short},
	} {
		got, mark, ok := parseVote(strings.TrimPrefix(voteData(key, store.Wrong), "vote:"))
		if got != key || mark != store.Wrong || !ok {
			t.Errorf("%+v came back as %+v, %v, %v", key, got, mark, ok)
		}
		place, aspect, ok := parseTell(strings.TrimPrefix(tellData(key.Place, 2), "tell:"))
		if place != key.Place || aspect != 2 || !ok {
			t.Errorf("%s came back as %s, %d, %v", key.Place, place, aspect, ok)
		}
	}
	for _, bad := range []string{"", ":1", "Q1", "Q1:0", "Q1:3", "Q1:x", "Q1:-1", "Q\x00:1"} {
		if _, _, ok := parseTell(bad); ok {
			t.Errorf("%q is taken for a button", bad)
		}
	}
	for _, bad := range []string{"Q1:en:short:a3:1", "Q1:en:short:a:1", "en:short:a1:1"} {
		if _, _, ok := parseVote(bad); ok {
			t.Errorf("%q is taken for a vote", bad)
		}
	}
}
