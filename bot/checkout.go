package bot

import (
	"context"
	"errors"

	"excursobot/bot/telegram"
)

// answerCheckout accepts an invoice that this bot sent to this person, and refuses everything else. storable reports whether the store has room for the
// payment.
func (gs *gifts) answerCheckout(ctx context.Context, u *telegram.Update, storable func() bool) error {
	q := u.Checkout
	payload := map[string]any{"pre_checkout_query_id": q.ID, "ok": true}
	why := ""
	switch g, ok := parseGift(q.Payload); {
	case !ok || g.person != u.Person || g.stars != q.Total || q.Currency != stars:
		why = "donate.refused"
	case !gs.room() || !storable():
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
