package bot

import (
	"context"
	"errors"
	"time"

	"excursobot/bot/telegram"
)

// apologyMost bounds an apology, with its retries.
const apologyMost = time.Minute

// apologise says that something broke, and whether it cost a story, in the place of a card that would promise a story for ever. It has time of its own: the update's may be what ran out.
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

// refusal is the job in place of a story request that is over a limit: one sentence a minute, then silence. A button is always answered, or its
// spinner would turn.
func (r *responder) refusal(kind, key string, wait time.Duration) job {
	return job{kind: kind, fleeting: true, run: func(ctx context.Context, u *update) error {
		if u.Callback != nil {
			r.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain(key, "wait", wait))
			return nil
		}
		return r.notify(ctx, u, key, telegram.Message{HTML: u.words.Say(key, "wait", wait)})
	}}
}

// away is the job of a request that is late: an apology, once a minute, in the place of what was shown.
func (r *responder) away(kind string) job {
	return job{kind: kind, run: func(ctx context.Context, u *update) error {
		m := telegram.Message{HTML: u.words.Say("error.away")}
		if u.Shown.Message != 0 {
			return r.sayInstead(ctx, u, m)
		}
		return r.notify(ctx, u, "error.away", m)
	}}
}

// sayInstead says something in the place of a card that an earlier process showed, if it did.
func (r *responder) sayInstead(ctx context.Context, u *update, m telegram.Message) error {
	var err error
	if u.Shown.Message != 0 {
		_, err = r.out.Edit(ctx, u.Chat, u.Shown.Message, m)
	} else {
		_, err = r.out.Send(ctx, u.Chat, m)
	}
	return err
}
