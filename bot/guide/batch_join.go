package guide

import (
	"context"
	"time"

	"excursobot/limiter"
	"excursobot/store"
)

// join finds the batch that writes about the first place, or starts one. A new batch also gets those of the others that no batch writes about. It
// returns ErrFull, ErrLate or ErrClosed of the gate if there can be no batch. The caller must leave the item, unless the batch may run for nobody.
func (b *batches) join(req Request, deadline time.Time, first store.Place, others []store.Place) (*item, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if it := b.findLocked(first.ID, req.Language, req.Length, req.more); it != nil {
		return it, b.addWaiterLocked(it.batch, req.Class, deadline)
	}
	ticket, err := b.gate.Enter(limiter.Job{Class: req.Class, Key: req.Person, Deadline: deadline})
	if err != nil {
		b.counts.refused.Add(1)
		return nil, err
	}
	bt := &batch{more: req.more, rewrite: req.rewrite, person: req.Person, language: req.Language, length: req.Length, ticket: ticket, class: req.Class, waiters: 1}
	bt.queued, bt.cancel = context.WithCancel(b.tasks.ctx)
	chosen := []store.Place{first}
	for _, p := range others {
		if len(chosen) == b.size {
			break
		}
		if p.ID != first.ID && b.findLocked(p.ID, req.Language, req.Length, nil) == nil && b.mayWrite(req, p) {
			chosen = append(chosen, p)
		}
	}
	fits := b.model.Fits(len(chosen), b.passage)
	for _, p := range chosen[:fits] {
		b.addItemLocked(bt, p)
	}
	if !b.tasks.start(func() { b.run(bt) }) {
		for _, it := range bt.items {
			b.removeLocked(it)
		}
		// Every ticket must be waited for. Everything is stopping, so nobody else does it.
		bt.cancel()
		if slot, err := ticket.Wait(bt.queued); err == nil {
			slot.Release()
		}
		return nil, limiter.ErrClosed
	}
	return bt.items[0], nil
}

// mayWrite reports whether the story of a place does not rest. A pack is made once, so it does not wait.
func (b *batches) mayWrite(req Request, p store.Place) bool {
	if req.Class == Packing {
		return true
	}
	_, again := b.rests.of(store.StoryKey{Place: p.ID, Language: req.Language, Length: req.Length}, p.Revision, time.Now())
	return again
}

// addWaiterLocked adds a waiter to a batch. If the batch is queued in a worse class, it moves to the waiter's class, unless it could not start there
// before the deadline either: then the result is ErrLate and the batch stays as it is.
func (b *batches) addWaiterLocked(bt *batch, class limiter.Class, deadline time.Time) error {
	if !bt.started && class < bt.class {
		if !deadline.IsZero() && time.Now().Add(b.gate.Estimate(class)).After(deadline) {
			b.counts.refused.Add(1)
			return limiter.ErrLate
		}
		bt.class = class
	}
	bt.waiters++
	if !bt.started {
		bt.ticket.Promote(class, deadline)
	}
	b.counts.joined.Add(1)
	return nil
}

// leave removes one waiter. A queued batch without waiters is abandoned.
func (b *batches) leave(it *item) {
	b.mu.Lock()
	defer b.mu.Unlock()
	bt := it.batch
	bt.waiters--
	if bt.waiters > 0 || bt.started {
		return
	}
	bt.abandoned = true
	for _, it := range bt.items {
		b.removeLocked(it)
	}
	bt.cancel()
}
