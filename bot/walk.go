package bot

import (
	"context"
	"errors"
	"strings"
	"time"

	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/store"
)

// What a walk's buttons and commands do. All of it is done in the control lane, so that it holds while a story is being written.

// onLive says how the walk goes, with the buttons that change it.
func (b *Bot) onLive(ctx context.Context, u *update) error {
	m := noWalkMessage(u.words)
	if w, ok := b.walks.Walk(u.person); ok {
		m = statusMessage(u.words, w, b.intervals)
	}
	_, err := b.out.Send(ctx, u.chat, m)
	return err
}

// onStop ends the walk. The summary is the answer.
func (b *Bot) onStop(ctx context.Context, u *update) error {
	_, err := b.walks.Stop(ctx, u.person, live.Stopped)
	if errors.Is(err, live.ErrNoWalk) {
		_, err = b.out.Send(ctx, u.chat, noWalkMessage(u.words))
	}
	return err
}

// everyButton ("every:<duration>") chooses how often.
func (b *Bot) everyButton(_ *update, args string) job {
	every, err := time.ParseDuration(args)
	if err != nil {
		return b.oldButton()
	}
	return b.walkButton(func(ctx context.Context, u *update) (telegram.Message, error) {
		w, err := b.walks.Choose(ctx, u.person, every, u.arrived)
		return telegram.Message{HTML: u.words.Say("live.chosen", "interval", interval(u.words, w.Interval))}, err
	})
}

// liveButton ("live:pause", "live:resume", "live:stop", "live:how") is the rest of what can be done with a walk.
func (b *Bot) liveButton(_ *update, args string) job {
	switch args {
	case "pause":
		return b.walkButton(func(ctx context.Context, u *update) (telegram.Message, error) {
			_, err := b.walks.Pause(ctx, u.person)
			return pausedMessage(u.words), err
		})
	case "resume":
		return b.walkButton(func(ctx context.Context, u *update) (telegram.Message, error) {
			w, err := b.walks.Resume(ctx, u.person)
			return resumedMessage(u.words, w, time.Now()), err
		})
	case "stop":
		return b.walkButton(func(ctx context.Context, u *update) (telegram.Message, error) {
			_, err := b.walks.Stop(ctx, u.person, live.Stopped)
			return telegram.Message{}, err // the summary follows
		})
	case "how":
		return b.walkButton(func(_ context.Context, u *update) (telegram.Message, error) {
			return telegram.Message{HTML: u.words.Say("how_live.text")}, nil
		})
	}
	return b.oldButton()
}

// walkButton is the job of a button whose message turns into what fn returns; an empty one only loses its buttons.
func (b *Bot) walkButton(fn func(context.Context, *update) (telegram.Message, error)) job {
	return job{kind: "button", run: func(ctx context.Context, u *update) error {
		m, err := fn(ctx, u)
		switch {
		case errors.Is(err, live.ErrNoWalk):
			b.out.AnswerCallback(ctx, u.callback.ID, telegram.Plain(u.words.Say("live.none")))
			return nil
		case errors.Is(err, live.ErrInterval):
			b.out.AnswerCallback(ctx, u.callback.ID, u.words.Plain("button.old"))
			return nil
		}
		b.out.AnswerCallback(ctx, u.callback.ID, "")
		if err != nil || u.callback.Message == nil {
			return err
		}
		if m.HTML == "" {
			return b.unbutton(ctx, u)
		}
		_, err = b.out.Edit(ctx, u.chat, u.callback.Message.ID, m)
		return err
	}}
}

// unbutton takes the buttons from the message of the one pressed.
func (b *Bot) unbutton(ctx context.Context, u *update) error {
	err := b.out.Do(ctx, telegram.Request{Chat: u.chat, Method: "editMessageReplyMarkup", Idempotent: true, Payload: map[string]any{
		"chat_id": u.chat, "message_id": u.callback.Message.ID,
	}}, nil)
	if errors.Is(err, telegram.ErrGone) || errors.Is(err, telegram.ErrBadRequest) {
		return nil
	}
	return err
}

// nextButton ("next:<lat>,<lon>") wants the walk's next story now. When the walk is over it is "one more" at the point of its story.
func (b *Bot) nextButton(u *update, args string) job {
	if _, walking := b.walks.Walk(u.person); !walking || !u.private {
		return b.moreButton(u, args)
	}
	return job{kind: "button", story: true, run: b.onNext}
}

func (b *Bot) onNext(ctx context.Context, u *update) error {
	err := b.walks.Next(ctx, u.person)
	answer := u.words.Plain("toast.soon")
	switch {
	case errors.Is(err, live.ErrNoWalk):
		answer = telegram.Plain(u.words.Say("live.none"))
	case errors.Is(err, live.ErrFull):
		answer = telegram.Plain(u.words.Say("live.full"))
	case err != nil && !errors.Is(err, live.ErrBusy):
		b.out.AnswerCallback(ctx, u.callback.ID, "")
		return err
	}
	b.out.AnswerCallback(ctx, u.callback.ID, answer)
	return nil
}

// blockedWalk ends the walk of a person who cannot be written to. Their place is free for others.
func (b *Bot) blockedWalk(ctx context.Context, person int64) {
	if _, walking := b.walks.Walk(person); !walking {
		return
	}
	if _, err := b.walks.Stop(ctx, person, live.Blocked); err != nil && !errors.Is(err, live.ErrNoWalk) {
		b.observe.Error("store")
		b.log.Error("walk_blocked", "user_id", person, "error", err)
	}
}

// endingKeys say why a walk ended.
var endingKeys = map[string]string{
	live.Unshared: "live.end_stopped",
	live.Expired:  "live.end_period",
	live.Stopped:  "live.end_stop_command",
	live.Replaced: "live.end_replaced",
	live.Silent:   "live.end_silent",
}

// endingKey is the sentence with which the summary of a walk begins.
func endingKey(w store.Walk) string {
	if key, ok := endingKeys[w.Reason]; ok {
		return key
	}
	return "live.end_stopped"
}

// nextData is the data of the "next story now" button, of a story told at the point.
func nextData(more string) string { return "next" + strings.TrimPrefix(more, "more") }
