package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"excursobot/limiter"
	"excursobot/store"
)

const (
	recordMost   = 10 * time.Second // for writing down what was told, after the stop too
	arrearsMost  = 10_000           // of what could not be written; beyond it the oldest is given up
	arrearsEvery = 10 * time.Second // between two tries to write it
)

// arrears are the deliveries that a full or failing disk did not take: the person has the story, the store does not know it. They
// are written as soon as it can; until then the claim on the place is kept, so that nobody hears it twice.
type arrears struct {
	mu   sync.Mutex
	list []debt
}

// debt is a delivery to be written, or with nothing but an Update one that is to be marked as done.
type debt struct {
	delivery store.Delivery
	recorded func() // ends the claim on the place; may be nil
}

func (a *arrears) add(d debt) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.list) == arrearsMost {
		a.list[0].settle()
		a.list[0] = debt{}
		a.list = a.list[1:]
	}
	a.list = append(a.list, d)
}

func (d debt) settle() {
	if d.recorded != nil {
		d.recorded()
	}
}

func (a *arrears) len() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.list)
}

// take hands out all debts.
func (a *arrears) take() []debt {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := a.list
	a.list = nil
	return list
}

// delivered writes down that a story was told, now or when the store can, and calls recorded then. Its error is for the log.
func (b *Bot) delivered(ctx context.Context, d store.Delivery, recorded func()) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordMost)
	defer cancel()
	err := b.cfg.Store.Delivered(ctx, d)
	if err == nil || errors.Is(err, store.ErrInvalid) || errors.Is(err, store.ErrClosed) { // later is no better
		recorded()
		return err
	}
	b.arrears.add(debt{d, recorded})
	return err
}

// done writes down that an update ended without a story, now or when the store can.
func (b *Bot) done(ctx context.Context, update int64) error {
	err := b.cfg.Store.MarkDone(ctx, update)
	if err != nil && !errors.Is(err, store.ErrClosed) {
		b.arrears.add(debt{delivery: store.Delivery{Update: update}})
	}
	return err
}

// payArrears writes what could not be written, again and again until ctx ends.
func (b *Bot) payArrears(ctx context.Context) {
	for limiter.Sleep(ctx, arrearsEvery) == nil {
		b.guard(func() { b.payOnce(ctx) })
	}
}

func (b *Bot) payOnce(ctx context.Context) {
	n := b.arrears.len()
	if n == 0 {
		return
	}
	if err := b.settleArrears(ctx); err != nil {
		b.log.Error("arrears", "left", b.arrears.len(), "error", err)
		return
	}
	b.log.Info("arrears_written", "deliveries", n)
}

// lastArrears tries for the last time.
func (b *Bot) lastArrears() error {
	ctx, cancel := context.WithTimeout(context.Background(), recordMost)
	defer cancel()
	return b.settleArrears(ctx)
}

// settleArrears writes the debts, oldest first, until one cannot be written.
func (b *Bot) settleArrears(ctx context.Context) error {
	list := b.arrears.take()
	for i, d := range list {
		var err error
		if d.delivery.Place == "" {
			err = b.cfg.Store.MarkDone(ctx, d.delivery.Update)
		} else {
			err = b.cfg.Store.Delivered(ctx, d.delivery)
		}
		if err != nil {
			for _, left := range list[i:] {
				b.arrears.add(left)
			}
			return fmt.Errorf("write what was told: %w", err)
		}
		d.settle()
	}
	return nil
}
