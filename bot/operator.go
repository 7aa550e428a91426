package bot

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/live"
	"excursobot/bot/speech"
	"excursobot/bot/telegram"
	"excursobot/store"
)

// operators answers the operators' commands. The route table lets nobody else call them.
type operators struct {
	out             *telegram.Sender
	reply           *responder
	guide           *guide.Guide
	live            *live.Live
	store           operatorStore
	gifts           refunds
	books           *bookkeeper
	people          walkEnder
	pause           *pause
	operators       operatorIDs
	tasks           func() int       // updates waiting and under way
	today           func() Today     // nil = no numbers are kept
	model           func() ModelNote // nil = there is no model
	shortToken      bool
	dailyTokens     int64
	voices          *speech.Speech // nil = stories are not spoken
	dailyCharacters int64
	prices          prices
	log             *slog.Logger
}

type operatorStore interface {
	store.Users
	store.Payments
	store.Ledger
	store.Inbox
	store.Reports
	store.Recent
	RetiredStories(ctx context.Context, after store.StoryKey, limit int) ([]store.Story, error)
}

// refunds stores that a payment went back and tells the person.
type refunds interface {
	noteRefund(ctx context.Context, p store.Payment, person int64) error
}

// walkEnder ends the walk of a person who gets no more answers.
type walkEnder interface {
	endWalk(ctx context.Context, person int64)
}

// onBan ("/ban <person>") makes the bot ignore a person.
func (o *operators) onBan(ctx context.Context, u *update) error { return o.setBanned(ctx, u, true) }

// onUnban ("/unban <person>") makes the bot answer that person again.
func (o *operators) onUnban(ctx context.Context, u *update) error { return o.setBanned(ctx, u, false) }

func (o *operators) setBanned(ctx context.Context, u *update, banned bool) error {
	args := arguments(u.Message.Text)
	person := int64(0)
	if len(args) == 1 {
		person = parseID(args[0])
	}
	if person <= 0 { // groups and channels have negative numbers
		return o.reply.say(ctx, u, u.words.Say("admin.ban_usage"))
	}
	if o.operators.has(person) {
		return o.reply.say(ctx, u, u.words.Say("admin.ban_operator"))
	}
	_, err := o.store.UpdateUser(ctx, person, func(user *store.User) error {
		user.Banned = banned
		return nil
	})
	if err != nil {
		return err
	}
	if banned {
		o.people.endWalk(ctx, person)
	}
	o.log.Info("ban_changed", "user_id", person, "banned", banned, "by", u.Person)
	key := "admin.unbanned"
	if banned {
		key = "admin.banned"
	}
	return o.reply.say(ctx, u, u.words.Say(key, "person", args[0]))
}

// onPause ("/pause", "/pause on", "/pause off") pauses the bot or ends the pause; without an argument it toggles.
func (o *operators) onPause(ctx context.Context, u *update) error {
	on := !o.pause.active(ctx)
	switch args := arguments(u.Message.Text); {
	case len(args) == 0:
	case strings.EqualFold(args[0], onOff(true)):
		on = true
	case strings.EqualFold(args[0], onOff(false)):
		on = false
	default:
		return o.reply.say(ctx, u, u.words.Say("admin.pause_usage"))
	}
	if err := o.pause.set(ctx, on); err != nil {
		return err
	}
	o.log.Warn("pause_changed", "on", on, "by", u.Person)
	if on {
		return o.reply.say(ctx, u, u.words.Say("admin.paused"))
	}
	return o.reply.say(ctx, u, u.words.Say("admin.resumed"))
}

// onRefund ("/refund <charge>", "/refund <charge> <person>") gives stars back. The person is needed only if the store does not know who paid.
func (o *operators) onRefund(ctx context.Context, u *update) error {
	args := arguments(u.Message.Text)
	if len(args) < 1 || len(args) > 2 {
		return o.reply.say(ctx, u, u.words.Say("admin.refund_usage"))
	}
	p, err := o.store.Payment(ctx, args[0])
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrInvalid):
		p = store.Payment{Charge: args[0]}
	case err != nil:
		return err
	}
	person := p.Person
	if len(args) == 2 && person == 0 {
		person = parseID(args[1])
	}
	if person == 0 {
		return o.reply.say(ctx, u, u.words.Say("admin.refund_whose"))
	}
	err = o.out.Do(ctx, telegram.Request{Method: "refundStarPayment", Idempotent: true, Payload: map[string]any{
		"user_id": person, "telegram_payment_charge_id": p.Charge,
	}}, nil)
	var refusal *telegram.APIError
	switch {
	case err == nil:
	case !errors.As(err, &refusal):
		return err
	case !strings.Contains(refusal.Description, "ALREADY_REFUNDED"): // then only the record is missing
		return o.reply.say(ctx, u, u.words.Say("admin.refund_refused", "why", refusal.Description))
	}
	p.Refunded = time.Now()
	if err := o.gifts.noteRefund(ctx, p, person); err != nil {
		return err
	}
	return o.reply.say(ctx, u, u.words.Say("admin.refunded", "charge", p.Charge))
}
