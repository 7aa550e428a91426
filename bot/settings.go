package bot

import (
	"context"
	"slices"
	"strings"

	"excursobot/bot/intake"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/store"
)

// settings keeps what a person chose: language, length, pictures, pins and interests.
type settings struct {
	out   *telegram.Sender
	reply *responder
	store store.Users
	words *text.Catalog
}

// onSettings shows what a person can choose.
func (s *settings) onSettings(ctx context.Context, u *update) error {
	_, err := s.out.Send(ctx, u.Chat, settingsMenu(u.words, u.user))
	return err
}

// settingsButton ("set:<what>:<value>") makes a choice. The button says what shall be, not what shall change, so that pressing it twice is
// pressing it once.
func (s *settings) settingsButton(u *telegram.Update, args string) intake.Job {
	what, value, _ := strings.Cut(args, ":")
	choose := choice(what, value)
	if choose == nil || !u.Private {
		return s.reply.oldButton()
	}
	return s.reply.job("button", func(ctx context.Context, u *update) error {
		s.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain("toast.saved"))
		user, err := s.store.UpdateUser(ctx, u.Person, func(user *store.User) error {
			choose(user)
			return nil
		})
		if err != nil {
			return err
		}
		return s.reply.replace(ctx, u, settingsMenu(u.words, user))
	})
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
