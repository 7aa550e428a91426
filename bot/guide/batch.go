package guide

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"excursobot/bot/guide/model"
	"excursobot/limiter"
	"excursobot/store"
)

// batches asks the model for stories, several places in one call. Requests for a story that is being written share its batch.
type batches struct {
	model   *model.Client
	gate    *limiter.Gate
	slot    func(context.Context) (release func(), err error) // may be nil
	library *library
	budget  *budget
	tasks   *tasks
	counts  *counters
	log     *slog.Logger
	size    int // most places in one batch

	mu   sync.Mutex
	open map[store.StoryKey]*item // at most size for each job in the gate
}

// batch is one call to the model. It runs in the best class of those who wait for it. While it is queued, it ends when nobody waits any more; once it
// has started, its stories always reach the library.
type batch struct {
	person   int64 // whose tokens it spends; 0 = nobody's
	language string
	length   store.Length
	items    []*item
	ticket   *limiter.Ticket

	queued context.Context //nolint:containedctx // the wait in the queue belongs to no single caller: it ends when the last one leaves
	cancel context.CancelFunc

	// Guarded by batches.mu.
	waiters   int
	class     limiter.Class // best of the waiters'
	started   bool
	abandoned bool
}

// item is the story of one place in a batch.
type item struct {
	batch *batch
	place store.Place
	key   store.StoryKey

	// Written once before done is closed.
	story  store.Story
	reason Reason // why there is no story
	done   chan struct{}
}

// join finds the batch that writes about the first place, or starts one. A new batch also gets those of the others that no batch writes about. It
// returns ErrFull, ErrLate or ErrClosed of the gate if there can be no batch. The caller must leave the item, unless the batch may run for nobody.
func (b *batches) join(req Request, deadline time.Time, first store.Place, others []store.Place) (*item, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if it := b.findLocked(first.ID, req.Language, req.Length); it != nil {
		return it, b.addWaiterLocked(it.batch, req.Class, deadline)
	}
	ticket, err := b.gate.Enter(limiter.Job{Class: req.Class, Key: req.Person, Deadline: deadline})
	if err != nil {
		b.counts.refused.Add(1)
		return nil, err
	}
	bt := &batch{person: req.Person, language: req.Language, length: req.Length, ticket: ticket, class: req.Class, waiters: 1}
	bt.queued, bt.cancel = context.WithCancel(b.tasks.ctx)
	b.addItemLocked(bt, first)
	for _, p := range others {
		if len(bt.items) == b.size {
			break
		}
		if p.ID != first.ID && b.findLocked(p.ID, req.Language, req.Length) == nil {
			b.addItemLocked(bt, p)
		}
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

func (b *batches) addItemLocked(bt *batch, p store.Place) {
	it := &item{
		batch: bt, place: p, done: make(chan struct{}),
		key: store.StoryKey{Place: p.ID, Language: bt.language, Length: bt.length},
	}
	bt.items = append(bt.items, it)
	b.open[it.key] = it
}

// findLocked returns the item that is being written about a place. A story of the other length is good enough.
func (b *batches) findLocked(place, language string, length store.Length) *item {
	for _, l := range [...]store.Length{length, otherLength(length)} {
		if it, ok := b.open[store.StoryKey{Place: place, Language: language, Length: l}]; ok {
			return it
		}
	}
	return nil
}

func (b *batches) removeLocked(it *item) {
	if b.open[it.key] == it {
		delete(b.open, it.key)
	}
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

// len returns how many stories are being written.
func (b *batches) len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.open)
}
