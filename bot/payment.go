package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	tele "gopkg.in/telebot.v3"

	"excursobot/bot/telegram"
	"excursobot/store"
)

// credit stores the payment of an update, once.
func (gs *gifts) credit(ctx context.Context, u *update) (store.Payment, error) {
	p := u.Message.Payment
	if p.Currency != stars {
		gs.observe.Error("payment")
		gs.log.Error("payment_invalid", "user_id", u.Person, "charge", p.TelegramChargeID, "currency", p.Currency, "amount", p.Total)
		return store.Payment{}, fmt.Errorf("%w: a payment in %q", store.ErrInvalid, p.Currency)
	}
	stored, fresh, err := gs.store.Credit(ctx, store.Payment{
		Charge: p.TelegramChargeID, Person: u.Person, Stars: int64(p.Total), At: u.Message.Time(),
	})
	switch {
	case err != nil:
		gs.observe.Error("payment")
		gs.log.Error("payment_unsaved", "user_id", u.Person, "charge", p.TelegramChargeID, "stars", p.Total, "error", err)
	case fresh:
		gs.log.Info("payment_credited", "user_id", u.Person, "charge", stored.Charge, "stars", stored.Stars)
	}
	return stored, err
}

// onPayment stores a payment and thanks for it, each time that Telegram delivers it.
func (gs *gifts) onPayment(ctx context.Context, u *update) error {
	p, err := gs.credit(ctx, u)
	if err != nil {
		return err
	}
	key := "donate.thanks"
	if !p.Refunded.IsZero() { // it was refunded before this update came
		key = "donate.refunded"
	}
	_, err = gs.out.Send(ctx, u.Chat, telegram.Message{HTML: u.words.Say(key, "n", p.Stars)})
	return err
}

// onRefunded stores a refund that Telegram reports, no matter who asked for it.
func (gs *gifts) onRefunded(ctx context.Context, u *update) error {
	return gs.noteRefund(ctx, store.Payment{
		Charge: u.Refunded.TelegramChargeID, Person: u.Person, Stars: int64(u.Refunded.Total), At: u.Message.Time(), Refunded: u.Arrived,
	}, u.Person)
}

// noteRefund stores that a payment was refunded and tells the person, once.
func (gs *gifts) noteRefund(ctx context.Context, p store.Payment, person int64) error {
	stored, first, err := gs.store.Refund(ctx, p)
	if err != nil {
		return fmt.Errorf("note a refund: %w", err)
	}
	if !first {
		return nil
	}
	gs.log.Info("payment_refunded", "user_id", person, "charge", stored.Charge, "stars", stored.Stars)
	_, words := gs.reply.reader(ctx, person)
	_, err = gs.out.Send(ctx, person, telegram.Message{HTML: words.Say("donate.refunded", "n", stored.Stars)})
	if errors.Is(err, telegram.ErrUnreachable) {
		return nil // they got their stars back
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
