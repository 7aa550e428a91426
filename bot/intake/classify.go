package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"excursobot/bot/telegram"
	"excursobot/store"
)

// received is an update as it came, with its id. Nothing else in it must be readable.
type received struct {
	id  int64
	raw []byte
}

// arrival is the decision about an update that comes in.
type arrival struct {
	raw     []byte
	task    *Task // nil if the update is unreadable
	plan    plan
	verdict verdict    // accepted = it has room, is noted as under way, and goes on
	owner   string     // the replica that owns the chat, if it is another one
	kept    bool       // in the inbox
	stored  chan error // of a checkout: the error of storing it; nil = it is not to be stored
}

// door decides on updates that come in.
type door struct {
	*parts
	backlog *backlog
}

// accept decides on updates in their order and puts those that it accepts into their lanes, after they are in the inbox. It stops at the first update
// that must come again, so that none overtakes it: there may be fewer verdicts than updates.
func (d *door) accept(ctx context.Context, updates ...received) []verdict {
	arrivals := make([]*arrival, 0, len(updates))
	for i, in := range updates {
		a := d.classify(ctx, in)
		if arrivals = append(arrivals, a); a.verdict.comesAgain() {
			d.answerCheckouts(updates[i+1:])
			break
		}
	}
	d.persist(ctx, arrivals)
	verdicts := make([]verdict, 0, len(arrivals))
	for _, a := range arrivals {
		if a.verdict == accepted {
			d.dispatch(ctx, a)
		}
		verdicts = append(verdicts, a.verdict)
		d.count(a)
	}
	return verdicts
}

// classify decides whether an update is accepted. Every refusal that does no harm comes before what costs the person a token, and tokens come before
// any write.
func (d *door) classify(ctx context.Context, in received) *arrival {
	arrived := time.Now()
	d.counts.lastIngest.Store(arrived.UnixNano())
	d.heard.now()
	a := &arrival{raw: in.raw, plan: plan{kind: "unreadable"}, verdict: unreadable}
	u, err := telegram.Decode(in.raw)
	if err != nil {
		return a
	}
	u.ID, u.Arrived = in.id, arrived
	task := &Task{Update: u}
	if u.Checkout != nil {
		a.task, a.plan, a.stored = task, plan{kind: checkoutKind}, make(chan error, 1)
		a.verdict = d.checkouts.take(u, a.stored)
		return a
	}
	if d.guard.Do(u.ID, func() error { a.task, a.plan = task, d.route(u); return nil }) != nil {
		return a // a panic for each try: it must not come again
	}
	if d.member != nil && a.plan.run != nil && d.state.takes() {
		if owner := d.member.Owner(ctx, u.Chat); owner != d.member.ID() {
			a.owner = owner
		}
	}
	if a.plan.move != nil && d.move(ctx, a) {
		return a
	}
	switch err := d.reserve(u.Chat, a.plan); {
	case a.plan.run == nil:
		a.verdict = ignored
		return a
	case errors.Is(err, errChatFull):
		a.verdict = chatFull
		return a
	case err != nil:
		a.verdict = allFull
		return a
	}
	// Not earlier: Run waits for everything that has reserved room.
	if a.verdict = d.state.begin(u.ID); a.verdict != accepted {
		d.lanes.cancel(u.Chat)
		return a
	}
	if a.verdict = d.checkLimits(ctx, a); a.verdict != accepted {
		d.release(u)
	}
	return a
}

// move tries to take a step of a walk at once, or hands it to the replica that has the walk. It reports whether that was all.
func (d *door) move(ctx context.Context, a *arrival) bool {
	u := a.task.Update
	switch {
	case a.owner != "":
		a.verdict = dropped
		if d.limits.updates.Allow(u.Person) {
			a.verdict = forwarded
			d.member.Tell(ctx, a.owner, u.Chat, a.raw)
		}
		return true
	case d.state.takes() && d.limits.updates.Allow(u.Person) && a.plan.move():
		a.verdict = settled
		return true
	}
	return false
}

// reserve takes room for the job, if there is one.
func (d *door) reserve(chat int64, p plan) error {
	switch {
	case p.run == nil:
		return nil
	case p.money:
		d.lanes.force(chat)
		return nil
	}
	return d.lanes.reserve(chat)
}

// release ends an update that is under way and does not get to its lane.
func (d *door) release(u *telegram.Update) {
	d.state.end(u.ID)
	d.lanes.cancel(u.Chat)
}

