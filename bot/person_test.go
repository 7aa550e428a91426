package bot

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/guide/model"
	"excursobot/bot/text"
	"excursobot/store"
)

func TestOnboardingIsTwoMessages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		words := w.bot.cfg.Words.Words("fr")
		p := w.person(1, "fr-CA")
		w.ask(p, "/start deep-link")
		got := answers(p)
		if len(got) != 2 || got[0].HTML != words.Say("start.welcome") {
			t.Fatalf("answers %+v", got)
		}
		if want := [][]string{{words.Plain("start.button_location")}}; !slices.EqualFunc(got[0].Keyboard, want, slices.Equal) {
			t.Errorf("keyboard %v, want %v", got[0].Keyboard, want)
		}
		for _, step := range []struct{ button, want string }{
			{"menu:live", words.Say("how_live.text")}, {"menu:language", words.Say("language.choose")}, {"menu:donate", words.Say("donate.text")},
		} {
			w.press(p, got[1], step.button)
			if last(p).HTML != step.want {
				t.Errorf("%s led to %q", step.button, last(p).HTML)
			}
		}
	})
}

func TestSettings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		p := w.person(1, "en")
		menu := w.ask(p, "/settings")
		for _, choice := range []string{"set:length:short", "set:length:long", "set:nature:on", "set:history:on", "set:nature:off", "set:people:on", "set:pictures:off", "set:pins:off"} {
			w.press(p, menu, choice)
			w.press(p, last(p), choice) // twice is once
		}
		user, err := w.store.User(t.Context(), 1)
		w.must(err)
		if user.Length != store.Long || !slices.Equal(user.Interests, []string{"history", "people"}) || !user.HidePictures || !user.HidePins {
			t.Errorf("stored %+v", user)
		}
		if got := last(p); got.ID != menu.ID || got.HTML != settingsMenu(w.bot.cfg.Words.Words("en"), user).HTML {
			t.Errorf("menu became %+v", got)
		}
		w.waitDone(p.Locate(cityLat, cityLon))
		synctest.Wait()
		if got := last(p); got.Preview != "" || len(pinsOf(p)) != 0 {
			t.Errorf("a story with picture %q and %d pins", got.Preview, len(pinsOf(p)))
		}
	})
}

