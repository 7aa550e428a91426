package bot

import (
	"excursobot/bot/guide"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/store"
)

// captionOf returns the caption of a voice. Voices are forwarded alone, so it holds what the licence requires.
func captionOf(words *text.Words, s guide.Story) string {
	caption := words.Say("voice.caption", "title", s.Place.Title)
	if source := sourceLine(words, s); source != "" {
		caption += "\n" + source
	}
	return caption
}

// voiceWishes are the choices, in the order of the button.
var voiceWishes = []struct {
	wish store.VoiceWish
	name string
}{{store.VoiceOnRequest, "request"}, {store.VoiceOnWalks, "walks"}, {store.VoiceAlways, "always"}}

// wishOf returns the wish with the name, false if there is none.
func wishOf(name string) (store.VoiceWish, bool) {
	for _, w := range voiceWishes {
		if w.name == name {
			return w.wish, true
		}
	}
	return "", false
}

// withVoices adds the choice when stories are spoken to the settings.
func withVoices(m telegram.Message, words *text.Words, user store.User) telegram.Message {
	for i, w := range voiceWishes {
		if w.wish != user.Voice {
			continue
		}
		next := voiceWishes[(i+1)%len(voiceWishes)].name
		m.HTML += "\n" + words.Say("settings.voice", "when", text.HTML(words.Say("settings.voice_"+w.name)))
		if user.VoiceForbidden {
			m.HTML += "\n" + words.Say("settings.voice_forbidden")
		}
		m.Buttons = append(m.Buttons, []telegram.Button{{Text: words.Plain("button.voice_" + w.name), Data: "set:voice:" + next}})
	}
	return m
}
