package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"excursobot/bot/telegram"
	"excursobot/limiter"
	"excursobot/store"
)

const (
	// broadcastBatch people get the message at the same time; a crash repeats at most their messages.
	broadcastBatch = 10
	// broadcastPace is the shortest time between two batches: 20 messages a second.
	broadcastPace = broadcastBatch * time.Second / 20
	// broadcastLook is how often a paused broadcast, or one of another replica that may have died, is looked at.
	broadcastLook = 30 * time.Second
	// broadcastLease is how long after its last batch a replica counts as dead.
	broadcastLease = time.Minute
	// broadcastTurn bounds the wait of one message for its turn: people's answers may come without a gap. Then it is tried again.
	broadcastTurn = 5 * time.Minute
)

// run sends what is to be sent until ctx ends.
func (a *announcer) run(ctx context.Context) {
	for {
		err := a.send(ctx)
		if err != nil && ctx.Err() == nil {
			a.observe.Error("broadcast")
			a.log.Error("broadcast_failed", "error", err)
		}
		timer := time.NewTimer(broadcastLook)
		select {
		case <-timer.C:
		case <-a.wake:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// send sends the broadcast that is under way, if there is one and no other replica sends it, until it ends or is held.
func (a *announcer) send(ctx context.Context) error {
	b, err := a.read(ctx, broadcastSetting)
	if err != nil || !b.running() {
		return err
	}
	end, ok, err := a.singly.begin(ctx)
	if err != nil || !ok {
		return err
	}
	defer end()
	if b, err = a.read(ctx, broadcastSetting); err != nil { // another replica may have brought it further
		return err
	}
	for b.running() {
		hold, err := a.store.Setting(ctx, holdSetting)
		if err != nil || hold == holdPause {
			return err
		}
		if hold == holdCancel {
			return a.finish(ctx, &b)
		}
		began := time.Now()
		more, err := a.batch(ctx, &b)
		if err != nil {
			return err
		}
		if !more {
			return a.finish(ctx, &b)
		}
		if err := a.write(ctx, broadcastSetting, b); err != nil {
			return err
		}
		if ok, err := a.singly.renew(ctx); err != nil || !ok {
			return err
		}
		if limiter.Sleep(ctx, broadcastPace-time.Since(began)) != nil {
			return nil
		}
	}
	return nil
}

// batch sends to the next people and reports whether there may be more. If nothing arrived although somebody was there, their turn is not over.
func (a *announcer) batch(ctx context.Context, b *broadcast) (more bool, err error) {
	after, people := b.After, make([]store.User, 0, broadcastBatch)
	for len(people) < broadcastBatch {
		users, err := a.store.UsersAfter(ctx, after, broadcastBatch)
		if err != nil {
			return false, err
		}
		if len(users) == 0 {
			break
		}
		for i := range users {
			if len(people) == broadcastBatch {
				break
			}
			if after = users[i].ID; b.wants(&users[i], a.words) {
				people = append(people, users[i])
			}
		}
	}
	results := make([]error, len(people))
	var wg sync.WaitGroup
	for i := range people {
		wg.Go(func() { results[i] = a.tell(ctx, b, &people[i]) })
	}
	wg.Wait()
	sent, unreachable, failed := 0, 0, 0
	var last error
	for i, err := range results {
		switch {
		case err == nil, errors.Is(err, telegram.ErrAmbiguous):
			sent++
		case errors.Is(err, telegram.ErrUnreachable):
			unreachable++
			if err := a.markUnreachable(ctx, people[i].ID); err != nil {
				return false, err
			}
		default:
			failed, last = failed+1, err
		}
	}
	if ctx.Err() != nil || failed > 0 && sent+unreachable == 0 {
		return false, fmt.Errorf("send to %d people: %w", len(people), errors.Join(ctx.Err(), last))
	}
	b.After = after
	b.Sent, b.Unreachable, b.Failed = b.Sent+sent, b.Unreachable+unreachable, b.Failed+failed
	return len(people) == broadcastBatch, nil
}

func (a *announcer) tell(ctx context.Context, b *broadcast, u *store.User) error {
	m := a.message(b, a.words.Words(languageOf(u, a.words)))
	m.Within = broadcastTurn
	_, err := a.out.Send(ctx, telegram.Target{Chat: u.ID}, m)
	return err
}

func (a *announcer) markUnreachable(ctx context.Context, person int64) error {
	_, err := a.store.UpdateUser(ctx, person, func(user *store.User) error {
		if user.Created.IsZero() {
			return store.ErrNotFound // forgotten meanwhile: no new profile is made
		}
		user.Unreachable = true
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// finish ends the broadcast and reports to its operator. The text and the last person's number are not kept.
func (a *announcer) finish(ctx context.Context, b *broadcast) error {
	b.Ended, b.After, b.HTML = time.Now(), 0, ""
	if err := a.write(ctx, broadcastSetting, *b); err != nil {
		return err
	}
	a.log.Info("broadcast_ended", "sent", b.Sent, "unreachable", b.Unreachable, "failed", b.Failed, "duration", b.Ended.Sub(b.Began))
	_, words := a.reply.reader(ctx, b.By)
	_, err := a.out.Send(ctx, telegram.Target{Chat: b.By}, telegram.Message{HTML: words.Say("broadcast.report",
		"sent", b.Sent, "unreachable", b.Unreachable, "failed", b.Failed, "time", b.Ended.Sub(b.Began).Round(time.Second))})
	return err
}
