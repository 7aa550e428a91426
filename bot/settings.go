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

// settings lets a person choose language, length, pictures, pins and interests.
type settings struct {
	out    *telegram.Sender
	reply  *responder
	store  store.Users
	words  *text.Catalog
	spoken bool // there are voices to choose
}

// onSettings shows the settings.
func (s *settings) onSettings(ctx context.Context, u *update) error {
	_, err := s.out.Send(ctx, u.To(), s.menu(u.words, u.user))
	return err
}

func (s *settings) menu(words *text.Words, user store.User) telegram.Message {
	m := settingsMenu(words, user)
	if s.spoken {
		m = withVoices(m, words, user)
	}
	return m
}

// settingsButton ("set:<what>:<value>") changes a setting. The button holds the new value, so that pressing it twice has the same effect as
// once.
func (s *settings) settingsButton(u *telegram.Update, args string) intake.Job {
	what, value, _ := strings.Cut(args, ":")
	choose := choice(what, value)
	if choose == nil || !u.Private {
		return s.reply.oldButton()
	}
	return s.reply.job("button", func(ctx context.Context, u *update) error {
		user, err := s.store.UpdateUser(ctx, u.Person, func(user *store.User) error {
			choose(user)
			return nil
		})
		if err != nil {
			s.out.AnswerCallback(ctx, u.Callback.ID, "")
			return err
		}
		s.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain("toast.saved"))
		return s.reply.replace(ctx, u, s.menu(u.words, user))
	})
}

// choice returns the change that a button makes to a profile, nil if there is no such setting.
func choice(what, value string) func(*store.User) {
	if what == "length" {
		length := store.Length(value)
		if value != "" && length != store.Short && length != store.Long {
			return nil
		}
		return func(user *store.User) { user.Length = length }
	}
	if what == "voice" {
		wish, ok := wishOf(value)
		if !ok {
			return nil
		}
		return func(user *store.User) { user.Voice = wish }
	}
	on := value == onOff(true)
	if !on && value != onOff(false) {
		return nil
	}
	switch {
	case what == "pictures":
		return func(user *store.User) { user.HidePictures = !on }
	case what == "news":
		return func(user *store.User) { user.NoNews = !on }
	case what == "pins":
		return func(user *store.User) { user.HidePins = !on }
	case slices.Contains(interests, what):
		return func(user *store.User) { user.Interests = withInterest(user.Interests, what, on) }
	}
	return nil
}

// withInterest returns the interests with one switched on or off, in the order of interests. Unknown ones are dropped.
func withInterest(had []string, which string, on bool) []string {
	var has []string
	for _, interest := range interests {
		if interest == which && on || interest != which && slices.Contains(had, interest) {
			has = append(has, interest)
		}
	}
	return has
}
