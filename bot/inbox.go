package bot

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"excursobot/bot/telegram"
	"excursobot/limiter"
	"excursobot/store"
)

const (
	// lateAfter is the age from which a request for a story is answered with an apology: whoever asked has walked on.
	lateAfter = 15 * time.Minute
	// resumePage is how many entries of the inbox are in memory at once beside those in lanes.
	resumePage = 100
	// noteMost bounds a note in the inbox: the person waits behind it.
	noteMost = 2 * time.Second
	// wrongFrom is from how much difference to Telegram's clock on this machine's is taken for wrong.
	wrongFrom = 2 * time.Minute
	// suspectFor is how long something that ends processes may take to end this one.
	suspectFor = 250 * time.Millisecond
)

// keep writes the accepted arrivals to the inbox, in one transaction: from then on they are answered, by this process or by the
// next. A store without room, or that is away, keeps nothing, and people are answered all the same; a walk, which cannot be told without the
// store, and money come again. A checkout is being answered already, and learns whether there is room.
func (b *Bot) keep(ctx context.Context, arrivals []*arrival) {
	var kept []*arrival
	var entries []store.Entry
	for _, a := range arrivals {
		if a.verdict == accepted && !a.job.fleeting || a.verdict == settled && a.u.Checkout != nil {
			kept = append(kept, a)
			entries = append(entries, store.Entry{Update: a.u.ID, Chat: a.u.Chat, Arrived: a.u.Arrived.Add(-b.ahead()), Raw: a.raw})
		}
	}
	if len(kept) == 0 {
		return
	}
	fresh, err := b.cfg.Store.Accept(ctx, entries...)
	if err != nil {
		b.observe.Error("store")
		b.log.Error("inbox", "updates", len(kept), "error", fmt.Errorf("keep updates: %w", err))
	}
	full, away := errors.Is(err, store.ErrFull), errors.Is(err, store.ErrAway)
	lost := false // what follows an update that must come again comes again too
	for i, a := range kept {
		switch {
		case a.verdict == settled:
			a.u.kept <- err
			continue
		case err == nil && fresh[i]:
			a.kept = true
			continue
		case err == nil:
			a.verdict = repeated
		case full && !a.job.vital && !lost, away && !a.job.vital && !a.job.lasting && !lost:
			continue
		default:
			a.verdict, lost = faulty, true
		}
		b.giveUp(a.u)
	}
}

