package sim

import (
	"testing"
)

func TestTelegramKeepsItsTexts(t *testing.T) {
	tg, b, _ := newWorld(t, TelegramConfig{})
	if menu := tg.Menu("fr"); len(menu) != 0 {
		t.Errorf("a bot that set none has the commands %v", menu)
	}
	b.must(nil, "setMyCommands", "commands", []apiCommand{{"begin", "start"}})
	b.must(nil, "setMyCommands", "commands", []apiCommand{{"start", "begin"}}, "language_code", "fr")
	for language, want := range map[string]Command{"fr": {"start", "begin"}, "en": {"begin", "start"}} {
		if menu := tg.Menu(language); len(menu) != 1 || menu[0] != want {
			t.Errorf("the menu in %s is %v, want %v", language, menu, want)
		}
	}
	b.must(nil, "setMyDescription", "description", "a guide")
	var commands []apiCommand
	b.must(&commands, "getMyCommands", "language_code", "fr")
	if len(commands) != 1 || commands[0] != (apiCommand{"start", "begin"}) {
		t.Errorf("commands %v", commands)
	}
	b.must(nil, "deleteMyCommands", "language_code", "fr")
	b.must(&commands, "getMyCommands", "language_code", "fr")
	var text map[string]string
	b.must(&text, "getMyDescription")
	if len(commands) != 0 || text["description"] != "a guide" {
		t.Errorf("commands %v, description %v", commands, text)
	}
}
