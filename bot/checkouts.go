package bot

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"excursobot/store"
)

// Money passes no bucket and no queue. A checkout is answered the moment it comes and is stored, so that the next process answers one that
// this one did not get to; without room to store it, it is refused, for the payment could not be stored either. A payment is stored before Telegram hears that the update was taken, and again, without effect,
// before each thanks: whatever is lost on the way, Telegram or the lane brings it again.

const (
	checkoutMost = 9 * time.Second // Telegram waits 10 s for the answer, counted from the question
	roomMost     = 2 * time.Second // for learning whether there is room
	maxCheckouts = 256             // answered at once; beyond that Telegram asks again
)

// checkouts are the answers under way and those given lately.
type checkouts struct {
	mu      sync.Mutex
	closed  bool
	running int
	last    [maxCheckouts]int64 // updates, a ring
	next    int
	wg      sync.WaitGroup
}

// begin takes room for the answer to an update: accepted, repeated, roomFull or stopping.
func (c *checkouts) begin(update int64) verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return stopping
	case slices.Contains(c.last[:], update):
		return repeated
	case c.running >= maxCheckouts:
		return roomFull
	}
	c.running++
	c.wg.Add(1)
	return accepted
}

// remember notes that an update is being answered, so that it is not when it comes again.
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

// wait lets none begin any more and blocks until all have ended.
func (c *checkouts) wait() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.wg.Wait()
}

// takeCheckout answers a pre-checkout in a goroutine of its own.
func (b *Bot) takeCheckout(u *update) verdict {
	if v := b.checkout.begin(u.ID); v != accepted {
		return v
	}
	if !b.takes() {
		b.checkout.end()
		return stopping
	}
	b.checkout.remember(u.ID)
	go func() {
		defer b.checkout.end()
		err := b.guarded(u.ID, func() error { return b.gifts.answerCheckout(u) }) // logged there
		if err != nil && b.workContext().Err() != nil {
			return // cut off by the stop: the next process answers it
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(b.workContext()), recordMost)
		defer cancel()
		if err := b.done(ctx, u.ID); err != nil {
			b.log.Error("update_done", "update", u.ID, "error", err)
		}
	}()
	return settled
}

// isCheckout says whether an update may be one, without reading it.
func isCheckout(raw []byte) bool { return bytes.Contains(raw, []byte(`"pre_checkout_query"`)) }

// checkoutsAmong answers the checkouts among updates that have to come again, since Telegram waits for the answers meanwhile.
func (b *Bot) checkoutsAmong(updates []received) {
	for _, in := range updates {
		if !isCheckout(in.raw) {
			continue
		}
		if u, err := decode(in.raw); err == nil && u.Checkout != nil {
			u.ID, u.Arrived = in.id, time.Now()
			b.takeCheckout(u)
		}
	}
}

// admitMoney stores a payment before anything else is done about it. What can't be stored comes again, but for one that never could be.
func (b *Bot) admitMoney(ctx context.Context, u *update, job *job) verdict {
	if u.Message.Payment != nil { // a refund is noted by whoever tells of it first
		switch _, err := b.gifts.credit(ctx, u); {
		case errors.Is(err, store.ErrInvalid):
			return parked
		case err != nil:
			return faulty
		}
		job.vital = false // from here on only thanks could be lost
	}
	done, err := b.cfg.Store.Done(ctx, u.ID)
	if err != nil {
		return faulty
	}
	job.fleeting = done // thanked once already: again, and for that the inbox has no room
	return accepted
}
