package bot

import (
	"context"
	"errors"
	"time"

	"excursobot/bot/intake"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
)

// onLive shows the state of the walk, with buttons that change it.
func (ws *walks) onLive(ctx context.Context, u *update) error {
	m := noWalkMessage(u.words)
	if w, ok := ws.live.Walk(u.Person); ok {
		m = statusMessage(u.words, w, ws.intervals)
	}
	_, err := ws.out.Send(ctx, u.To(), m)
	return err
}

// onStop ends the walk. Its summary is the answer.
func (ws *walks) onStop(ctx context.Context, u *update) error {
	_, err := ws.live.Stop(ctx, u.Person, live.Stopped)
	if errors.Is(err, live.ErrNoWalk) {
		_, err = ws.out.Send(ctx, u.To(), noWalkMessage(u.words))
	}
	return err
}

// everyButton ("every:<duration>" or "every:pass") chooses how often stories come.
func (ws *walks) everyButton(_ *telegram.Update, args string) intake.Job {
	every, err := time.ParseDuration(args)
	if args == everyPass {
		every, err = live.Pass, nil
	}
	if err != nil || every <= 0 && every != live.Pass || every == live.Pass && args != everyPass {
		return ws.reply.oldButton()
	}
	return ws.walkButton(func(ctx context.Context, u *update, walker int64) (telegram.Message, error) {
		w, err := ws.live.Choose(ctx, walker, every, u.Arrived)
		if every == live.Pass {
			return telegram.Message{HTML: u.words.Say("live.chosen_pass")}, err
		}
		return telegram.Message{HTML: u.words.Say("live.chosen", "interval", interval(u.words, w.Interval))}, err
	})
}

// liveButton ("live:pause", "live:resume", "live:stop", "live:how") pauses, resumes or ends a walk, or explains walks.
func (ws *walks) liveButton(_ *telegram.Update, args string) intake.Job {
	switch args {
	case "pause":
		return ws.walkButton(func(ctx context.Context, u *update, walker int64) (telegram.Message, error) {
			_, err := ws.live.Pause(ctx, walker)
			return pausedMessage(u.words), err
		})
	case "resume":
		return ws.walkButton(func(ctx context.Context, u *update, walker int64) (telegram.Message, error) {
			w, err := ws.live.Resume(ctx, walker)
			return resumedMessage(u.words, w, time.Now()), err
		})
	case "stop":
		return ws.walkButton(func(ctx context.Context, _ *update, walker int64) (telegram.Message, error) {
			_, err := ws.live.Stop(ctx, walker, live.Stopped)
			return telegram.Message{}, err // the summary follows
		})
	case "how":
		return ws.walkButton(func(_ context.Context, u *update, _ int64) (telegram.Message, error) {
			return telegram.Message{HTML: u.words.Say("how_live.text")}, nil
		})
	}
	return ws.reply.oldButton()
}

// walkButton returns the job of a button whose message is replaced with the result of fn. If that is empty, the message only loses its buttons.
func (ws *walks) walkButton(fn func(ctx context.Context, u *update, walker int64) (telegram.Message, error)) intake.Job {
	return ws.reply.job("button", func(ctx context.Context, u *update) error {
		walker, may := ws.stewards.walker(ctx, u)
		if !may {
			return ws.notYours(ctx, u)
		}
		m, err := fn(ctx, u, walker)
		switch {
		case errors.Is(err, live.ErrNoWalk):
			ws.out.AnswerCallback(ctx, u.Callback.ID, telegram.Plain(u.words.Say("live.none")))
			return nil
		case errors.Is(err, live.ErrInterval):
			ws.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain("button.old"))
			return nil
		}
		ws.out.AnswerCallback(ctx, u.Callback.ID, "")
		if err != nil || u.Callback.Message == nil {
			return err
		}
		if m.HTML == "" {
			return ws.reply.unbutton(ctx, u)
		}
		_, err = ws.out.Edit(ctx, u.To(), u.Callback.Message.ID, m)
		return err
	})
}

func (ws *walks) onNext(ctx context.Context, u *update) error {
	walker, may := ws.stewards.walker(ctx, u)
	if !may {
		return ws.notYours(ctx, u)
	}
	err := ws.live.Next(ctx, walker)
	answer := u.words.Plain("toast.soon")
	switch {
	case errors.Is(err, live.ErrNoWalk):
		answer = telegram.Plain(u.words.Say("live.none"))
	case errors.Is(err, live.ErrFull):
		answer = telegram.Plain(u.words.Say("live.full"))
	case err != nil && !errors.Is(err, live.ErrBusy):
		ws.out.AnswerCallback(ctx, u.Callback.ID, "")
		return err
	}
	ws.out.AnswerCallback(ctx, u.Callback.ID, answer)
	return nil
}
