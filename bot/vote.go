package bot

import (
	"context"
	"errors"

	"excursobot/bot/intake"
	"excursobot/bot/telegram"
	"excursobot/store"
)

// voteButton ("vote:<place>:<language>:<length>:<mark>") counts a person's opinion of a story.
func (s *stories) voteButton(_ *telegram.Update, args string) intake.Job {
	key, mark, ok := parseVote(args)
	if !ok {
		return s.reply.oldButton()
	}
	return s.reply.job("button", func(ctx context.Context, u *update) error {
		retired, err := s.guide.Vote(ctx, u.Person, key, mark)
		switch {
		case errors.Is(err, store.ErrNotFound) && !u.Private:
			s.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain("toast.not_yours"))
			return nil
		case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrInvalid): // the person was forgotten since, or the button is forged
			s.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain("button.old"))
			return nil
		case err != nil:
			s.out.AnswerCallback(ctx, u.Callback.ID, "")
			return err
		case mark == store.Wrong && retired:
			s.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain("story.thanks_retired"))
			return nil
		case mark == store.Wrong:
			s.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain("story.thanks_wrong"))
			return nil
		}
		s.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain("story.thanks_vote"))
		if mark == store.Dislike {
			return s.askWhy(ctx, u, key)
		}
		return nil
	})
}

// askWhy replaces the thumb that was pressed with "something's wrong".
func (s *stories) askWhy(ctx context.Context, u *update, key store.StoryKey) error {
	m := u.Callback.Message
	if m == nil || m.ReplyMarkup == nil {
		return nil
	}
	var rows [][]telegram.Button
	for _, row := range m.ReplyMarkup.InlineKeyboard {
		var buttons []telegram.Button
		for _, old := range row {
			is := telegram.Button{Text: old.Text, Data: old.Data, URL: old.URL}
			if old.Data == u.Callback.Data {
				is = telegram.Button{Text: u.words.Plain("story.wrong"), Data: voteData(key, store.Wrong)}
			}
			buttons = append(buttons, is)
		}
		rows = append(rows, buttons)
	}
	err := s.out.Do(ctx, telegram.Request{To: u.To(), Method: "editMessageReplyMarkup", Idempotent: true, Payload: map[string]any{
		"message_id": m.ID, "reply_markup": telegram.InlineMarkup{Rows: rows},
	}}, nil)
	if errors.Is(err, telegram.ErrGone) || errors.Is(err, telegram.ErrBadRequest) {
		return nil // the vote counts anyway
	}
	return err
}
