package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"excursobot/bot/telegram"
	"excursobot/store"
)

// classify decides whether an update is accepted. Every refusal that does no harm comes before what costs the person a token, and tokens come before
// any write.
func (d *door) classify(ctx context.Context, in received) *arrival {
	arrived := time.Now()
	d.counts.lastIngest.Store(arrived.UnixNano())
	d.heard.now()
	a := &arrival{raw: in.raw, plan: plan{kind: "unreadable"}, verdict: unreadable}
	u := in.update
	if u == nil {
		var err error
		if u, err = telegram.Decode(in.raw); err != nil {
			return a
		}
	}
	if u.Odd != nil {
		d.log.Warn("update_read_in_part", "update", in.id, "error", u.Odd)
	}
	u.ID, u.Arrived = in.id, arrived
	task := &Task{Update: u}
	if u.Checkout != nil {
		a.task, a.plan, a.stored = task, plan{kind: checkoutKind}, make(chan error, 1)
		a.verdict = d.checkouts.take(u, a.stored)
		return a
	}
	if u.Inline != nil || u.Guest != nil {
		a.plan.kind, a.verdict = queryKind, d.queries.take(u)
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
	if a.verdict = d.state.begin(u.ID, len(a.raw), a.plan.money); a.verdict != accepted {
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
