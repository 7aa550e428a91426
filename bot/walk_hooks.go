package bot

import (
	"context"

	"excursobot/bot/guide"
	"excursobot/bot/intake"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/geo"
	"excursobot/store"
)

// Package live decides when something is due in a walk, and calls these functions. They put the work into a lane of the walk's chat and return.

// hooks connects the schedule with the lanes.
func (ws *walks) hooks() live.Hooks {
	return live.Hooks{
		Deliver: ws.deliver,
		Prepare: ws.prepare,
		Survey:  ws.survey,
		Chosen:  ws.defaultChosen,
		Ended:   ws.ended,
		Quiet:   ws.quiet,
	}
}

// deliver tells a story that is due, in the chat's lane of stories, so that there are never two at once.
func (ws *walks) deliver(ctx context.Context, t live.Tick, done func(live.Outcome)) {
	err := ws.host.InLane(t.Chat, intake.Telling, func(work context.Context) {
		outcome := live.Failed // after a panic
		pin := func(context.Context) {}
		_ = ws.host.Guarded(0, func() error { // logged there
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			defer context.AfterFunc(work, cancel)()
			if !ws.host.Owns(ctx, t.Chat) {
				outcome = live.Dropped
				return nil
			}
			outcome, pin = ws.tell(ctx, t)
			return nil
		})
		done(outcome)
		pin(ws.host.Work()) // the schedule goes on meanwhile
	})
	if err != nil {
		done(live.Dropped)
	}
}

// prepare prefetches stories around the point where the person is expected.
func (ws *walks) prepare(w store.Walk, at geo.Point) {
	ws.errand(w.Chat, "prepare", func(ctx context.Context) error {
		user, _ := ws.reply.reader(ctx, w.Person)
		ws.guide.Prepare(walkRequest(user, w.Person, at))
		ws.voices.prepare(user, w.Due, func(ctx context.Context) (guide.Story, bool, error) {
			now, walking := ws.live.Walk(w.Person)
			if !walking || now.ID != w.ID || now.Paused {
				return guide.Story{}, false, nil
			}
			return ws.guide.Next(ctx, walkRequest(user, w.Person, now.Point))
		})
		return nil
	})
}

// defaultChosen tells the person which interval holds. It replaces the question, which they did not answer.
func (ws *walks) defaultChosen(w store.Walk) {
	ws.errand(w.Chat, "default", func(ctx context.Context) error {
		_, words := ws.reply.reader(ctx, w.Person)
		m := telegram.Message{HTML: words.Say("live.default_chosen", "interval", interval(words, w.Interval))}
		if w.Pass {
			m.HTML = words.Say("live.default_chosen_pass")
		}
		if w.Question == 0 { // it was not asked, because there was no room
			_, err := ws.out.Send(ctx, walkTarget(w), m)
			return ws.reached(ctx, w.Person, err)
		}
		_, err := ws.out.Edit(ctx, walkTarget(w), w.Question, m)
		return ws.reached(ctx, w.Person, err)
	})
}

// quiet tells the person that everything near is told.
func (ws *walks) quiet(w store.Walk) {
	if !ws.reply.notices.Allow(notice{w.Person, quietKey}) {
		return // they were told just now, as the answer to a request
	}
	key := quietKey
	if w.Pass {
		key = quietPassKey
	}
	ws.errand(w.Chat, "quiet", func(ctx context.Context) error {
		_, words := ws.reply.reader(ctx, w.Person)
		_, err := ws.out.Send(ctx, walkTarget(w), telegram.Message{HTML: words.Say(key)})
		return ws.reached(ctx, w.Person, err)
	})
}
