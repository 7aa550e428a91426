package bot

import (
	"context"
	"errors"
	"fmt"

	"excursobot/bot/intake"
	"excursobot/bot/telegram"
	"excursobot/store"
)

// paymentJob returns the job of a payment. The payment is stored before Telegram hears that the update was accepted, and again, without effect, before
// each thanks: if something is lost on the way, Telegram or the inbox delivers it again.
func (gs *gifts) paymentJob(u *telegram.Update) intake.Job {
	store := func(ctx context.Context) error { _, err := gs.credit(ctx, u); return err }
	return intake.Money{Kind: "payment", Store: store, Run: gs.reply.handleAnyone(gs.onPayment)}
}

// refundJob returns the job of a refund that Telegram reports. The inbox stores it.
func (gs *gifts) refundJob() intake.Job {
	return intake.Money{Kind: "payment", Run: gs.reply.handleAnyone(gs.onRefunded)}
}

// credit stores the payment of an update, once.
func (gs *gifts) credit(ctx context.Context, u *telegram.Update) (store.Payment, error) {
	p := u.Message.Payment
	if p.Currency != stars || p.Total < 1 || p.Total > mostPaid {
		gs.observe.Error("payment")
		gs.log.Error("payment_invalid", "user_id", u.Person, "charge", p.TelegramChargeID, "currency", p.Currency, "amount", p.Total)
		return store.Payment{}, fmt.Errorf("%w: a payment of %d in %q", store.ErrInvalid, p.Total, p.Currency)
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
	p, err := gs.credit(ctx, u.Update)
	if err != nil {
		return err
	}
	key := "donate.thanks"
	if !p.Refunded.IsZero() { // it was refunded before this update came
		key = "donate.refunded"
	}
	_, err = gs.out.Send(ctx, u.To(), telegram.Message{HTML: u.words.Say(key, "n", p.Stars)})
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
	_, err = gs.out.Send(ctx, telegram.Target{Chat: person}, telegram.Message{HTML: words.Say("donate.refunded", "n", stored.Stars)})
	if errors.Is(err, telegram.ErrUnreachable) {
		return nil // they got their stars back
	}
	return err
}
