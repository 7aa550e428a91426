package bot

import (
	"context"
	"errors"
	"time"

	"excursobot/bot/telegram"
	"excursobot/store"
)

// seenEvery is how exactly User.Seen is kept: most updates need no write.
const seenEvery = time.Hour

// apologyMost bounds an apology, with its retries.
const apologyMost = time.Minute

// meet loads who wrote, and stores what is new about them. A store that fails costs them their settings and not the answer.
func (b *Bot) meet(ctx context.Context, u *update) {
	user, err := b.cfg.Store.User(ctx, u.person)
	u.fresh = errors.Is(err, store.ErrNotFound)
	passive := u.member != nil || u.edited != nil // leaving, or a phone that shares on: whoever was forgotten stays so
	if u.fresh && passive {
		err = nil
		user = store.User{ID: u.person, Language: b.cfg.Words.MatchStory(u.code)}
	}
	back := user.Unreachable && u.member == nil
	stale := u.arrived.Sub(user.Seen) >= seenEvery || store.DayOf(u.arrived) != store.DayOf(user.Seen)
	known := user
	if u.member == nil && (u.fresh && !passive || !u.fresh && err == nil && (back || user.LanguageCode != u.code || stale)) {
		user, err = b.cfg.Store.UpdateUser(ctx, u.person, func(user *store.User) error {
			if user.Created.IsZero() {
				user.Created = u.arrived
			}
			if user.Language == "" {
				user.Language = b.cfg.Words.MatchStory(u.code)
			}
			user.LanguageCode, user.Seen = u.code, u.arrived
			user.Unreachable = false
			return nil
		})
	}
	if err != nil {
		b.observe.Error("store")
		b.log.Error("person", "update", u.id, "error", err)
		if user = known; user.Language == "" {
			user = store.User{ID: u.person, Language: b.cfg.Words.MatchStory(u.code), Banned: known.Banned}
		}
	}
	u.user, u.words = user, b.cfg.Words.Words(user.Language)
}

// unreachable remembers that a person blocked the bot. What is known about them stays.
func (b *Bot) unreachable(ctx context.Context, person int64) {
	b.log.Info("unreachable", "user_id", person)
	b.blockedWalk(ctx, person)
	if err := b.setUnreachable(ctx, person, true); err != nil {
		b.observe.Error("store")
		b.log.Error("unreachable", "user_id", person, "error", err)
	}
}

func (b *Bot) setUnreachable(ctx context.Context, person int64, is bool) error {
	_, err := b.cfg.Store.UpdateUser(ctx, person, func(user *store.User) error {
		user.Unreachable = is
		return nil
	})
	return err
}

// onMember notes that a person blocked the bot or let it back in.
func (b *Bot) onMember(ctx context.Context, u *update) error {
	if u.member.NewChatMember == nil || u.fresh {
		return nil
	}
	role := u.member.NewChatMember.Role
	gone := role == "kicked" || role == "left"
	if gone {
		b.blockedWalk(ctx, u.person)
	}
	if gone == u.user.Unreachable {
		return nil
	}
	return b.setUnreachable(ctx, u.person, gone)
}

// apologise says that something broke, and whether it cost a story, in the place of a card that would promise a story for ever. It has time of its own: the update's may be what ran out.
func (b *Bot) apologise(u *update, story bool, cause error) error {
	ctx, cancel := context.WithTimeout(b.workContext(), apologyMost)
	defer cancel()
	if u.words == nil {
		u.words = b.cfg.Words.Words(b.cfg.Words.Match(u.code))
	}
	key := "error.broken"
	switch {
	case errors.Is(cause, telegram.ErrAmbiguous):
		key = "error.maybe"
	case story:
		key = "error.internal"
	}
	m := telegram.Message{HTML: u.words.Say(key)}
	if u.shown.message != 0 && !errors.Is(cause, telegram.ErrAmbiguous) { // a story that may have arrived stays
		_, err := b.out.Edit(ctx, u.chat, u.shown.message, m)
		return err
	}
	_, err := b.out.Send(ctx, u.chat, m)
	return err
}

// refusal is the job in place of a story request that is over a limit: one sentence a minute, then silence. A button is always answered, or its
// spinner would turn.
func (b *Bot) refusal(kind, key string, wait time.Duration) job {
	return job{kind: kind, fleeting: true, run: func(ctx context.Context, u *update) error {
		if u.callback != nil {
			b.out.AnswerCallback(ctx, u.callback.ID, u.words.Plain(key, "wait", wait))
			return nil
		}
		return b.notify(ctx, u, key, telegram.Message{HTML: u.words.Say(key, "wait", wait)})
	}}
}

// notify sends a sentence unless the person heard one of the same key within the notice interval.
func (b *Bot) notify(ctx context.Context, u *update, key string, m telegram.Message) error {
	if !b.limits.notices.Allow(notice{u.person, key}) {
		return nil
	}
	_, err := b.out.Send(ctx, u.chat, m)
	return err
}
