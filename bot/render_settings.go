package bot

import (
	"slices"
	"strings"

	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/store"
)

// interests are the ids of what a person may prefer. Package guide knows them too.
var interests = []string{"history", "architecture", "people", "nature"}

// settingsMenu shows a person's choices, with buttons that change them.
func settingsMenu(words *text.Words, user store.User) telegram.Message {
	length := map[store.Length]struct {
		name string
		next store.Length
	}{
		"":          {"auto", store.Short},
		store.Short: {"short", store.Long},
		store.Long:  {"long", ""},
	}[user.Length]
	var chosen []string
	var rows [][]telegram.Button
	for i, interest := range interests {
		label, has := words.Plain("button.interest_"+interest), slices.Contains(user.Interests, interest)
		if has {
			chosen = append(chosen, words.Say("settings.interest_"+interest))
			label = words.Plain("button.chosen", "name", label)
		}
		if i%2 == 0 {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], telegram.Button{Text: label, Data: "set:" + interest + ":" + onOff(!has)})
	}
	if len(chosen) == 0 {
		chosen = []string{words.Say("settings.interests_none")}
	}
	return telegram.Message{
		HTML: words.Say("settings.text",
			"length", text.HTML(words.Say("settings.length_"+length.name)),
			"pictures", text.HTML(words.Say("settings."+onOff(!user.HidePictures))),
			"pins", text.HTML(words.Say("settings."+onOff(!user.HidePins))),
			"interests", text.HTML(strings.Join(chosen, ", ")),
			"news", text.HTML(words.Say("settings."+onOff(!user.NoNews)))),
		Buttons: append([][]telegram.Button{
			{{Text: words.Plain("button.length_" + length.name), Data: "set:length:" + string(length.next)}},
			{
				{Text: words.Plain("button.pictures_" + onOff(!user.HidePictures)), Data: "set:pictures:" + onOff(user.HidePictures)},
				{Text: words.Plain("button.pins_" + onOff(!user.HidePins)), Data: "set:pins:" + onOff(user.HidePins)},
			},
		}, append(rows, []telegram.Button{{Text: words.Plain("button.news_" + onOff(!user.NoNews)), Data: "set:news:" + onOff(user.NoNews)}})...),
	}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// languageMenu offers the languages, each by its own name.
func languageMenu(words *text.Words, all *text.Catalog) telegram.Message {
	m := telegram.Message{HTML: words.Say("language.choose")}
	var buttons []telegram.Button
	for _, code := range all.Languages() {
		buttons = append(buttons, telegram.Button{Text: all.Words(code).Plain("language.name"), Data: "lang:" + code})
	}
	m.Buttons = append(inRows(buttons, 2), []telegram.Button{{Text: words.Plain("button.more_languages"), Data: "lang:" + moreLanguages}})
	return m
}

// storyLanguageMenu offers the languages in which there are only stories, and no interface.
func storyLanguageMenu(words *text.Words, all *text.Catalog) telegram.Message {
	var buttons []telegram.Button
	for _, code := range all.StoryLanguages() {
		name, _ := all.StoryLanguage(code)
		buttons = append(buttons, telegram.Button{Text: name, Data: "lang:" + code})
	}
	return telegram.Message{HTML: words.Say("language.more"), Buttons: inRows(buttons, 2)}
}

// moreLanguages is the argument of the button that shows the story languages.
const moreLanguages = "more"
