package bot

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/telegram"

	"excursobot/bot/sim"
	"excursobot/store"
)

func TestFirstContactByLocationGetsTheStoryFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		typing := 0
		defer w.tg.Subscribe(func(e sim.Event) {
			if e.Kind == "typing" {
				typing++
			}
		})()
		p := w.person(1, "en")
		start := time.Now()
		update := p.Locate(cityLat, cityLon)
		card := w.waitAnswers(p, 1)[0]
		if d := card.At.Sub(start); d > time.Second {
			t.Errorf("card after %v, want within 1s", d)
		}
		if !strings.Contains(card.Text, "Writing the story") || len(card.Buttons) != 0 {
			t.Errorf("first message is no card: %q", card.Text)
		}
		story := w.waitStory(p, 0)
		w.waitDone(update)
		if story.ID != card.ID || story.Edits != 1 {
			t.Errorf("story is message %d with %d edits, want the card %d edited once", story.ID, story.Edits, card.ID)
		}
		title, _, _ := strings.Cut(card.Text, " · ")
		if !strings.HasPrefix(story.HTML, "<b>"+title) {
			t.Errorf("story %q is not of the card's place %q", story.HTML, title)
		}
		if !strings.Contains(story.HTML, `<a href="https://en.wikipedia.org/`) {
			t.Errorf("no source in %q", story.HTML)
		}
		if got := story.Buttons[0][0].URL; !strings.HasPrefix(got, "https://www.google.com/maps/search/?api=1&query=48.") {
			t.Errorf("map button %q", got)
		}
		if data(story, "more:") == "" || data(story, "vote:") == "" {
			t.Errorf("buttons %v", story.Buttons)
		}
		if len(answers(p)) != 1 || len(story.Keyboard) != 0 {
			t.Errorf("a menu beside the first story: %+v", answers(p))
		}
		if typing == 0 {
			t.Error("no typing")
		}
		if got := len(w.seen.first); got != 1 {
			t.Errorf("first content observed %d times, want once", got)
		}
	})
}

func TestTwoLanguagesAndNoPlaceTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		ru, en := w.person(1, "ru-RU"), w.person(2, "en")
		ru.Locate(cityLat, cityLon)
		en.Locate(cityLat, cityLon)
		first := w.waitStory(ru, 0)
		if !strings.Contains(first.HTML, "ru.wikipedia.org") {
			t.Errorf("russian story %q", first.HTML)
		}
		if s := w.waitStory(en, 0); !strings.Contains(s.HTML, "en.wikipedia.org") {
			t.Errorf("english story %q", s.HTML)
		}
		time.Sleep(20 * time.Second)
		if ru.Press(first.ID, data(first, "more:")) == 0 {
			t.Fatal("no button for more")
		}
		second := w.waitStory(ru, 1)
		if title(second) == title(first) {
			t.Errorf("%q told twice", title(first))
		}
	})
}

func title(m sim.Message) string {
	s, _, _ := strings.Cut(m.Text, " · ")
	return s
}

func TestWithoutAModelTheSourceSpeaks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{noModel: true})
		defer w.close()
		p := w.person(1, "en")
		p.Locate(cityLat, cityLon)
		story := w.waitStory(p, 0)
		for _, want := range []string{"CC BY-SA 4.0", "https://en.wikipedia.org/", "No storyteller"} {
			if !strings.Contains(story.HTML, want) {
				t.Errorf("no %q in %q", want, story.HTML)
			}
		}
		if data(story, "vote:") != "" {
			t.Error("an extract has buttons to vote on")
		}
	})
}

func TestNothingNearByIsSaidAndTheWayShown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{empty: true})
		defer w.close()
		p := w.person(1, "ru")
		update := p.Locate(0.5, -140)
		w.waitDone(update)
		got := answers(p)
		if len(got) != 1 || got[0].Text != w.bot.cfg.Words.Words("ru").Plain("error.nothing") {
			t.Fatalf("answers %+v", got)
		}
		if len(got[0].Keyboard) == 0 {
			t.Error("a first contact without a story got no keyboard")
		}
		w.waitDone(p.Locate(0.5, -140))
		if again := answers(p)[1]; len(again.Keyboard) != 0 {
			t.Error("the keyboard came a second time")
		}
	})
}

func TestCommandsAndButtons(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		var toasts []string
		defer w.tg.Subscribe(func(e sim.Event) {
			if e.Kind == "callback_answer" {
				toasts = append(toasts, e.Text)
			}
		})()
		en, ru := w.bot.cfg.Words.Words("en"), w.bot.cfg.Words.Words("ru")
		p := w.person(1, "en")
		say := func(text, want string) sim.Message {
			t.Helper()
			n := len(answers(p))
			w.waitDone(p.Say(text))
			got := answers(p)
			if len(got) != n+1 {
				t.Fatalf("%q got %d answers, want 1", text, len(got)-n)
			}
			last := got[n]
			if last.HTML != want {
				t.Errorf("%q answered %q, want %q", text, last.HTML, want)
			}
			time.Sleep(5 * time.Second)
			return last
		}
		if m := say("/help", en.Say("help.text")); len(m.Keyboard) != 1 {
			t.Errorf("no location button: %v", m.Keyboard)
		}
		say("/help@excursobot_sim_bot and more", en.Say("help.text"))
		say("/unknown", en.Say("text.other"))
		say("hello", en.Say("text.other"))
		say("/start@other_bot", en.Say("text.other"))
		menu := say("/language", en.Say("language.choose"))
		w.waitDone(p.Press(menu.ID, "lang:ru"))
		got := answers(p)
		if last := got[len(got)-1]; last.HTML != ru.Say("language.set") || last.Keyboard[0][0] != ru.Plain("start.button_location") {
			t.Errorf("the choice got %q, the keyboard is %q", last.HTML, last.Keyboard)
		}
		if menu = got[len(got)-2]; len(menu.Buttons) != 0 {
			t.Errorf("the menu still has %v", menu.Buttons)
		}
		say("/help", ru.Say("help.text"))
		if len(toasts) != 1 {
			t.Errorf("buttons answered %q, want once", toasts)
		}
	})
}

