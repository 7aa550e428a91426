package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/bot/telegram"
	"excursobot/store"
)

func TestAVoteIsCountedOnceAndCanBeChanged(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		toasts := w.toasts()
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		story := answers(p)[0]
		like := data(story, "vote:")
		w.waitDone(p.Press(story.ID, like))
		w.waitDone(p.Press(story.ID, strings.TrimSuffix(like, "1")+"2"))
		after := answers(p)[0]
		wrong := strings.TrimSuffix(like, "1") + "3"
		if row := after.Buttons[len(after.Buttons)-1]; row[1].Data != wrong {
			t.Errorf("thumb down became %+v, want %q", row, wrong)
		}
		w.experience(1, 2)
		w.waitDone(p.Press(story.ID, wrong))
		key, _, _ := parseVote(strings.TrimPrefix(like, "vote:"))
		stories, err := w.store.Stories(t.Context(), []store.StoryKey{key}, time.Now())
		w.must(err)
		if len(stories) != 1 || stories[0].Likes != 0 || len(stories[0].WrongBy) != 1 {
			t.Errorf("story counts %+v", stories)
		}
		other := w.person(2, "en")
		w.waitDone(other.Locate(cityLat, cityLon))
		w.waitDone(other.Press(answers(other)[0].ID, like))
		w.waitDone(other.Press(answers(other)[0].ID, strings.TrimSuffix(like, "1")+"2"))
		w.waitDone(other.Press(answers(other)[0].ID, wrong))
		words := w.words("en")
		want := []string{
			words.Plain("story.thanks_vote"), words.Plain("story.thanks_vote"), words.Plain("story.thanks_wrong"),
			words.Plain("story.thanks_vote"), words.Plain("story.thanks_vote"), words.Plain("story.thanks_retired"),
		}
		if !slices.Equal(*toasts, want) {
			t.Errorf("toasts %q, want %q", *toasts, want)
		}
	})
}

// experience lets people hear enough stories that their Wrong counts.
func (w *world) experience(people ...int64) {
	w.t.Helper()
	for _, person := range people {
		for i := range store.ExperiencedStories {
			at := time.Now().AddDate(0, 0, -i%store.ExperiencedDays)
			w.must(w.store.Delivered(w.t.Context(), store.Delivery{Person: person, Place: fmt.Sprint("heard ", i), At: at}))
		}
	}
}

// toastAPI notes what buttons are answered.
type toastAPI struct {
	telegram.API
	toasts *[]string
}

func (a toastAPI) Call(ctx context.Context, method string, payload any) ([]byte, error) {
	if fields, ok := payload.(map[string]any); ok && method == "answerCallbackQuery" {
		text, _ := fields["text"].(string)
		*a.toasts = append(*a.toasts, text)
	}
	return a.API.Call(ctx, method, payload)
}

func TestVotesInAGroupAreForTheOneWhoAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var toasts []string
		w := newWorld(t, worldConfig{edit: func(c *Config) { c.API = toastAPI{c.API, &toasts} }})
		defer w.close()
		group := w.tg.Person(sim.Profile{ID: -100, FirstName: "G"})
		w.waitDone(w.tg.Inject(json.RawMessage(`{"message":{"message_id":50,"date":946684800,"from":{"id":1,"language_code":"en"},` +
			`"chat":{"id":-100,"type":"supergroup"},"location":{"latitude":48.2,"longitude":11.5}}}`)))
		like := data(answers(group)[0], "vote:")
		for from, want := range map[string]string{"1": "story.thanks_vote", "2": "toast.not_yours"} {
			toasts = nil
			w.waitDone(w.tg.Inject(json.RawMessage(`{"callback_query":{"id":"` + from + `","from":{"id":` + from + `,"language_code":"en"},"data":"` + like + `",` +
				`"message":{"message_id":51,"date":946684800,"chat":{"id":-100,"type":"supergroup"}}}}`)))
			if len(toasts) == 0 || toasts[0] != w.words("en").Plain(want) {
				t.Errorf("person %s: %q, want %s", from, toasts, want)
			}
		}
	})
}

func TestTheSecondWrongRetiresAStoryForEverybody(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
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
			w.experience(id)
			like := data(story, "vote:")
			w.waitDone(p.Press(story.ID, like))
			w.waitDone(p.Press(story.ID, strings.TrimSuffix(like, "1")+"2"))
			w.waitDone(p.Press(story.ID, strings.TrimSuffix(like, "1")+"3"))
			time.Sleep(10 * time.Second)
		}
	})
}
