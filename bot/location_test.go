package bot

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"excursobot/bot/sim"
)

func TestFirstContactByLocationGetsTheStoryFirst(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
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
		title, _, _ := strings.Cut(card.Text, "\n")
		if !strings.HasPrefix(story.HTML, "<b>"+title) {
			t.Errorf("story %q is not of the card's place %q", story.HTML, title)
		}
		if !strings.Contains(story.HTML, `<a href="https://en.wikipedia.org/`) {
			t.Errorf("no source in %q", story.HTML)
		}
		if got := mapOf(story); !strings.HasPrefix(got, "https://www.google.com/maps/search/?api=1&query=48.") {
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
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		ru, en := w.person(1, "ru-RU"), w.person(2, "en")
		ru.Locate(cityLat, cityLon)
		en.Locate(cityLat, cityLon)
		first := w.waitStory(ru, 0)
		if !russian(first.HTML) {
			t.Errorf("russian story %q", first.HTML)
		}
		if s := w.waitStory(en, 0); russian(s.HTML) {
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
	s, _, _ := strings.Cut(m.Text, "\n")
	return s
}

func TestWithoutAModelTheSourceSpeaks(t *testing.T) {
	inWorld(t, newWorld, worldConfig{noModel: true}, func(t *testing.T, w *world) {
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
	inWorld(t, newWorld, worldConfig{empty: true}, func(t *testing.T, w *world) {
		p := w.person(1, "ru")
		update := p.Locate(0.5, -140)
		w.waitDone(update)
		got := answers(p)
		if len(got) != 1 || got[0].Text != w.words("ru").Plain("error.nothing") {
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

func TestStoriesOfOnePersonComeOneAtATimeAndCommandsAtOnce(t *testing.T) {
	inWorld(t, newWorld, worldConfig{slow: 9 * time.Second}, func(t *testing.T, w *world) {
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

func TestTheLogHoldsNoExactPosition(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Locate(48.20123, 11.50456))
		w.waitDone(p.Press(answers(p)[0].ID, data(answers(p)[0], "more:")))
		log := w.logs.String()
		if !strings.Contains(log, "fact_requested") || strings.Contains(log, "48.201") || strings.Contains(log, "11.504") {
			t.Errorf("log:\n%s", log)
		}
	})
}

func TestPlacesInTextsAreTakenForLocations(t *testing.T) {
	t.Parallel()
	for name, part := range map[string]string{
		"coordinates":        `"text":"48.2, 11.5"`,
		"a link":             `"text":"https://yandex.ru/maps/?ll=11.5,48.2&z=16"`,
		"a link behind text": `"text":"here","entities":[{"type":"text_link","offset":0,"length":4,"url":"https://maps.google.com/?q=48.2,11.5"}]`,
		"a venue":            `"venue":{"location":{"latitude":48.2,"longitude":11.5},"title":"t","address":"a"},"location":{"latitude":48.2,"longitude":11.5}`,
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
				p := w.person(1, "en")
				now := strconv.FormatInt(time.Now().Unix(), 10)
				w.tg.Inject(json.RawMessage(`{"message":{"message_id":70,"date":` + now + `,"from":{"id":1,"language_code":"en"},"chat":{"id":1,"type":"private"},` + part + `}}`))
				w.waitStory(p, 0)
			})
		})
	}
}

func TestTheHintAboutLiveLocationsComesOnceADay(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		hint := w.words("en").Say("hint.live")
		p := w.person(1, "en")
		tell := func() bool {
			w.waitDone(p.Locate(cityLat, cityLon))
			time.Sleep(time.Minute)
			got := storiesOf(p)
			return strings.HasSuffix(got[len(got)-1].HTML, "\n\n"+hint)
		}
		if !tell() {
			t.Errorf("no hint under %q", last(p).HTML)
		}
		if tell() {
			t.Error("a hint twice a day")
		}
		time.Sleep(hintEvery)
		if !tell() {
			t.Error("no hint the next day")
		}
	})
}

// When all people together ask more than the bot can have written, they get what is written already.
func TestOverTheCommonLimitTheSourceSpeaks(t *testing.T) {
	inWorld(t, newWorld, worldConfig{edit: func(c *Config) { c.Limits.AllStoryRate, c.Limits.AllStoryBurst = 0.01, 1 }}, func(t *testing.T, w *world) {
		first, second := w.person(1, "en"), w.person(2, "en")
		w.waitDone(first.Locate(cityLat, cityLon))
		time.Sleep(20 * time.Second) // the read-ahead of the first person
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

// russian reports whether a text is mostly in Cyrillic letters.
func russian(text string) bool {
	cyrillic, latin := 0, 0
	for _, r := range text[:strings.LastIndex(text+"<a href", "<a href")] {
		switch {
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
		case unicode.Is(unicode.Latin, r):
			latin++
		}
	}
	return cyrillic > latin
}