func TestVotes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		var toasts []string
		defer w.tg.Subscribe(func(e sim.Event) {
			if e.Kind == "callback_answer" {
				toasts = append(toasts, e.Text)
			}
		})()
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		story := answers(p)[0]
		like := data(story, "vote:")
		w.waitDone(p.Press(story.ID, like))
		w.waitDone(p.Press(story.ID, strings.TrimSuffix(like, "1")+"2"))
		after := answers(p)[0]
		wrong := strings.TrimSuffix(like, "1") + "3"
		if after.Buttons[1][1].Data != wrong {
			t.Errorf("thumb down became %+v, want %q", after.Buttons[1], wrong)
		}
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
		words := w.bot.cfg.Words.Words("en")
		want := []string{
			words.Plain("story.thanks_vote"), words.Plain("story.thanks_vote"), words.Plain("story.thanks_wrong"),
			words.Plain("story.thanks_vote"), words.Plain("story.thanks_vote"), words.Plain("story.thanks_retired"),
		}
		if strings.Join(toasts, "|") != strings.Join(want, "|") {
			t.Errorf("toasts %q, want %q", toasts, want)
		}
	})
}

func TestTheChosenLanguageOutlastsTheDay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		p := w.person(1, "en")
		w.waitDone(p.Say("/language"))
		w.waitDone(p.Press(answers(p)[0].ID, "lang:ru"))
		time.Sleep(24 * time.Hour)
		for range 2 { // the first update of the day notes when they were seen
			w.waitDone(p.Say("?"))
		}
		got := answers(p)
		if want := w.bot.cfg.Words.Words("ru").Plain("start.button_location"); len(got[len(got)-1].Keyboard) == 0 || got[len(got)-1].Keyboard[0][0] != want {
			t.Errorf("keyboard %q, want %q", got[len(got)-1].Keyboard, want)
		}
	})
}

func TestTheLogHoldsNoExactPosition(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		p := w.person(1, "en")
		w.waitDone(p.Locate(48.20123, 11.50456))
		w.waitDone(p.Press(answers(p)[0].ID, data(answers(p)[0], "more:")))
		log := w.logs.String()
		if !strings.Contains(log, "fact_requested") || strings.Contains(log, "48.201") || strings.Contains(log, "11.504") {
			t.Errorf("log:\n%s", log)
		}
	})
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
			if len(toasts) == 0 || toasts[0] != w.bot.cfg.Words.Words("en").Plain(want) {
				t.Errorf("person %s: %q, want %s", from, toasts, want)
			}
		}
	})
}

func TestGroupsGetStaticAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		group := w.tg.Person(sim.Profile{ID: -100, FirstName: "G"}) // the chat, as the simulation keeps it
		inject := func(part string) int64 {
			return w.tg.Inject(json.RawMessage(`{"message":{"message_id":50,"date":946684800,"from":{"id":1,"language_code":"en"},"chat":{"id":-100,"type":"supergroup"},` + part + `}}`))
		}
		inject(`"text":"hello"`)
		inject(`"text":"/start@somebody_else"`)
		w.waitDone(inject(`"text":"/start@excursobot_sim_bot"`))
		got := answers(group)
		if len(got) != 1 || got[0].Text != w.bot.cfg.Words.Words("en").Plain("group.hint") {
			t.Fatalf("answers %+v", got)
		}
		inject(`"location":{"latitude":48.2,"longitude":11.5,"live_period":3600}`)
		w.waitStory(group, 1)
	})
}

func TestTheChosenLanguageHoldsForStories(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		p := w.person(1, "en")
		w.waitDone(p.Say("/language"))
		menu := answers(p)[0]
		w.waitDone(p.Press(menu.ID, "lang:ru"))
		w.waitDone(p.Locate(cityLat, cityLon))
		if s := w.waitStory(p, 2); !strings.Contains(s.HTML, "ru.wikipedia.org") {
			t.Errorf("story %q is not russian", s.HTML)
		}
	})
}

func TestStoriesOfOnePersonComeOneAtATimeAndCommandsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{slow: 9 * time.Second})
		defer w.close()
		p := w.person(1, "en")
		p.Locate(cityLat, cityLon)
		p.Locate(cityLat, cityLon)
		start := time.Now()
		w.waitDone(p.Say("/help"))
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("/help took %v beside a story", took)
		}
		w.until("two stories", func() bool { return len(storiesOf(p)) == 2 })
		first, second := storiesOf(p)[0], storiesOf(p)[1]
		if second.At.Before(first.EditedAt) {
			t.Errorf("second answer began at %v, before the first was told at %v", second.At, first.EditedAt)
		}
	})
}
