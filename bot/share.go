package bot

import (
	"context"
	"errors"
	"time"

	"excursobot/bot/intake"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/geo"
	"excursobot/store"
)

// shareJob returns the job of a message that begins to share a live location in a private chat. It tells no story: the first one is due in
// the schedule.
func (ws *walks) shareJob(u *telegram.Update, p geo.Point) intake.Job {
	if !p.Valid() {
		return ws.reply.job(kindLive, ws.reply.badLocation)
	}
	share := ws.readShare(u, u.Message)
	goesOn := share.Date.Add(share.Period).After(time.Now())
	return intake.Story{Kind: kindLive, NeverStale: goesOn, Run: ws.reply.handle(func(ctx context.Context, u *update) error {
		share.Aim = ws.tours.aimOf(ctx, u.Person)
		started, err := ws.live.Start(ctx, share)
		return ws.began(ctx, u, started.Resumed, err)
	})}
}

// editJob returns the job of an edited location: a step of a walk, or its end if there is no live_period. A step of a known walk is handled at
// arrival, without a lane, and only its position is stored.
func (ws *walks) editJob(u *telegram.Update) intake.Job {
	if !u.Private {
		return ws.groupEditJob(u)
	}
	share := ws.readShare(u, u.Edited)
	edit := func(ctx context.Context, u *update) error {
		ws.meetWalker(ctx, u, share)
		share.Aim = ws.tours.aimOf(ctx, u.Person) // for a walk that begins with the edit
		began, err := ws.live.Edit(ctx, share)
		if errors.Is(err, live.ErrEnded) || err == nil && began == nil {
			return nil
		}
		return ws.began(ctx, u, began != nil && began.Resumed, err)
	}
	if share.Period <= 0 {
		return ws.reply.job(kindLive, edit)
	}
	return intake.Position{Kind: kindLive, Move: func() bool { return ws.live.Move(share) }, Run: ws.reply.handle(edit)}
}

// meetWalker stores the profile of a person who was never seen, if a walk is about to begin with an edit: the share itself was lost. Without the
// profile the walk would not know the person's language. The share of a person who was forgotten is known, and stores nothing.
func (ws *walks) meetWalker(ctx context.Context, u *update, share live.Share) {
	if !u.fresh || share.Period <= 0 {
		return
	}
	if _, err := ws.store.Walk(ctx, share.ID()); errors.Is(err, store.ErrNotFound) {
		ws.people.keep(ctx, u)
	}
}

// readShare reads a live location. Its beginning is compared with this machine's clock; the times of steps only with each other.
func (ws *walks) readShare(u *telegram.Update, m *telegram.Incoming) live.Share {
	p, _ := location(m)
	share := live.Share{
		Person: u.Person, Chat: u.Chat, Topic: u.Topic, Message: m.ID,
		Point: p, Heading: float64(m.Location.Heading),
		Date:    ws.host.LocalTime(time.Unix(m.Unixtime, 0)),
		Edited:  time.Unix(m.Unixtime, 0),
		Period:  time.Duration(m.Location.LivePeriod) * time.Second,
		Arrived: u.Arrived,
	}
	if r := m.Location.HorizontalAccuracy; r != nil {
		share.Radius = float64(*r)
	}
	if !u.Private {
		share.Person = u.Chat // the walk is the group's
	}
	if m.LastEdit > 0 {
		share.Edited = time.Unix(m.LastEdit, 0)
	}
	return share
}

// began answers the result of starting a walk. A walk that began is answered by its first story, or with the next stop of a tour; one that has ended
// needs no answer.
func (ws *walks) began(ctx context.Context, u *update, resumed bool, err error) error {
	switch {
	case resumed, errors.Is(err, live.ErrEnded):
		return nil
	case errors.Is(err, live.ErrFull):
		p, _ := location(u.located())
		_, err := ws.out.Send(ctx, u.To(), fullMessage(u.words, p))
		return err
	case errors.Is(err, store.ErrInvalid):
		return ws.reply.badLocation(ctx, u)
	case err != nil:
		return err
	}
	p, _ := location(u.located())
	if w, ok := ws.tours.wishes.of(u); ok && w.pack {
		if _, err := ws.booklets.located(ctx, u, p); err != nil {
			return err
		}
	} else if ok { // the answer to the question where the tour begins
		return ws.tours.plan(ctx, u, p, w)
	}
	return ws.tours.followed(ctx, u, p)
}
