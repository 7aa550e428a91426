package bot

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"excursobot/bot/sim"
)

func TestOnboardingIsTwoMessages(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		words := w.words("fr")
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

func TestPrivacyTermsAndSupportAreAnsweredInTheLanguage(t *testing.T) {
	inWorld(t, newWorld, worldConfig{edit: func(c *Config) { c.Support = "a<b>@keeper" }}, func(t *testing.T, w *world) {
		words := w.words("pt")
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

func TestALinkThatHidesItsPlaceIsExplained(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		if got := w.ask(p, "Louvre https://maps.app.goo.gl/AbC"); got.HTML != w.words("en").Say("text.hidden_link") || len(got.Keyboard) == 0 {
			t.Errorf("answer %+v", got)
		}
	})
}

func TestCommandsAndButtonsAnswerInTheChosenLanguage(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		toasts := w.toasts()
		en, ru := w.words("en"), w.words("ru")
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
		if len(*toasts) != 1 {
			t.Errorf("buttons answered %q, want once", *toasts)
		}
	})
}

func TestGroupsGetStaticAnswers(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		group := w.tg.Person(sim.Profile{ID: -100, FirstName: "G"}) // the chat, as the simulation keeps it
		inject := func(part string) int64 {
			return w.tg.Inject(json.RawMessage(`{"message":{"message_id":50,"date":946684800,"from":{"id":1,"language_code":"en"},"chat":{"id":-100,"type":"supergroup"},` + part + `}}`))
		}
		inject(`"text":"hello"`)
		inject(`"text":"/start@somebody_else"`)
		w.waitDone(inject(`"text":"/start@excursobot_sim_bot"`))
		got := answers(group)
		if len(got) != 1 || got[0].Text != w.words("en").Plain("group.hint") {
			t.Fatalf("answers %+v", got)
		}
		inject(`"location":{"latitude":48.2,"longitude":11.5,"live_period":3600}`)
		w.waitStory(group, 1)
	})
}
