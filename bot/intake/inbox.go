package intake

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"excursobot/bot/telegram"
	"excursobot/limiter"
	"excursobot/store"
)

const (
	// resumePage is how many entries of the inbox are in memory at once beside those in lanes.
	resumePage = 100
	// roomAgain is the pause before a resumed update asks for room again.
	roomAgain = 100 * time.Millisecond
	// allUpdates is above every update id.
	allUpdates = math.MaxInt64
)

// backlog brings what is in the inbox, from an earlier process or another replica, into the lanes.
type backlog struct {
	*parts
}

// resume enqueues what an earlier process left in the inbox, in order, and lets new updates follow.
func (b *backlog) resume(ctx context.Context) error {
	if b.member != nil { // the rounds find out which updates belong to this replica
		b.state.open()
		b.member.Wake()
		return nil
	}
	left := 0
	for after := int64(math.MinInt64); ; {
		entries, err := b.cfg.Store.Pending(ctx, after, resumePage)
		if err != nil {
			return fmt.Errorf("read the inbox: %w", err)
		}
		for i := range entries {
			after = entries[i].Update
			if _, err := b.resumeOne(ctx, &entries[i], b.reserveLater(ctx, len(entries[i].Raw))); err != nil {
				return err
			}
		}
		if left += len(entries); len(entries) < resumePage {
			break
		}
	}
	stats, err := b.cfg.Store.InboxStats(ctx)
	if err != nil {
		return fmt.Errorf("read the inbox: %w", err)
	}
	if left > 0 || stats.DeadLetters > 0 {
		b.log.Info("inbox_resumed", "updates", left, "dead_letters_in_all", stats.DeadLetters)
	}
	b.state.open()
	return nil
}

// reserveLater returns a function that reserves room in a chat as soon as there is some, and room for size bytes. There is too little only if the
// process before had more.
func (b *backlog) reserveLater(ctx context.Context, size int) func(chat int64) error {
	return func(chat int64) error {
		for !b.state.fits(size) || b.lanes.reserve(chat) != nil {
			if err := limiter.Sleep(ctx, roomAgain); err != nil {
				return err
			}
		}
		return nil
	}
}

// resumeOne enqueues an entry of the inbox, with room from reserve. It reports whether the update is under way now, which it is not if there is
// nothing to do for it.
func (b *backlog) resumeOne(ctx context.Context, e *store.Entry, reserve func(chat int64) error) (enqueued bool, err error) {
	u, err := telegram.Decode(e.Raw)
	if err != nil { // another version could read it
		b.counts.deadLetters.Add(1)
		b.log.Error("update_dead_lettered", "update", e.Update, "why", "unreadable", "error", err)
		return false, b.cfg.Store.MarkDone(ctx, e.Update)
	}
	u.ID, u.Arrived = e.Update, b.clock.local(e.Arrived)
	p := b.route(u)
	if p.run == nil {
		return false, b.cfg.Store.MarkDone(ctx, e.Update)
	}
	if p.story && !p.neverStale && b.stale(u) {
		b.refuse(&p, Refusal{Reason: Stale})
	}
	if err := reserve(u.Chat); err != nil {
		return false, err
	}
	b.state.add(u.ID, len(e.Raw))
	b.counts.resumed.Add(1)
	p.resumed, p.tries = true, e.Tries
	b.performer.enqueue(&Task{Update: u, Shown: Shown{Place: e.Place, Message: e.Message}, kept: true}, p)
	return true, nil
}

// pull enqueues the entries of the chat with an update id below before that are not under way here, in order.
func (b *backlog) pull(ctx context.Context, before int64, chat int64) error {
	defer b.member.LockChat(chat)()
	entries, err := b.member.Pending(ctx, before, chat)
	if err != nil {
		return fmt.Errorf("read the inbox: %w", err)
	}
	for i := range entries {
		if err := b.takeUp(ctx, &entries[i]); err != nil {
			return err
		}
	}
	return nil
}

// takeUp enqueues an entry unless it is under way or done. An entry without room waits for the next round.
func (b *backlog) takeUp(ctx context.Context, e *store.Entry) error {
	if time.Since(e.Arrived) < checkoutMost && telegram.MayBeCheckout(e.Raw) {
		return nil // the replica that heard it is answering it: no other one can be in time
	}
	if b.state.begin(e.Update, len(e.Raw), false) != accepted {
		return nil
	}
	done, err := b.cfg.Store.Done(ctx, e.Update) // it may have ended since it was read
	if err != nil || done {
		b.state.end(e.Update)
		return err
	}
	enqueued, err := b.resumeOne(ctx, e, b.lanes.reserve)
	if !enqueued {
		b.state.end(e.Update)
	}
	if errors.Is(err, ErrFull) || errors.Is(err, errChatFull) {
		return nil
	}
	return err
}

// catchUp begins the updates that wait in the inbox for the chats.
func (b *backlog) catchUp(ctx context.Context, chats []int64) error {
	entries, err := b.member.Pending(ctx, allUpdates, chats...)
	if err != nil {
		return fmt.Errorf("read the inbox: %w", err)
	}
	waiting := map[int64]struct{}{}
	for _, e := range entries {
		if !b.state.underWay(e.Update) {
			waiting[e.Chat] = struct{}{}
		}
	}
	for chat := range waiting {
		if err := b.pull(ctx, allUpdates, chat); err != nil {
			return err
		}
	}
	return nil
}
