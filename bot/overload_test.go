package bot

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// When all people together ask more than the bot can have written, they get what is written already.
func TestOverTheCommonLimitTheSourceSpeaks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{edit: func(c *Config) { c.Limits.AllStoryRate, c.Limits.AllStoryBurst = 0.01, 1 }})
		defer w.close()
		first, second := w.person(1, "en"), w.person(2, "en")
		w.waitDone(first.Locate(cityLat, cityLon))
		calls := w.model.Stats().Calls
		start := time.Now()
		w.waitDone(second.Locate(cityLat+0.02, cityLon))
		got := answers(second)
		if len(got) != 1 || len(got[0].Buttons) == 0 || got[0].Edits != 0 {
			t.Fatalf("answers %+v, want one story without a card", got)
		}
		if took := got[0].At.Sub(start); took > 2*time.Second {
			t.Errorf("answered after %v", took)
		}
		if n := w.model.Stats().Calls; n != calls {
			t.Errorf("%d calls to the model for a question over the limit", n-calls)
		}
	})
}

func TestTheSecondWrongRetiresAStoryForEverybody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		told := ""
		for id := int64(1); id <= 3; id++ {
			p := w.person(id, "en")
			w.waitDone(p.Locate(cityLat, cityLon))
			story := answers(p)[0]
			switch {
			case id == 1:
				told = story.HTML
			case id == 2 && story.HTML != told:
				t.Fatalf("the second hears %q, the first heard %q", story.HTML, told)
			case id == 3 && story.HTML == told:
				t.Errorf("told after two people called it wrong: %q", story.Text)
			}
			if id == 3 {
				return
			}
			like := data(story, "vote:")
			w.waitDone(p.Press(story.ID, like))
			w.waitDone(p.Press(story.ID, strings.TrimSuffix(like, "1")+"2"))
			w.waitDone(p.Press(story.ID, strings.TrimSuffix(like, "1")+"3"))
			time.Sleep(10 * time.Second)
		}
	})
}
