package bot

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"excursobot/bot/telegram"
	"excursobot/geo"
	"excursobot/store"
)

// oldButton is the job of every button that means nothing (any more): old, forged or cut short.
func (b *Bot) oldButton() job {
	return job{kind: "button", run: func(ctx context.Context, u *update) error {
		b.out.AnswerCallback(ctx, u.callback.ID, u.words.Plain("button.old"))
		return nil
	}}
}

// moreButton ("more:<lat>,<lon>") asks for another story at the same point.
func (b *Bot) moreButton(_ *update, args string) job {
	p, ok := parsePoint(args)
	if !ok {
		return b.oldButton()
	}
	j := b.locationJob(p)
	j.kind = "button"
	return j
}

// moreData is the data of the "one more" button. The point is in the button, so that it works after a restart too.
func moreData(p geo.Point) string {
	return "more:" + strconv.FormatFloat(p.Lat, 'f', 5, 64) + "," + strconv.FormatFloat(p.Lon, 'f', 5, 64)
}

func parsePoint(s string) (geo.Point, bool) {
	lat, lon, _ := strings.Cut(s, ",")
	var p geo.Point
	var err1, err2 error
	p.Lat, err1 = strconv.ParseFloat(lat, 64)
	p.Lon, err2 = strconv.ParseFloat(lon, 64)
	return p, err1 == nil && err2 == nil && p.Valid()
}

// voteButton ("vote:<place>:<language>:<length>:<mark>") counts a person's opinion of a story.
func (b *Bot) voteButton(_ *update, args string) job {
	key, mark, ok := parseVote(args)
	if !ok {
		return b.oldButton()
	}
	return job{kind: "button", run: func(ctx context.Context, u *update) error {
		retired, err := b.cfg.Guide.Vote(ctx, u.person, key, mark)
		switch {
		case errors.Is(err, store.ErrNotFound) && !u.private:
			b.out.AnswerCallback(ctx, u.callback.ID, u.words.Plain("toast.not_yours"))
			return nil
		case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrInvalid): // what was told has been forgotten, or the button is forged
			b.out.AnswerCallback(ctx, u.callback.ID, u.words.Plain("button.old"))
			return nil
		case err != nil:
			b.out.AnswerCallback(ctx, u.callback.ID, "")
			return err
		case mark == store.Wrong && retired:
			b.out.AnswerCallback(ctx, u.callback.ID, u.words.Plain("story.thanks_retired"))
			return nil
		case mark == store.Wrong:
			b.out.AnswerCallback(ctx, u.callback.ID, u.words.Plain("story.thanks_wrong"))
			return nil
		}
		b.out.AnswerCallback(ctx, u.callback.ID, u.words.Plain("story.thanks_vote"))
		if mark == store.Dislike {
			return b.askWhy(ctx, u, key)
		}
		return nil
	}}
}

// voteData is the data of a vote's button; "" if the place's id is too long for one.
func voteData(key store.StoryKey, mark store.Mark) string {
	data := "vote:" + key.Place + ":" + key.Language + ":" + string(key.Length) + ":" + strconv.Itoa(int(mark))
	if len(data) > 64 {
		return ""
	}
	return data
}

// parseVote reads from the end: ids of places hold colons.
func parseVote(args string) (key store.StoryKey, mark store.Mark, ok bool) {
	parts := strings.Split(args, ":")
	if len(parts) < 4 {
		return key, 0, false
	}
	tail := parts[len(parts)-3:]
	key = store.StoryKey{
		Place:    strings.Join(parts[:len(parts)-3], ":"),
		Language: tail[0],
		Length:   store.Length(tail[1]),
	}
	i := slices.Index([]string{"1", "2", "3"}, tail[2])
	mark = store.Mark(i + 1)
	ok = i >= 0 && key.Place != "" && key.Language != "" && (key.Length == store.Short || key.Length == store.Long)
	return key, mark, ok
}

// askWhy puts "something's wrong" in the place of the thumb that was pressed.
func (b *Bot) askWhy(ctx context.Context, u *update, key store.StoryKey) error {
	m := u.callback.Message
	if m == nil || m.ReplyMarkup == nil {
		return nil
	}
	var rows [][]telegram.Button
	for _, row := range m.ReplyMarkup.InlineKeyboard {
		var buttons []telegram.Button
		for _, old := range row {
			is := telegram.Button{Text: old.Text, Data: old.Data, URL: old.URL}
			if old.Data == u.callback.Data {
				is = telegram.Button{Text: u.words.Plain("story.wrong"), Data: voteData(key, store.Wrong)}
			}
			buttons = append(buttons, is)
		}
		rows = append(rows, buttons)
	}
	err := b.out.Do(ctx, telegram.Request{Chat: u.chat, Method: "editMessageReplyMarkup", Idempotent: true, Payload: map[string]any{
		"chat_id": u.chat, "message_id": m.ID, "reply_markup": telegram.InlineMarkup{Rows: rows},
	}}, nil)
	if errors.Is(err, telegram.ErrGone) || errors.Is(err, telegram.ErrBadRequest) {
		return nil // the vote counts all the same
	}
	return err
}

// languageButton ("lang:<code>", "lang:more") chooses the language, or shows those that only stories are told in.
func (b *Bot) languageButton(u *update, code string) job {
	if code == moreLanguages {
		return job{kind: "button", run: func(ctx context.Context, u *update) error {
			b.out.AnswerCallback(ctx, u.callback.ID, "")
			return b.replace(ctx, u, storyLanguageMenu(u.words, b.cfg.Words))
		}}
	}
	name, storyOnly := b.cfg.Words.StoryLanguage(code)
	if !u.private || !storyOnly && !slices.Contains(b.cfg.Words.Languages(), code) {
		return b.oldButton()
	}
	return job{kind: "button", run: func(ctx context.Context, u *update) error {
		b.out.AnswerCallback(ctx, u.callback.ID, "")
		_, err := b.cfg.Store.UpdateUser(ctx, u.person, func(user *store.User) error {
			user.Language = code
			return nil
		})
		if err != nil {
			return err
		}
		u.words = b.cfg.Words.Words(code)
		m := telegram.Message{HTML: u.words.Say("language.set"), Ask: u.words.Plain("start.button_location")} // the keyboard speaks it too
		if storyOnly {
			m.HTML = u.words.Say("language.story_only", "language", name)
		}
		if _, err := b.out.Send(ctx, u.chat, m); err != nil || u.callback.Message == nil {
			return err
		}
		return b.unbutton(ctx, u)
	}}
}
