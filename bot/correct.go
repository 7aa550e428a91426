package bot

import (
	"context"
	"errors"

	"excursobot/bot/guide"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/store"
)

// Correct puts the source's own words, or the story as it was written again, into the messages that show a text which did not hold up, with one line
// that explains it; a voice gets that line as its caption. A message that is gone, or whose reader blocked the bot, needs none.
func (b *Bot) Correct(ctx context.Context, c guide.Correction) error {
	var failed error
	for _, shown := range c.Shown {
		if err := b.router.stories.correct(ctx, c.Story, shown); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// correct edits one message, which is a text or a voice. It never sends a new one: a person who deleted the story does not want to hear of it again.
func (s *stories) correct(ctx context.Context, story guide.Story, shown store.Shown) error {
	user, words := s.reply.reader(ctx, shown.Person)
	m := correctionMessage(words, story, s.pictures && !user.HidePictures)
	m.Buttons = s.voices.offer(m.Buttons, words, story)
	preview := map[string]any{"is_disabled": true}
	if m.Picture != "" {
		preview = map[string]any{"url": m.Picture, "prefer_large_media": true, "show_above_text": true}
	}
	err := s.out.Do(ctx, telegram.Request{To: telegram.Target{Chat: shown.Chat}, Method: "editMessageText", Idempotent: true, Payload: map[string]any{
		"message_id": shown.Message, "text": m.Parts()[0], "parse_mode": "HTML", "link_preview_options": preview,
		"reply_markup": map[string]any{"inline_keyboard": m.Buttons},
	}}, nil)
	if telegram.RefusedText(err) { // a voice, which goes on saying what it said
		story.Source = guide.FromModel
		err = s.out.Do(ctx, telegram.Request{To: telegram.Target{Chat: shown.Chat}, Method: "editMessageCaption", Idempotent: true, Payload: map[string]any{
			"message_id": shown.Message, "caption": captionOf(words, story) + "\n\n" + words.Say("voice.withdrawn"), "parse_mode": "HTML",
		}}, nil)
	}
	if errors.Is(err, telegram.ErrGone) || errors.Is(err, telegram.ErrBadRequest) || errors.Is(err, telegram.ErrUnreachable) {
		return nil
	}
	return err
}

// correctionMessage returns what replaces a refused story. The person's distance is no longer known.
func correctionMessage(words *text.Words, s guide.Story, pictures bool) telegram.Message {
	key := "story.corrected"
	if s.Source != guide.FromExtract {
		key = "story.rewritten"
	}
	m := telegram.Message{
		HTML:    words.Say(key, "title", s.Place.Title, "text", unlinked(s.Text)),
		Buttons: storyButtons(words, s, moreButton(words, standing(s.Place.Point))),
	}
	m.Picture, m.Tail = pictured(words, s, pictures, sourceLine(words, s))
	return m
}
