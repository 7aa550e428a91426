package bot

import (
	"context"
	"errors"
	"time"

	"excursobot/bot/telegram"
	"excursobot/store"
)

// onCheckoutLeft answers a checkout that an earlier process did not get to, if Telegram still waits.
func (gs *gifts) onCheckoutLeft(_ context.Context, u *update) error {
	if time.Since(u.Arrived) >= checkoutMost {
		return nil
	}
	gs.checkout.remember(u.ID)
	return gs.answerCheckout(u)
}

// answerCheckout accepts an invoice that this bot made for this person, and refuses everything else.
func (gs *gifts) answerCheckout(u *update) error {
	ctx, cancel := context.WithTimeout(gs.host.workContext(), checkoutMost)
	defer cancel()
	q := u.Checkout
	payload := map[string]any{"pre_checkout_query_id": q.ID, "ok": true}
	why := ""
	switch g, ok := parseGift(q.Payload); {
	case !ok || g.person != u.Person || g.stars != q.Total || q.Currency != stars:
		why = "donate.refused"
	case !gs.hasRoom(u):
		why = "donate.no_room"
	}
	if why != "" {
		gs.log.Warn("checkout_refused", "why", why, "user_id", u.Person, "currency", telegram.Truncate(q.Currency, 8), "amount", q.Total)
		_, words := gs.reply.reader(ctx, u.Person)
		payload["ok"] = false
		payload["error_message"] = words.Plain(why)
	}
	err := gs.out.Do(ctx, telegram.Request{Method: "answerPreCheckoutQuery", Payload: payload, Idempotent: true}, nil)
	switch {
	case errors.Is(err, telegram.ErrBadRequest): // it is too late, or it was answered before: the person can press the button again
		gs.log.Warn("checkout_expired", "user_id", u.Person, "error", err)
	case err != nil:
		gs.observe.Error("checkout")
		gs.log.Error("checkout_failed", "user_id", u.Person, "error", err)
		return err
	}
	return nil
}

// hasRoom reports whether the store has room for the payment that follows a checkout. A store that is slow, or fails for another reason, may
// work again by then.
func (gs *gifts) hasRoom(u *update) bool {
	if !gs.room() {
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
