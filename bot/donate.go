package bot

import (
	"context"
	"strconv"
	"strings"
	"time"

	"excursobot/bot/telegram"
	"excursobot/store"
)

// startDonate is what /start says when the person comes from a forwarded invoice.
const startDonate = "donate"

// askedFor is how long a bare number is taken for the answer to "how many stars?".
const askedFor = 10 * time.Minute

// onDonate ("/donate", "/donate 250") offers amounts, or makes out the invoice at once.
func (b *Bot) onDonate(ctx context.Context, u *update) error {
	args := arguments(u.message.Text)
	if len(args) == 0 {
		_, err := b.out.Send(ctx, u.chat, giftMenu(u.words))
		return err
	}
	return b.invoiceFor(ctx, u, strings.Join(args, " "))
}

// giveButton ("give:<stars>", "give:other") makes out an invoice, or asks for an amount.
func (b *Bot) giveButton(u *update, args string) job {
	if !u.private {
		return b.oldButton()
	}
	if args == "other" {
		return job{kind: "button", run: b.askAmount}
	}
	amount, err := strconv.Atoi(args)
	if err != nil || !fineGift(amount) {
		return b.oldButton()
	}
	return job{kind: "button", run: func(ctx context.Context, u *update) error {
		b.out.AnswerCallback(ctx, u.callback.ID, "")
		return b.sendInvoice(ctx, u, amount)
	}}
}

// askAmount asks for a number, and remembers that in the store: the answer may come after a restart.
func (b *Bot) askAmount(ctx context.Context, u *update) error {
	b.out.AnswerCallback(ctx, u.callback.ID, "")
	if err := b.setAsked(ctx, u.person, u.arrived); err != nil {
		return err
	}
	_, err := b.out.Send(ctx, u.chat, telegram.Message{HTML: u.words.Say("donate.ask_amount")})
	return err
}

// awaitsAmount says whether the person was asked for an amount a short time ago.
func awaitsAmount(u *update) bool {
	return !u.user.AskedAt.IsZero() && u.arrived.Sub(u.user.AskedAt) < askedFor
}

// invoiceFor makes out an invoice for the amount that somebody typed.
func (b *Bot) invoiceFor(ctx context.Context, u *update, typed string) error {
	amount, ok := parseStars(typed)
	if !ok || !fineGift(amount) {
		if err := b.setAsked(ctx, u.person, u.arrived); err != nil { // the next number is another try
			return err
		}
		_, err := b.out.Send(ctx, u.chat, telegram.Message{HTML: u.words.Say("donate.bad_amount")})
		return err
	}
	return b.sendInvoice(ctx, u, amount)
}

func (b *Bot) sendInvoice(ctx context.Context, u *update, amount int) error {
	if !u.user.AskedAt.IsZero() {
		if err := b.setAsked(ctx, u.person, time.Time{}); err != nil {
			return err
		}
	}
	bill := giftInvoice(u.words, u.chat, gift{person: u.person, stars: amount})
	return b.out.Do(ctx, telegram.Request{Chat: u.chat, Method: "sendInvoice", Payload: bill}, nil)
}

func (b *Bot) setAsked(ctx context.Context, person int64, at time.Time) error {
	_, err := b.cfg.Store.UpdateUser(ctx, person, func(user *store.User) error {
		user.AskedAt = at
		return nil
	})
	return err
}

// arguments are the words behind a command.
func arguments(text string) []string {
	words := strings.Fields(text)
	return words[min(1, len(words)):]
}
