package bot

import (
	"slices"
	"testing"
	"time"

	"excursobot/bot/guide/model"
	"excursobot/bot/text"
)

func TestStoriesInALanguageWithoutAnInterface(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		en := w.words("en")
		p := w.person(1, "ru")
		menu := w.ask(p, "/language")
		w.press(p, menu, "lang:more")
		w.press(p, last(p), "lang:de")
		got := answers(p)
		if last := got[len(got)-1]; last.HTML != en.Say("language.story_only", "language", "Deutsch") || last.Keyboard[0][0] != en.Plain("start.button_location") {
			t.Errorf("the choice got %q, the keyboard is %q", last.HTML, last.Keyboard)
		}
		if menu = got[len(got)-2]; len(menu.Buttons) != 0 {
			t.Errorf("the menu still has %v", menu.Buttons)
		}
		german := w.person(2, "de-AT") // told in German from the first contact on
		w.ask(german, "/help")
		for id := range int64(2) {
			user, err := w.store.User(t.Context(), id+1)
			w.must(err)
			if user.Language != "de" {
				t.Errorf("person %d has %q", id+1, user.Language)
			}
		}
		if got := last(german); got.HTML != en.Say("help.text") {
			t.Errorf("interface %q", got.HTML)
		}
	})
}

func TestStoryLanguagesAreThoseOfTheModel(t *testing.T) {
	t.Parallel()
	words, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	got := append(words.Languages(), words.StoryLanguages()...)
	slices.Sort(got)
	if want := slices.Sorted(slices.Values(model.Languages)); !slices.Equal(got, want) {
		t.Errorf("offered %v, checked %v", got, want)
	}
}

func TestTheChosenLanguageOutlastsTheDay(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Say("/language"))
		w.waitDone(p.Press(answers(p)[0].ID, "lang:ru"))
		time.Sleep(24 * time.Hour)
		for range 2 { // the first update of the day notes when they were seen
			w.waitDone(p.Say("?"))
		}
		got := answers(p)
		if want := w.words("ru").Plain("start.button_location"); len(got[len(got)-1].Keyboard) == 0 || got[len(got)-1].Keyboard[0][0] != want {
			t.Errorf("keyboard %q, want %q", got[len(got)-1].Keyboard, want)
		}
	})
}

func TestTheChosenLanguageHoldsForStories(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Say("/language"))
		menu := answers(p)[0]
		w.waitDone(p.Press(menu.ID, "lang:ru"))
		w.waitDone(p.Locate(cityLat, cityLon))
		if s := w.waitStory(p, 2); !russian(s.HTML) {
			t.Errorf("story %q is not russian", s.HTML)
		}
	})
}