// checkLimits takes the person's tokens, and asks the store whether the update is done. It replaces the job of an update that is refused with a
// sentence.
func (d *door) checkLimits(ctx context.Context, a *arrival) verdict {
	u, p := a.task.Update, &a.plan
	if p.money {
		return d.storeMoney(ctx, u, p)
	}
	if !d.limits.updates.Allow(u.Person) {
		return dropped
	}
	if p.move != nil {
		return accepted
	}
	done, err := d.cfg.Store.Done(ctx, u.ID)
	if errors.Is(err, store.ErrAway) && !p.mustPersist && !p.neverStale {
		err = nil // it is answered from the caches; an update that Telegram sends twice meanwhile is answered twice
	}
	if err != nil {
		d.cfg.Observe.Error("store")
		d.log.Error("update_unknown", "update", u.ID, "error", fmt.Errorf("ask whether it is done: %w", err))
		return faulty
	}
	if done {
		return repeated
	}
	if d.cfg.Hooks.Paused(ctx, u) {
		d.refuse(p, Refusal{Reason: Paused})
	}
	if p.story {
		switch {
		case !p.neverStale && d.stale(u):
			d.refuse(p, Refusal{Reason: Stale})
		case !d.limits.stories.Allow(u.Person):
			d.refuse(p, Refusal{Reason: OverStoryLimit, Wait: d.limits.storyIn})
		case !d.limits.all.Allow(struct{}{}):
			d.log.Warn("overload", "what", "story requests")
			a.task.Brief = true // a story that is written already costs nothing; only without one is the person asked to come again
		}
	}
	return accepted
}

// storeMoney records a payment before anything else is done about it. If it cannot be recorded, Telegram sends it again, unless it never could be.
func (d *door) storeMoney(ctx context.Context, u *telegram.Update, p *plan) verdict {
	if p.storeMoney != nil {
		switch err := p.storeMoney(ctx); {
		case errors.Is(err, store.ErrInvalid):
			return unreadable
		case err != nil:
			return faulty
		}
		p.mustPersist = false // from here on only thanks could be lost
	}
	done, err := d.cfg.Store.Done(ctx, u.ID)
	if err != nil {
		return faulty
	}
	p.skipInbox = done // it was thanked for before: it is again, and the inbox would not take it
	return accepted
}

// persist writes the accepted arrivals to the inbox, in one transaction: from then on this process or the next one answers them. If the store is
// full or away, it keeps nothing, and people are answered all the same. A walk, which cannot go on without the store, and money come again. A
// checkout is being answered already, and learns whether the store has room.
func (d *door) persist(ctx context.Context, arrivals []*arrival) {
	var list []*arrival
	var entries []store.Entry
	for _, a := range arrivals {
		if a.verdict == accepted && !a.plan.skipInbox || a.verdict == settled && a.stored != nil {
			list = append(list, a)
			u := a.task.Update
			entries = append(entries, store.Entry{Update: u.ID, Chat: u.Chat, Arrived: u.Arrived.Add(-d.clock.skew()), Raw: a.raw})
		}
	}
	if len(list) == 0 {
		return
	}
	fresh, err := d.cfg.Store.Accept(ctx, entries...)
	if err != nil {
		d.cfg.Observe.Error("store")
		d.log.Error("inbox_not_written", "updates", len(list), "error", fmt.Errorf("accept updates: %w", err))
	}
	full, away := errors.Is(err, store.ErrFull), errors.Is(err, store.ErrAway)
	lost := false // what follows an update that must come again comes again too
	for i, a := range list {
		switch {
		case a.stored != nil:
			a.stored <- err
			continue
		case err == nil && fresh[i]:
			a.kept = true
			continue
		case err == nil:
			a.verdict = repeated
		case full && !a.plan.mustPersist && !lost, away && !a.plan.mustPersist && !a.plan.neverStale && !lost:
			continue
		default:
			a.verdict, lost = faulty, true
		}
		d.release(a.task.Update)
	}
}

// dispatch puts an accepted update into its lane, behind the chat's updates that other replicas heard before, or leaves it to the replica that owns
// the chat. An update that is not in the inbox is answered here.
func (d *door) dispatch(ctx context.Context, a *arrival) {
	u := a.task.Update
	switch {
	case a.owner != "" && a.kept:
		a.verdict = forwarded
		d.release(u)
		d.member.Tell(ctx, a.owner, u.Chat, nil)
		return
	case a.kept && d.member != nil:
		if err := d.backlog.pull(ctx, u.ID, u.Chat); err != nil {
			d.log.Error("inbox_not_read", "error", err) // the next round finds it
		}
	case a.owner != "":
		a.task.anywhere = true
	}
	d.performer.enqueue(a.task, a.plan)
}

// count counts what became of an update.
func (d *door) count(a *arrival) {
	d.cfg.Observe.Update(a.plan.kind, a.verdict.String())
	switch a.verdict {
	case unreadable:
		d.counts.deadLetters.Add(1)
		d.log.Error("update_dead_lettered", "bytes", len(a.raw), "why", "unreadable")
	case dropped:
		d.counts.dropped.Add(1)
	case chatFull, allFull, stopping, faulty:
		d.counts.refused.Add(1)
	}
}

// answerCheckouts answers the checkouts among updates that have to come again, because Telegram waits for the answers meanwhile.
func (d *door) answerCheckouts(updates []received) {
	for _, in := range updates {
		if !telegram.MayBeCheckout(in.raw) {
			continue
		}
		if u, err := telegram.Decode(in.raw); err == nil && u.Checkout != nil {
			u.ID, u.Arrived = in.id, time.Now()
			d.checkouts.take(u, nil)
		}
	}
}
