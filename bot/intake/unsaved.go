package intake

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"excursobot/limiter"
	"excursobot/store"
)

const (
	unsavedMost  = 10_000           // deliveries; beyond it the oldest is given up
	unsavedEvery = 10 * time.Second // between two tries to save them
	// recordMost bounds a record of what was done, after the stop too.
	recordMost = 10 * time.Second
)

// unsaved are the deliveries that the store did not take, because its disk is full or fails: the person has the story, and the store does not know
// it. They are saved as soon as the store takes them. Until then the claim on the place holds, so that the person does not hear it twice.
type unsaved struct {
	store store.Deliveries
	log   *slog.Logger
	guard *Guard

	mu   sync.Mutex
	list []unsavedDelivery
}

// unsavedDelivery is a delivery to be saved. If it has nothing but an Update, that is to be marked as done.
type unsavedDelivery struct {
	delivery store.Delivery
	recorded func() // ends the claim on the place; may be nil
}

func (d unsavedDelivery) settle() {
	if d.recorded != nil {
		d.recorded()
	}
}

func (u *unsaved) add(d unsavedDelivery) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.list) == unsavedMost {
		u.list[0].settle()
		u.list[0] = unsavedDelivery{}
		u.list = u.list[1:]
	}
	u.list = append(u.list, d)
}

func (u *unsaved) len() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.list)
}

// take removes all deliveries and returns them.
func (u *unsaved) take() []unsavedDelivery {
	u.mu.Lock()
	defer u.mu.Unlock()
	list := u.list
	u.list = nil
	return list
}

// delivered saves that a story was told, now or as soon as the store can, and then calls recorded. Its error is for the log.
func (u *unsaved) delivered(ctx context.Context, d store.Delivery, recorded func()) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordMost)
	defer cancel()
	err := u.store.Delivered(ctx, d)
	if err == nil || errors.Is(err, store.ErrInvalid) || errors.Is(err, store.ErrClosed) { // a later try would end in the same way
		recorded()
		return err
	}
	u.add(unsavedDelivery{d, recorded})
	return err
}

// done saves that an update ended without a story, now or as soon as the store can.
func (u *unsaved) done(ctx context.Context, update int64) error {
	err := u.store.MarkDone(ctx, update)
	if err != nil && !errors.Is(err, store.ErrClosed) {
		u.add(unsavedDelivery{delivery: store.Delivery{Update: update}})
	}
	return err
}

// run saves what is unsaved, again and again until ctx ends.
func (u *unsaved) run(ctx context.Context) {
	for limiter.Sleep(ctx, unsavedEvery) == nil {
		u.guard.Run(func() { u.retry(ctx) })
	}
}

func (u *unsaved) retry(ctx context.Context) {
	n := u.len()
	if n == 0 {
		return
	}
	if err := u.save(ctx); err != nil {
		u.log.Error("deliveries_unsaved", "left", u.len(), "error", err)
		return
	}
	u.log.Info("deliveries_saved", "deliveries", n)
}

// last tries for the last time.
func (u *unsaved) last() {
	ctx, cancel := context.WithTimeout(context.Background(), recordMost)
	defer cancel()
	if err := u.save(ctx); err != nil {
		u.log.Error("deliveries_lost", "lost", u.len(), "error", err)
	}
}

// save saves the deliveries, oldest first, until one cannot be saved.
func (u *unsaved) save(ctx context.Context) error {
	list := u.take()
	for i, d := range list {
		var err error
		if d.delivery.Place == "" {
			err = u.store.MarkDone(ctx, d.delivery.Update)
		} else {
			err = u.store.Delivered(ctx, d.delivery)
		}
		if err != nil {
			for _, left := range list[i:] {
				u.add(left)
			}
			return fmt.Errorf("save deliveries: %w", err)
		}
		d.settle()
	}
	return nil
}
