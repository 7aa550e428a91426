package bot

import (
	"context"
	"errors"
	"time"

	"excursobot/bot/intake"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
)

// apologyMost bounds an apology, with its repetitions.
const apologyMost = time.Minute

// failed tells a person that their update failed. If the person blocked the bot, that is stored; a bot that was removed from a group may still write
// to the person. After a payment there is no apology: the payment is stored, even if the thanks failed.
func (r *responder) failed(ctx context.Context, t *intake.Task, f intake.Failure) {
	switch {
	case errors.Is(f.Cause, telegram.ErrUnreachable):
		if t.Private {
			r.people.unreachable(ctx, t.Person)
		}
	case !f.Money:
		if err := r.apologise(t, f); err != nil {
			r.log.Warn("apology_failed", "update", t.ID, "error", err)
		}
	}
}

// apologise tells the person that their update failed, and whether that cost a story. It replaces a card, which would promise a story forever. It
// has its own time limit, because the update's time may be over.
func (r *responder) apologise(t *intake.Task, f intake.Failure) error {
	ctx, cancel := context.WithTimeout(r.host.Work(), apologyMost)
	defer cancel()
	ambiguous := errors.Is(f.Cause, telegram.ErrAmbiguous)
	key := "error.broken"
	switch {
	case ambiguous:
		key = "error.maybe"
	case f.Story && isQuestion(t.Update):
		key = "error.question"
	case f.Story:
		key = "error.internal"
	}
	m := telegram.Message{HTML: r.wordsOf(ctx, t).Say(key)}
	if ambiguous { // a story that may have arrived stays
		_, err := r.out.Send(ctx, t.To(), m)
		return err
	}
	return r.sendInstead(ctx, t, m)
}

// deadLetter apologises for an update during which processes ended.
func (r *responder) deadLetter(ctx context.Context, t *intake.Task) error {
	u := r.meet(ctx, t)
	if u.user.Banned {
		return nil
	}
	key := "error.internal"
	if isQuestion(t.Update) {
		key = "error.question"
	}
	return r.sendInstead(ctx, t, telegram.Message{HTML: u.words.Say(key)})
}

// refuse returns the handler of an update that is refused.
func (r *responder) refuse(refusal intake.Refusal) intake.Handler {
	switch refusal.Reason {
	case intake.Paused:
		return r.handle(r.oneSentence("error.maintenance", 0))
	case intake.OverStoryLimit:
		return r.handle(r.oneSentence("limit.story", refusal.Wait))
	default:
		return r.handle(r.stale)
	}
}

// oneSentence answers with one sentence a minute, and then not at all. A button is always answered, because its spinner turns until then.
func (r *responder) oneSentence(key string, wait time.Duration) handler {
	return func(ctx context.Context, u *update) error {
		if u.Callback != nil {
			r.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain(key, "wait", wait))
			return nil
		}
		return r.notify(ctx, u, key, telegram.Message{HTML: u.words.Say(key, "wait", wait)})
	}
}

// stale apologises for a request that waited for too long, at most once a minute. It replaces a card.
func (r *responder) stale(ctx context.Context, u *update) error {
	if isQuestion(u.Update) {
		return r.notify(ctx, u, "error.away", telegram.Message{HTML: u.words.Say("error.away_question")})
	}
	m := telegram.Message{HTML: u.words.Say("error.away")}
	if u.Shown.Message != 0 {
		return r.sendInstead(ctx, u.Task, m)
	}
	return r.notify(ctx, u, "error.away", m)
}

// lost returns a function that tells the person of a lost update to ask again. It returns nil if the chat was told a short time ago.
func (r *responder) lost(t *telegram.Update) func(ctx context.Context) {
	if !r.notices.Allow(notice{t.Chat, "chat_full"}) {
		return nil
	}
	return func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, apologyMost)
		defer cancel()
		u := r.meet(ctx, &intake.Task{Update: t})
		if u.user.Banned {
			return
		}
		if _, err := r.out.Send(ctx, u.To(), telegram.Message{HTML: u.words.Say("limit.story", "wait", overloadAgain)}); err != nil {
			r.log.Warn("chat_full", "error", err)
		}
	}
}

// sendInstead sends a message. It replaces a card that was shown, if there is one.
func (r *responder) sendInstead(ctx context.Context, t *intake.Task, m telegram.Message) error {
	_, err := r.out.Edit(ctx, t.To(), t.Shown.Message, m)
	return err
}

// wordsOf returns the words in the language of the person who sent an update, even if the store does not answer.
func (r *responder) wordsOf(ctx context.Context, t *intake.Task) *text.Words {
	user, err := r.users.User(ctx, t.Person)
	if err != nil || user.Language == "" {
		return r.words.Words(r.words.MatchStory(t.LanguageCode))
	}
	return r.words.Words(user.Language)
}
