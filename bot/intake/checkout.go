package intake

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"excursobot/bot/telegram"
	"excursobot/store"
)

// A checkout passes no limit and no queue. It is answered the moment it comes, and is stored, so that the next process answers one that this process
// did not get to. If the store has no room for it, it is refused, because the payment could not be stored either.

const (
	checkoutMost = 9 * time.Second // Telegram waits 10 s for the answer, counted from the question
	storableMost = 2 * time.Second // for learning whether the store has room
	maxCheckouts = 256             // answered at once; Telegram sends the others again
)

// checkouts are the pre-checkout queries that are being answered, and those that were lately.
type checkouts struct {
	answer  func(ctx context.Context, u *telegram.Update, storable func() bool) error
	log     *slog.Logger
	guard   *Guard
	state   *state
	unsaved *unsaved

	mu      sync.Mutex
	closed  bool
	running int
	last    [maxCheckouts]int64 // updates, a ring
	next    int
	wg      sync.WaitGroup
}

// begin takes room for the answer to an update. It returns accepted, repeated, allFull or stopping.
func (c *checkouts) begin(update int64) verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return stopping
	case slices.Contains(c.last[:], update):
		return repeated
	case c.running >= maxCheckouts:
		return allFull
	}
	c.running++
	c.wg.Add(1)
	return accepted
}

// remember notes that an update is being answered, so that it is not answered again when it comes again.
func (c *checkouts) remember(update int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last[c.next] = update
	c.next = (c.next + 1) % len(c.last)
}

func (c *checkouts) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running--
	c.wg.Done()
}

func (c *checkouts) underWay() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running
}

// wait lets none begin any more and blocks until all have ended.
func (c *checkouts) wait() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.wg.Wait()
}

// take answers a checkout in a new goroutine. stored receives the error of storing it; nil means that it is not stored.
func (c *checkouts) take(u *telegram.Update, stored <-chan error) verdict {
	if v := c.begin(u.ID); v != accepted {
		return v
	}
	if !c.state.takes() {
		c.end()
		return stopping
	}
	c.remember(u.ID)
	go func() { // wait waits for it
		defer c.end()
		work := c.state.workContext()
		err := c.guard.Do(u.ID, func() error { return c.answerNow(u, stored) }) // logged there
		if err != nil && work.Err() != nil {
			return // cut off by the stop: the next process answers it
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(work), recordMost)
		defer cancel()
		if err := c.unsaved.done(ctx, u.ID); err != nil {
			c.log.Error("update_not_done", "update", u.ID, "error", err)
		}
	}()
	return settled
}

// answerLeft answers a checkout that an earlier process did not get to, if Telegram still waits.
func (c *checkouts) answerLeft(_ context.Context, t *Task) error {
	if time.Since(t.Arrived) >= checkoutMost {
		return nil
	}
	c.remember(t.ID)
	return c.answerNow(t.Update, nil)
}

func (c *checkouts) answerNow(u *telegram.Update, stored <-chan error) error {
	ctx, cancel := context.WithTimeout(c.state.workContext(), checkoutMost)
	defer cancel()
	return c.answer(ctx, u, func() bool { return storable(stored) })
}

// storable reports whether the store has room for the payment that follows a checkout. A store that is slow, or fails for another reason, may be well
// again by then.
func storable(stored <-chan error) bool {
	if stored == nil {
		return true
	}
	late := time.NewTimer(storableMost)
	defer late.Stop()
	select {
	case err := <-stored:
		return !errors.Is(err, store.ErrFull)
	case <-late.C:
		return true
	}
}
