package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"excursobot/bot/telegram"

	tele "gopkg.in/telebot.v3"

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
	if v := b.checkout.begin(u.id); v != accepted {
		return v
	}
	if !b.takes() {
		b.checkout.end()
		return stopping
	}
	b.checkout.remember(u.id)
	go func() {
		defer b.checkout.end()
		err := b.guarded(u.id, func() error { return b.answerCheckout(u) }) // logged there
		if err != nil && b.workContext().Err() != nil {
			return // cut off by the stop: the next process answers it
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(b.workContext()), recordMost)
		defer cancel()
		if err := b.done(ctx, u.id); err != nil {
			b.log.Error("update_done", "update", u.id, "error", err)
		}
	}()
	return settled
}

// onCheckoutLeft answers a checkout that an earlier process did not get to, if Telegram still waits.
func (b *Bot) onCheckoutLeft(_ context.Context, u *update) error {
	if time.Since(u.arrived) >= checkoutMost {
		return nil
	}
	b.checkout.remember(u.id)
	return b.answerCheckout(u)
}

// answerCheckout accepts what this bot made out for this person, and nothing else.
func (b *Bot) answerCheckout(u *update) error {
	ctx, cancel := context.WithTimeout(b.workContext(), checkoutMost)
	defer cancel()
	q := u.checkout
	payload := map[string]any{"pre_checkout_query_id": q.ID, "ok": true}
	why := ""
	switch g, ok := parseGift(q.Payload); {
	case !ok || g.person != u.person || g.stars != q.Total || q.Currency != stars:
		why = "donate.refused"
	case !b.hasRoom(u):
		why = "donate.no_room"
	}
	if why != "" {
		b.log.Warn("checkout_refused", "why", why, "user_id", u.person, "currency", telegram.Truncate(q.Currency, 8), "amount", q.Total)
		_, words := b.reader(ctx, u.person)
		payload["ok"] = false
		payload["error_message"] = words.Plain(why)
	}
	err := b.out.Do(ctx, telegram.Request{Method: "answerPreCheckoutQuery", Payload: payload, Idempotent: true}, nil)
	switch {
	case errors.Is(err, telegram.ErrBadRequest): // too late, or answered before: the person can press the button again
		b.log.Warn("checkout_late", "user_id", u.person, "error", err)
	case err != nil:
		b.observe.Error("checkout")
		b.log.Error("checkout", "user_id", u.person, "error", err)
		return err
	}
	return nil
}

// hasRoom says whether the store has room for what follows a checkout. One that is slow or fails otherwise may be well again by then.
func (b *Bot) hasRoom(u *update) bool {
	if !b.cfg.Room() {
		return false
	}
	if u.kept == nil {
		return true
	}
	late := time.NewTimer(roomMost)
	defer late.Stop()
	select {
	case err := <-u.kept:
		return !errors.Is(err, store.ErrFull)
	case <-late.C:
		return true
	}
}

// isCheckout says whether an update may be one, without reading it.
func isCheckout(raw []byte) bool { return bytes.Contains(raw, []byte(`"pre_checkout_query"`)) }

// checkoutsAmong answers the checkouts among updates that have to come again, since Telegram waits for the answers meanwhile.
func (b *Bot) checkoutsAmong(updates []received) {
	for _, in := range updates {
		if !isCheckout(in.raw) {
			continue
		}
		if u, err := decode(in.raw); err == nil && u.checkout != nil {
			u.id, u.arrived = in.id, time.Now()
			b.takeCheckout(u)
		}
	}
}

// admitMoney stores a payment before anything else is done about it. What can't be stored comes again, but for one that never could be.
func (b *Bot) admitMoney(ctx context.Context, u *update, job *job) verdict {
	if u.message.Payment != nil { // a refund is noted by whoever tells of it first
		switch _, err := b.credit(ctx, u); {
		case errors.Is(err, store.ErrInvalid):
			return parked
		case err != nil:
			return faulty
		}
		job.vital = false // from here on only thanks could be lost
	}
	done, err := b.cfg.Store.Done(ctx, u.id)
	if err != nil {
		return faulty
	}
	job.fleeting = done // thanked once already: again, and for that the inbox has no room
	return accepted
}

// credit stores the payment of an update, once.
func (b *Bot) credit(ctx context.Context, u *update) (store.Payment, error) {
	p := u.message.Payment
	if p.Currency != stars {
		b.observe.Error("payment")
		b.log.Error("payment_odd", "user_id", u.person, "charge", p.TelegramChargeID, "currency", p.Currency, "amount", p.Total)
		return store.Payment{}, fmt.Errorf("%w: a payment in %q", store.ErrInvalid, p.Currency)
	}
	stored, fresh, err := b.cfg.Store.Credit(ctx, store.Payment{
		Charge: p.TelegramChargeID, Person: u.person, Stars: int64(p.Total), At: u.message.Time(),
	})
	switch {
	case err != nil:
		b.observe.Error("payment")
		b.log.Error("payment_lost", "user_id", u.person, "charge", p.TelegramChargeID, "stars", p.Total, "error", err)
	case fresh:
		b.log.Info("payment", "user_id", u.person, "charge", stored.Charge, "stars", stored.Stars)
	}
	return stored, err
}

// onPayment thanks for a payment that is stored, each time that Telegram tells of it.
func (b *Bot) onPayment(ctx context.Context, u *update) error {
	p, err := b.credit(ctx, u)
	if err != nil {
		return err
	}
	key := "donate.thanks"
	if !p.Refunded.IsZero() { // told late, after it went back
		key = "donate.refunded"
	}
	_, err = b.out.Send(ctx, u.chat, telegram.Message{HTML: u.words.Say(key, "n", p.Stars)})
	return err
}

// onRefunded notes a refund that Telegram tells of, whoever asked for it.
func (b *Bot) onRefunded(ctx context.Context, u *update) error {
	return b.noteRefund(ctx, store.Payment{
		Charge: u.refunded.TelegramChargeID, Person: u.person, Stars: int64(u.refunded.Total), At: u.message.Time(), Refunded: u.arrived,
	}, u.person)
}

// noteRefund stores that a payment went back and tells the person, once.
func (b *Bot) noteRefund(ctx context.Context, p store.Payment, person int64) error {
	stored, first, err := b.cfg.Store.Refund(ctx, p)
	if err != nil {
		return fmt.Errorf("note a refund: %w", err)
	}
	if !first {
		return nil
	}
	b.log.Info("payment_refunded", "user_id", person, "charge", stored.Charge, "stars", stored.Stars)
	_, words := b.reader(ctx, person)
	_, err = b.out.Send(ctx, person, telegram.Message{HTML: words.Say("donate.refunded", "n", stored.Stars)})
	if errors.Is(err, telegram.ErrUnreachable) {
		return nil // they have their stars
	}
	return err
}

// refundIn reads a message's refunded_payment, nil if there is none.
func refundIn(raw []byte) *tele.Payment {
	if !bytes.Contains(raw, []byte(`"refunded_payment"`)) {
		return nil
	}
	var in struct {
		Message struct {
			Refunded *tele.Payment `json:"refunded_payment"`
		} `json:"message"`
	}
	if json.Unmarshal(raw, &in) != nil || in.Message.Refunded == nil || in.Message.Refunded.TelegramChargeID == "" {
		return nil
	}
	return in.Message.Refunded
}
