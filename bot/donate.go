package bot

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"excursobot/bot/intake"
	"excursobot/bot/telegram"
	"excursobot/store"
)

// gifts handles donations in stars: invoices, checkouts, payments and refunds.
type gifts struct {
	out     *telegram.Sender
	reply   *responder
	store   giftStore
	room    func() bool // Config.Room
	observe Observe
	log     *slog.Logger
}

type giftStore interface {
	store.Users
	store.Payments
}

// askedFor is how long after the question "how many stars?" a number counts as its answer.
const askedFor = 10 * time.Minute

// onDonate ("/donate", "/donate 250") offers amounts, or sends the invoice at once.
func (gs *gifts) onDonate(ctx context.Context, u *update) error {
	args := arguments(u.Message.Text)
	if len(args) == 0 {
		_, err := gs.out.Send(ctx, u.To(), giftMenu(u.words))
		return err
	}
	return gs.invoiceFor(ctx, u, strings.Join(args, " "))
}

// giveButton ("give:<stars>", "give:other") sends an invoice, or asks for an amount.
func (gs *gifts) giveButton(u *telegram.Update, args string) intake.Job {
	if !u.Private {
		return gs.reply.oldButton()
	}
	if args == "other" {
		return gs.reply.job("button", gs.askAmount)
	}
	amount, err := strconv.Atoi(args)
	if err != nil || !fineGift(amount) {
		return gs.reply.oldButton()
	}
	return gs.reply.job("button", func(ctx context.Context, u *update) error {
		gs.out.AnswerCallback(ctx, u.Callback.ID, "")
		return gs.sendInvoice(ctx, u, amount)
	})
}

// askAmount asks for a number. The question is stored, because the answer may come after a restart.
func (gs *gifts) askAmount(ctx context.Context, u *update) error {
	gs.out.AnswerCallback(ctx, u.Callback.ID, "")
	if err := gs.setAsked(ctx, u.Person, u.Arrived); err != nil {
		return err
	}
	_, err := gs.out.Send(ctx, u.To(), telegram.Message{HTML: u.words.Say("donate.ask_amount")})
	return err
}

// awaitsAmount reports whether the person was asked for an amount a short time ago.
func awaitsAmount(u *update) bool {
	return !u.user.AskedAt.IsZero() && u.Arrived.Sub(u.user.AskedAt) < askedFor
}

// invoiceFor sends an invoice for the amount that the person typed.
func (gs *gifts) invoiceFor(ctx context.Context, u *update, typed string) error {
	amount, ok := parseStars(typed)
	if !ok || !fineGift(amount) {
		if err := gs.setAsked(ctx, u.Person, u.Arrived); err != nil { // the next number is another try
			return err
		}
		_, err := gs.out.Send(ctx, u.To(), telegram.Message{HTML: u.words.Say("donate.bad_amount")})
		return err
	}
	return gs.sendInvoice(ctx, u, amount)
}

func (gs *gifts) sendInvoice(ctx context.Context, u *update, amount int) error {
	if !u.user.AskedAt.IsZero() {
		if err := gs.setAsked(ctx, u.Person, time.Time{}); err != nil {
			return err
		}
	}
	bill := giftInvoice(u.words, gift{person: u.Person, stars: amount})
	return gs.out.Do(ctx, telegram.Request{To: u.To(), Method: "sendInvoice", Payload: bill}, nil)
}

func (gs *gifts) setAsked(ctx context.Context, person int64, at time.Time) error {
	_, err := gs.store.UpdateUser(ctx, person, func(user *store.User) error {
		user.AskedAt = at
		return nil
	})
	return err
}
