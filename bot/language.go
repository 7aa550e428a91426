package bot

import (
	"context"
	"slices"

	"excursobot/bot/intake"
	"excursobot/bot/telegram"
	"excursobot/store"
)

// onLanguage offers the languages.
func (s *settings) onLanguage(ctx context.Context, u *update) error {
	_, err := s.out.Send(ctx, u.To(), languageMenu(u.words, s.words))
	return err
}

// languageButton ("lang:<code>", "lang:more") chooses the language, or shows the languages in which there are only stories.
func (s *settings) languageButton(u *telegram.Update, code string) intake.Job {
	if code == moreLanguages {
		return s.reply.job("button", func(ctx context.Context, u *update) error {
			s.out.AnswerCallback(ctx, u.Callback.ID, "")
			return s.reply.replace(ctx, u, storyLanguageMenu(u.words, s.words))
		})
	}
	name, storyOnly := s.words.StoryLanguage(code)
	if !u.Private || !storyOnly && !slices.Contains(s.words.Languages(), code) {
		return s.reply.oldButton()
	}
	return s.reply.job("button", func(ctx context.Context, u *update) error {
		s.out.AnswerCallback(ctx, u.Callback.ID, "")
		_, err := s.store.UpdateUser(ctx, u.Person, func(user *store.User) error {
			user.Language = code
			return nil
		})
		if err != nil {
			return err
		}
		u.words = s.words.Words(code)
		m := telegram.Message{HTML: u.words.Say("language.set"), Ask: u.words.Plain("start.button_location")} // the keyboard changes its language too
		if storyOnly {
			m.HTML = u.words.Say("language.story_only", "language", name)
		}
		if _, err := s.out.Send(ctx, u.To(), m); err != nil || u.Callback.Message == nil {
			return err
		}
		return s.reply.unbutton(ctx, u)
	})
}