func TestStoriesInALanguageWithoutAnInterface(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		en := w.bot.cfg.Words.Words("en")
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

func TestPlacesInTextsAreTakenForLocations(t *testing.T) {
	t.Parallel()
	for name, part := range map[string]string{
		"coordinates":        `"text":"48.2, 11.5"`,
		"a link":             `"text":"https://yandex.ru/maps/?ll=11.5,48.2&z=16"`,
		"a link behind text": `"text":"here","entities":[{"type":"text_link","offset":0,"length":4,"url":"https://maps.google.com/?q=48.2,11.5"}]`,
		"a venue":            `"venue":{"location":{"latitude":48.2,"longitude":11.5},"title":"t","address":"a"},"location":{"latitude":48.2,"longitude":11.5}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, worldConfig{})
				defer w.close()
				p := w.person(1, "en")
				now := strconv.FormatInt(time.Now().Unix(), 10)
				w.tg.Inject(json.RawMessage(`{"message":{"message_id":70,"date":` + now + `,"from":{"id":1,"language_code":"en"},"chat":{"id":1,"type":"private"},` + part + `}}`))
				w.waitStory(p, 0)
			})
		})
	}
}

func TestALinkThatHidesItsPlaceIsExplained(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		p := w.person(1, "en")
		if got := w.ask(p, "Louvre https://maps.app.goo.gl/AbC"); got.HTML != w.bot.cfg.Words.Words("en").Say("text.hidden_link") || len(got.Keyboard) == 0 {
			t.Errorf("answer %+v", got)
		}
	})
}

func TestTheHintAboutLiveLocationsComesOnceADay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		hint := w.bot.cfg.Words.Words("en").Say("hint.live")
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

func TestForgetting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalkWorld(t, worldConfig{})
		defer w.close()
		words := w.bot.cfg.Words.Words("en")
		h := w.hike(1, time.Hour)
		h.walk(25 * time.Second)
		if len(h.told()) == 0 {
			t.Fatal("no story")
		}
		w.pay(h.p, w.ask(h.p, "/donate 50"))

		question := w.ask(h.p, "/forget")
		became := func(want string) {
			t.Helper()
			for _, m := range answers(h.p) {
				if m.ID == question.ID && m.HTML != words.Say(want) {
					t.Errorf("the question became %q", m.HTML)
				}
			}
		}
		w.press(h.p, question, "forget:no:1")
		became("forget.cancelled")
		question = w.ask(h.p, "/forget")
		w.press(h.p, question, "forget:yes:1")
		became("forget.done")
		n := len(fromBot(h.p))
		if _, err := w.store.User(t.Context(), 1); err == nil {
			t.Error("the profile is there")
		}
		h.walk(time.Minute) // the phone shares on
		if got := fromBot(h.p); len(got) != n {
			t.Errorf("after forgetting: %q", got[len(got)-1].HTML)
		}
		if heard, err := w.store.CountTold(t.Context(), 1); err != nil || heard != 0 {
			t.Errorf("heard %d, error %v", heard, err)
		}
		if _, err := w.store.User(t.Context(), 1); err == nil {
			t.Error("a position made a profile")
		}
		if got := w.given(1); got != (store.Given{All: 50}) {
			t.Errorf("given %+v", got)
		}
		if got := w.ask(h.p, "/stats"); got.HTML != words.Say("stats.none") {
			t.Errorf("stats %q", got.HTML)
		}
	})
}

func TestStatsCountWhatWasDone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalkWorld(t, worldConfig{})
		defer w.close()
		words := w.bot.cfg.Words.Words("en")
		h := w.hike(1, time.Hour)
		h.walk(25 * time.Second)
		during := w.ask(h.p, "/stats").HTML
		h.p.StopSharing(h.share)
		time.Sleep(time.Minute)
		after := w.ask(h.p, "/stats").HTML
		for when, got := range map[string]string{"during": during, "after": after} {
			for _, want := range []string{words.Say("stats.walks", "n", 1), " m walked with me", words.Say("stats.title")} {
				if !strings.Contains(got, want) {
					t.Errorf("%s the walk: no %q in %q", when, want, got)
				}
			}
		}
		if strings.Contains(after, words.Say("stats.badge")) {
			t.Errorf("a badge without a gift: %q", after)
		}
	})
}

func TestWordsThatStandForThemselves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{edit: func(c *Config) { c.Support = "a<b>@keeper" }})
		defer w.close()
		words := w.bot.cfg.Words.Words("pt")
		p := w.person(1, "pt-BR")
		for command, want := range map[string]string{
			"/privacy": words.Say("privacy.text"), "/terms": words.Say("terms.text"), "/paysupport": words.Say("paysupport.text", "contact", "a<b>@keeper"),
			"/privacy junk ' \" <b>": words.Say("privacy.text"), "/TERMS": words.Say("terms.text"),
		} {
			if got := w.ask(p, command); got.HTML != want {
				t.Errorf("%s got %q", command, got.HTML)
			}
		}
	})
}

// TestTelegramsMenus holds that every listed command works, is listed in each language, and that operators' commands are not.
func TestTelegramsMenus(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &recorder{calls: make(chan call, 100)}
		w := newWorld(t, worldConfig{edit: func(c *Config) { withOperator(c); api.next = c.API; c.API = api }})
		defer w.close()
		for range w.bot.menus.languages() {
			menu, scope := menuOf(api.wait(t, "setMyCommands"))
			slices.Sort(menu)
			want := []string{"donate", "forget", "help", "language", "live", "paysupport", "privacy", "settings", "start", "stats", "stop", "terms"}
			if !slices.Equal(menu, want) || scope != nil {
				t.Errorf("menu %v of %v, want %v of nobody", menu, scope, want)
			}
			for _, name := range menu {
				if w.bot.router.commands[name] == nil {
					t.Errorf("/%s is listed and does nothing", name)
				}
			}
		}
	})
}

// TestOperatorsHaveAMenuOfTheirOwn holds that their commands are shown in their chats alone, from the first /start and after a restart.
func TestOperatorsHaveAMenuOfTheirOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &recorder{calls: make(chan call, 1000)}
		w := newWorld(t, worldConfig{edit: func(c *Config) { withOperator(c); api.next = c.API; c.API = api }})
		defer w.close()
		own := func() (languages int) {
			for len(api.calls) > 0 {
				c := <-api.calls
				menu, scope := menuOf(c.payload)
				if c.method != "setMyCommands" || scope == nil {
					continue
				}
				if scope["type"] != "chat" || scope["chat_id"] != float64(operator) {
					t.Errorf("a menu of %v", scope)
				}
				if got := menu[len(listedCommands):]; !slices.Equal(got, []string{"admin", "pause", "ban", "unban", "refund"}) {
					t.Errorf("behind everybody's commands %v", got)
				}
				for _, name := range menu {
					if _, ok := w.bot.router.command(operator, name); !ok {
						t.Errorf("/%s is listed and does nothing", name)
					}
				}
				languages++
			}
			return languages
		}
		all := len(w.bot.menus.languages())
		w.until("described", func() bool { return w.tg.Calls()["setMyShortDescription"] == all })
		w.person(1, "en").Say("/start")
		time.Sleep(time.Minute)
		if got := own(); got > 1 {
			t.Errorf("a chat that is not there got %d menus", got)
		}
		w.person(operator, "ru").Say("/start")
		time.Sleep(time.Minute)
		if got := own(); got != all {
			t.Errorf("/start gave the operator %d menus, want %d", got, all)
		}
		w.cut()
		w.start()
		time.Sleep(time.Minute)
		if got := own(); got != all {
			t.Errorf("a restart gave the operator %d menus, want %d", got, all)
		}
		if strings.Contains(w.logs.String(), "msg=describe") {
			t.Errorf("somebody who never wrote is no fault:\n%s", w.logs)
		}
	})
}

// menuOf reads the commands of a setMyCommands and for whom they are, nil = for everybody.
func menuOf(payload map[string]any) (names []string, scope map[string]any) {
	commands, _ := payload["commands"].([]any)
	for _, c := range commands {
		names = append(names, c.(map[string]any)["command"].(string))
	}
	scope, _ = payload["scope"].(map[string]any)
	return names, scope
}
