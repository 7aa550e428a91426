package bot

import (
	"context"
	"errors"

	"excursobot/bot/guide"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/store"
)

// Package live decides when something is due in a walk; the functions here are what it calls then. They put the work into a lane of the walk's
// chat and return.

// hooks connects the schedule with the lanes.
func (b *Bot) hooks() live.Hooks {
	return live.Hooks{
		Deliver: b.deliver,
		Prepare: b.prepareWalk,
		Chosen:  b.defaultChosen,
		Ended:   b.walkEnded,
		Quiet:   b.quiet,
	}
}

// errand puts work that no update asked for into the chat's control lane, and says whether there was room.
func (b *Bot) errand(chat int64, what string, run func(ctx context.Context) error) bool {
	if b.lanes.reserve(chat) != nil {
		b.log.Warn("overload", "what", what)
		return false
	}
	b.lanes.run(chat, control, func() {
		ctx, cancel := context.WithTimeout(b.workContext(), updateTimeout)
		defer cancel()
		err := b.guarded(0, func() error { return run(ctx) })
		if err != nil && b.workContext().Err() == nil {
			b.observe.Error("live")
			b.log.Error("walk", "what", what, "error", err)
		}
	})
	return true
}

// deliver tells a story that is due, in the chat's lane of stories: never two at once.
func (b *Bot) deliver(ctx context.Context, t live.Tick, done func(live.Outcome)) {
	if b.lanes.reserve(t.Chat) != nil {
		done(live.Dropped)
		return
	}
	b.lanes.run(t.Chat, telling, func() {
		outcome := live.Failed // after a panic
		pin := func(context.Context) {}
		_ = b.guarded(0, func() error { // logged there
			ctx, cancel := context.WithTimeout(ctx, updateTimeout)
			defer cancel()
			defer context.AfterFunc(b.workContext(), cancel)()
			if !b.replicas.ours(ctx, t.Chat) {
				outcome = live.Dropped
				return nil
			}
			outcome, pin = b.tellTick(ctx, t)
			return nil
		})
		done(outcome)
		_ = b.guarded(0, func() error { // the schedule goes on meanwhile
			pin(b.workContext())
			return nil
		})
	})
}

// prepareWalk has stories written where the person is expected.
func (b *Bot) prepareWalk(w store.Walk, at geo.Point) {
	b.errand(w.Chat, "prepare", func(ctx context.Context) error {
		user, _ := b.reader(ctx, w.Person)
		b.cfg.Guide.Prepare(walkRequest(user, w.Person, at))
		return nil
	})
}

// defaultChosen says which interval holds, in the place of the question that nobody answered.
func (b *Bot) defaultChosen(w store.Walk) {
	b.errand(w.Chat, "default", func(ctx context.Context) error {
		_, words := b.reader(ctx, w.Person)
		m := telegram.Message{HTML: words.Say("live.default_chosen", "interval", interval(words, w.Interval))}
		if w.Question == 0 { // it was never asked, for there was no room
			_, err := b.out.Send(ctx, w.Chat, m)
			return b.reached(ctx, w.Person, err)
		}
		_, err := b.out.Edit(ctx, w.Chat, w.Question, m)
		return b.reached(ctx, w.Person, err)
	})
}

// quiet says once that everything near is told.
func (b *Bot) quiet(w store.Walk) {
	if !b.limits.notices.Allow(notice{w.Person, quietKey}) {
		return // just now, as the answer to a story they waited for
	}
	b.errand(w.Chat, "quiet", func(ctx context.Context) error {
		_, words := b.reader(ctx, w.Person)
		_, err := b.out.Send(ctx, w.Chat, telegram.Message{HTML: words.Say(quietKey)})
		return b.reached(ctx, w.Person, err)
	})
}

const quietKey = "live.quiet"

// walkRequest asks for a story on a walk.
func walkRequest(user store.User, person int64, at geo.Point) guide.Request {
	req := guide.Request{
		Person: person, Point: at, Language: user.Language, Length: user.Length,
		Class: guide.LiveTick, Interests: user.Interests,
	}
	if req.Length == "" {
		req.Length = store.Long // there is time while one walks
	}
	return req
}

// reader returns who is written to without having asked. A store that fails costs them their settings and not the story.
func (b *Bot) reader(ctx context.Context, person int64) (store.User, *text.Words) {
	user, err := b.cfg.Store.User(ctx, person)
	if err != nil {
		if !errors.Is(err, store.ErrNotFound) {
			b.observe.Error("store")
			b.log.Error("person", "user_id", person, "error", err)
		}
		user = store.User{ID: person}
	}
	if user.Language == "" {
		user.Language = b.cfg.Words.Match(user.LanguageCode)
	}
	return user, b.cfg.Words.Words(user.Language)
}

// reached takes what a send came to: somebody who blocked the bot is no fault.
func (b *Bot) reached(ctx context.Context, person int64, err error) error {
	if errors.Is(err, telegram.ErrUnreachable) {
		b.unreachable(ctx, person)
		return nil
	}
	return err
}