// resume puts what an earlier process left in the inbox into the lanes, in order, and lets new updates follow.
func (b *Bot) resume(ctx context.Context) error {
	if b.replicas != nil { // what is ours is found out in rounds
		b.mu.Lock()
		b.stage = taking
		b.mu.Unlock()
		b.replicas.hurry()
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
			if _, err := b.resumeOne(ctx, &entries[i], b.waitForRoom(ctx)); err != nil {
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
		b.log.Info("inbox_resumed", "updates", left, "parked_in_all", stats.DeadLetters)
	}
	b.mu.Lock()
	b.stage = taking
	b.mu.Unlock()
	return nil
}

// waitForRoom returns what reserves room in a chat as soon as there is some: only a smaller room than the process before had is ever full.
func (b *Bot) waitForRoom(ctx context.Context) func(chat int64) error {
	return func(chat int64) error {
		for b.lanes.reserve(chat) != nil {
			if err := limiter.Sleep(ctx, 100*time.Millisecond); err != nil {
				return err
			}
		}
		return nil
	}
}

// resumeOne puts one entry into its lane, with room from reserve, and says whether it is under way now: not if there is nothing to do for it.
func (b *Bot) resumeOne(ctx context.Context, e *store.Entry, reserve func(chat int64) error) (entered bool, err error) {
	u, err := decode(e.Raw)
	if err != nil { // another version took it for readable
		b.counts.parked.Add(1)
		b.log.Error("update_parked", "update", e.Update, "why", "unreadable", "error", err)
		return false, b.cfg.Store.MarkDone(ctx, e.Update)
	}
	u.ID, u.Arrived = e.Update, b.here(e.Arrived)
	u.Shown.Place, u.Shown.Message = e.Place, e.Message
	job := b.route(u)
	if job.run == nil {
		return false, b.cfg.Store.MarkDone(ctx, e.Update)
	}
	if job.story && !job.lasting && b.late(u) {
		job = b.reply.away(job.kind)
	}
	if err := reserve(u.Chat); err != nil {
		return false, err
	}
	b.mu.Lock()
	b.inflight[u.ID] = struct{}{}
	b.mu.Unlock()
	b.counts.resumed.Add(1)
	run := job.run
	job.run = func(ctx context.Context, u *update) error {
		if e.Tries >= store.MaxTries {
			return b.park(ctx, u, job.money)
		}
		if e.Tries > 1 { // begun in two processes that ended: it may be why, and what is begun beside it would be blamed too
			end, err := b.suspect(ctx)
			if err != nil {
				return err
			}
			defer end()
		}
		if _, err := b.cfg.Store.Retry(ctx, u.ID); err != nil { // without the count it might end one process after the other
			return fmt.Errorf("count the try: %w", err)
		}
		return run(ctx, u)
	}
	b.enter(u, job)
	return true, nil
}

// park ends an update that was tried too often, with an apology: that may come twice, should the process end on the way. A place that was chosen
// for the answer counts as told, for it may have been. Of money nothing is said: it is stored, and no payer is to hear of a failure.
func (b *Bot) park(ctx context.Context, u *update, money bool) error {
	b.counts.parked.Add(1)
	b.observe.Error("parked")
	b.log.Error("update_parked", "update", u.ID, "why", "tried too often")
	var said error
	if !money {
		said = b.reply.sayInstead(ctx, u, telegram.Message{HTML: u.words.Say("error.internal")})
	}
	if said != nil {
		if b.workContext().Err() != nil {
			return said // a stop: the next process says it
		}
		b.log.Warn("update_parked", "update", u.ID, "error", said)
	}
	if u.Shown.Place != "" {
		err := b.cfg.Store.Delivered(ctx, store.Delivery{Person: u.Person, Place: u.Shown.Place, At: time.Now()})
		if err != nil {
			return fmt.Errorf("park: %w", err)
		}
	}
	_, err := b.cfg.Store.Retry(ctx, u.ID)
	u.done = err == nil
	return err
}

// suspect waits for the turn to try something that may end the process. Others have theirs after end, or when this one has gone well for suspectFor.
func (b *Bot) suspect(ctx context.Context) (end func(), err error) {
	select {
	case b.suspects <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	free := sync.OnceFunc(func() { <-b.suspects })
	late := time.AfterFunc(suspectFor, free)
	return func() { late.Stop(); free() }, nil
}

// noteShown records what the person sees of an answer, so that a try after a crash goes on with it and with no other place.
func (b *Bot) noteShown(ctx context.Context, u *update, place string, message int) {
	if u.Shown.Place == place && u.Shown.Message == message {
		return
	}
	u.Shown.Place, u.Shown.Message = place, message
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteMost)
	defer cancel()
	if err := b.cfg.Store.Note(ctx, u.ID, place, message); err != nil {
		b.observe.Error("store")
		b.log.Error("inbox", "update", u.ID, "error", fmt.Errorf("note what is shown: %w", err))
	}
}

// late says whether whoever asked has walked on: the update waited in the inbox, or at Telegram while no process ran. What arrived while one
// ran is never late.
func (b *Bot) late(u *update) bool {
	waited := time.Since(u.Arrived)
	if u.Message != nil {
		if sent := time.Since(b.here(u.Message.Time())); sent > time.Since(b.began) {
			waited = sent
		}
	}
	return waited > lateAfter
}

// here turns a time of Telegram's clock, by which the inbox keeps its times too, into one of this machine's.
func (b *Bot) here(t time.Time) time.Time { return t.Add(b.ahead()) }

// ahead is by how much this machine's wall clock is wrong, 0 if it is about right. With a wrong one everything would be late, and each walk over,
// or none.
func (b *Bot) ahead() time.Duration {
	if ahead := b.cfg.ClockSkew(); ahead.Abs() >= wrongFrom {
		return ahead.Round(time.Minute)
	}
	return 0
}
