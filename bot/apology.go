package bot

import (
	"context"
	"errors"
	"time"

	"excursobot/bot/telegram"
)

// apologyMost bounds an apology, with its retries.
const apologyMost = time.Minute

// apologise tells the person that their update failed, and whether that cost a story. It replaces a card, which would promise a story for ever.
// It has its own time limit, because the update's time may be over.
func (r *responder) apologise(u *update, story bool, cause error) error {
	ctx, cancel := context.WithTimeout(r.host.workContext(), apologyMost)
	defer cancel()
	if u.words == nil {
		u.words = r.words.Words(r.words.Match(u.LanguageCode))
	}
	key := "error.broken"
	switch {
	case errors.Is(cause, telegram.ErrAmbiguous):
		key = "error.maybe"
	case story:
		key = "error.internal"
	}
	m := telegram.Message{HTML: u.words.Say(key)}
	if u.Shown.Message != 0 && !errors.Is(cause, telegram.ErrAmbiguous) { // a story that may have arrived stays
		_, err := r.out.Edit(ctx, u.Chat, u.Shown.Message, m)
		return err
	}
	_, err := r.out.Send(ctx, u.Chat, m)
	return err
}

// refusal is the job of a request that a limit or the pause refuses: one sentence a minute, then silence. A button is always answered, because
// its spinner turns until then.
func (r *responder) refusal(kind, key string, wait time.Duration) job {
	return job{kind: kind, fleeting: true, run: func(ctx context.Context, u *update) error {
		if u.Callback != nil {
			r.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain(key, "wait", wait))
			return nil
		}
		return r.notify(ctx, u, key, telegram.Message{HTML: u.words.Say(key, "wait", wait)})
	}}
}

// away is the job of a request that waited for too long: an apology, at most once a minute, which replaces a card.
func (r *responder) away(kind string) job {
	return job{kind: kind, run: func(ctx context.Context, u *update) error {
		m := telegram.Message{HTML: u.words.Say("error.away")}
		if u.Shown.Message != 0 {
			return r.sayInstead(ctx, u, m)
		}
		return r.notify(ctx, u, "error.away", m)
	}}
}

// sayInstead sends m. It replaces the card that an earlier process showed, if there is one.
func (r *responder) sayInstead(ctx context.Context, u *update, m telegram.Message) error {
	var err error
	if u.Shown.Message != 0 {
		_, err = r.out.Edit(ctx, u.Chat, u.Shown.Message, m)
	} else {
		_, err = r.out.Send(ctx, u.Chat, m)
	}
	return err
}
