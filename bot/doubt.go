package bot

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"excursobot/bot/guide"
	"excursobot/bot/intake"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/store"
)

// wrongButton ("wrong:<place>:<language>:<revision>") notes that a person calls an extract wrong.
func (s *stories) wrongButton(_ *telegram.Update, args string) intake.Job {
	key, ok := parseReport(args)
	if !ok || key.Language == "" {
		return s.reply.oldButton()
	}
	return s.reply.job("button", func(ctx context.Context, u *update) error {
		err := s.guide.Report(ctx, u.Person, key)
		toast := "story.thanks_source"
		switch {
		case errors.Is(err, store.ErrNotFound) && !u.Private:
			toast = "toast.not_yours"
		case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrInvalid): // the person was forgotten since, or the button is forged
			toast = "button.old"
		case err != nil:
			s.out.AnswerCallback(ctx, u.Callback.ID, "")
			return err
		}
		s.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain(toast))
		return nil
	})
}

// wrongButtons returns the row in which a reader calls an extract wrong, none for other stories.
func wrongButtons(words *text.Words, s guide.Story) [][]telegram.Button {
	key := s.ReportKey()
	data := reportData("wrong", key)
	if key.Place == "" || key.Language == "" || data == "" {
		return nil
	}
	return [][]telegram.Button{{{Text: words.Plain("story.wrong"), Data: data}}}
}

// reportData is the data of a button about an extract, "" if the place's id is too long for a button.
func reportData(button string, key store.ReportKey) string {
	return fitting(button + ":" + key.Place + ":" + key.Language + ":" + strconv.FormatInt(key.Revision, 10))
}

// parseReport reads the data of a button about an extract, or about a place as a whole. Ids of places contain colons.
func parseReport(args string) (key store.ReportKey, ok bool) {
	parts := strings.Split(args, ":")
	n := len(parts)
	if n < 3 {
		return key, false
	}
	revision, err := strconv.ParseInt(parts[n-1], 10, 64)
	key = store.ReportKey{Place: strings.Join(parts[:n-2], ":"), Language: parts[n-2], Revision: revision}
	return key, err == nil && revision >= 0 && key.Place != ""
}
