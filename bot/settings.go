package bot

import (
	"context"
	"slices"
	"strings"

	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/store"
)

// interests are what a person may prefer; the choice of places knows the same ids.
var interests = []string{"history", "architecture", "people", "nature"}

// onSettings shows what a person can choose.
func (b *Bot) onSettings(ctx context.Context, u *update) error {
	_, err := b.out.Send(ctx, u.chat, settingsMenu(u.words, u.user))
	return err
}

// settingsButton ("set:<what>:<value>") makes a choice. The button says what shall be, not what shall change, so that pressing it twice is
// pressing it once.
func (b *Bot) settingsButton(u *update, args string) job {
	what, value, _ := strings.Cut(args, ":")
	choose := choice(what, value)
	if choose == nil || !u.private {
		return b.oldButton()
	}
	return job{kind: "button", run: func(ctx context.Context, u *update) error {
		b.out.AnswerCallback(ctx, u.callback.ID, u.words.Plain("toast.saved"))
		user, err := b.cfg.Store.UpdateUser(ctx, u.person, func(user *store.User) error {
			choose(user)
			return nil
		})
		if err != nil {
			return err
		}
		return b.replace(ctx, u, settingsMenu(u.words, user))
	}}
}

// choice returns what a button does to a profile, nil if there is no such choice.
func choice(what, value string) func(*store.User) {
	if what == "length" {
		length := store.Length(value)
		if value != "" && length != store.Short && length != store.Long {
			return nil
		}
		return func(user *store.User) { user.Length = length }
	}
	on := value == onOff(true)
	if !on && value != onOff(false) {
		return nil
	}
	switch {
	case what == "pictures":
		return func(user *store.User) { user.HidePictures = !on }
	case what == "pins":
		return func(user *store.User) { user.HidePins = !on }
	case slices.Contains(interests, what):
		return func(user *store.User) { user.Interests = withInterest(user.Interests, what, on) }
	}
	return nil
}

// withInterest returns the list in its own order, and with nothing in it that is no interest.
func withInterest(had []string, which string, on bool) []string {
	var has []string
	for _, interest := range interests {
		if interest == which && on || interest != which && slices.Contains(had, interest) {
			has = append(has, interest)
		}
	}
	return has
}

// settingsMenu shows a person's choices and a button for each other one.
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
			"interests", text.HTML(strings.Join(chosen, ", "))),
		Buttons: append([][]telegram.Button{
			{{Text: words.Plain("button.length_" + length.name), Data: "set:length:" + string(length.next)}},
			{
				{Text: words.Plain("button.pictures_" + onOff(!user.HidePictures)), Data: "set:pictures:" + onOff(user.HidePictures)},
				{Text: words.Plain("button.pins_" + onOff(!user.HidePins)), Data: "set:pins:" + onOff(user.HidePins)},
			},
		}, rows...),
	}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
