package bot

import (
	"context"
	"errors"
	"time"

	tele "gopkg.in/telebot.v3"

	"excursobot/bot/live"
	"excursobot/geo"
	"excursobot/store"
)

// kindLive names walks in the metrics.
const kindLive = "live"

// routeLiveShare is the job of a message that begins to share a live location in a private chat. It tells nothing itself: the schedule owes the
// walk its first story.
func (b *Bot) routeLiveShare(u *update, p geo.Point) job {
	if !p.Valid() {
		return job{kind: kindLive, run: b.onBadLocation}
	}
	share := b.liveShare(u, u.message)
	lasting := share.Date.Add(share.Period).After(time.Now())
	return job{kind: kindLive, story: true, lasting: lasting, run: func(ctx context.Context, u *update) error {
		started, err := b.walks.Start(ctx, share)
		return b.walkBegan(ctx, u, started.Resumed, err)
	}}
}

// routeLiveEdit is the job of an edited location: a step of a walk, or (without live_period) its end. A step of a known walk is taken at once:
// it waits in no lane, and leaves no trace but its position. Groups have no walks.
func (b *Bot) routeLiveEdit(u *update) job {
	if !u.private {
		return job{kind: kindLive}
	}
	share := b.liveShare(u, u.edited)
	j := job{kind: kindLive, fleeting: share.Period > 0, run: func(ctx context.Context, u *update) error {
		began, err := b.walks.Edit(ctx, share)
		if errors.Is(err, live.ErrEnded) || err == nil && began == nil {
			return nil
		}
		return b.walkBegan(ctx, u, began != nil && began.Resumed, err)
	}}
	if share.Period > 0 {
		j.now = func() bool { return b.walks.Move(share) }
	}
	return j
}

// liveShare reads a live location. When it began is compared with this machine's clock; the steps' times only with each other.
func (b *Bot) liveShare(u *update, m *tele.Message) live.Share {
	p, _ := location(m)
	share := live.Share{
		Person: u.person, Chat: u.chat, Message: m.ID,
		Point: p, Heading: float64(m.Location.Heading),
		Date:    b.here(time.Unix(m.Unixtime, 0)),
		Edited:  time.Unix(m.Unixtime, 0),
		Period:  time.Duration(m.Location.LivePeriod) * time.Second,
		Arrived: u.arrived,
	}
	if m.LastEdit > 0 {
		share.Edited = time.Unix(m.LastEdit, 0)
	}
	return share
}

// walkBegan answers what Start said. What began is answered by its first story; what ended before needs no answer.
func (b *Bot) walkBegan(ctx context.Context, u *update, resumed bool, err error) error {
	switch {
	case resumed, errors.Is(err, live.ErrEnded):
		return nil
	case errors.Is(err, live.ErrFull):
		p, _ := location(u.located())
		_, err := b.out.Send(ctx, u.chat, fullMessage(u.words, p))
		return err
	case errors.Is(err, store.ErrInvalid):
		return b.onBadLocation(ctx, u)
	}
	return err
}

// located is the message with the location: sent or edited.
func (u *update) located() *tele.Message {
	if u.edited != nil {
		return u.edited
	}
	return u.message
}

// groupShareJob answers a live location in a group as a static one, and says where walks are told.
func (b *Bot) groupShareJob(p geo.Point) job {
	j := b.locationJob(p)
	static := j.run
	j.run = func(ctx context.Context, u *update) error {
		err := static(ctx, u)
		if hint := b.onGroupCommand(ctx, u); err == nil {
			err = hint
		}
		return err
	}
	return j
}
