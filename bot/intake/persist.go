package intake

import (
	"context"
	"errors"
	"fmt"

	"excursobot/store"
)

// persist writes the accepted arrivals to the inbox, in one transaction: from then on this process or the next one answers them. If the store is
// full or away, it keeps nothing, and people are still answered. A walk, which cannot go on without the store, and money come again. A
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
		d.log.Error("inbox_unsaved", "updates", len(list), "error", fmt.Errorf("accept updates: %w", err))
	}
	full, away := errors.Is(err, store.ErrFull), errors.Is(err, store.ErrAway)
	if !full && !away && ctx.Err() == nil { // the store itself tells of the two
		d.state.setKept(err)
	}
	lost := false // the updates after one that must come again come again too
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
			d.log.Error("inbox_unread", "error", err) // the next round finds it
		}
	case a.owner != "":
		a.task.anywhere = true
	}
	a.task.kept = a.kept
	d.performer.enqueue(a.task, a.plan)
}
