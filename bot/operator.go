package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/store"
)

// The operator's commands. routePrivate lets nobody else reach them.

// onAdmin reports on the day.
func (b *Bot) onAdmin(ctx context.Context, u *update) error {
	now := time.Now()
	midnight := now.UTC().Truncate(24 * time.Hour)
	people, err := b.cfg.Store.People(ctx, midnight)
	if err != nil {
		return err
	}
	spent, err := b.cfg.Store.Spent(ctx, store.DayOf(now), 0)
	if err != nil {
		return err
	}
	given, err := b.cfg.Store.Given(ctx, 0)
	if err != nil {
		return err
	}
	inbox, err := b.cfg.Store.InboxStats(ctx)
	if err != nil {
		return err
	}
	waiting := 0
	for _, calls := range b.cfg.Guide.Stats().Gate.Waiting {
		waiting += calls
	}
	today, walking, w := b.tally.read(now), b.walks.Stats(), u.words
	lines := []string{w.Say("admin.title", "since", today.since.UTC().Format("15:04"))}
	if b.paused(ctx) {
		lines = append(lines, w.Say("admin.is_paused"))
	}
	lines = append(lines,
		w.Say("admin.people", "n", people),
		w.Say("admin.walks", "n", walking.Sessions, "parked", walking.Parked),
		w.Say("admin.stories", "list", orDash(today.stories)),
		w.Say("admin.speed", "first", tenths(today.first), "whole", tenths(today.whole)),
		w.Say("admin.queue", "updates", b.Stats().Tasks, "calls", waiting),
	)
	if inbox.Parked > 0 {
		lines = append(lines, w.Say("admin.parked", "n", inbox.Parked, "command", "excursobot parked"))
	}
	lines = append(lines, b.tokenLines(w, spent.Day)...)
	lines = append(lines,
		w.Say("admin.stars", "n", given.All),
		w.Say("admin.errors", "list", orDash(today.errors)),
		"", w.Say("admin.commands"),
	)
	return b.say(ctx, u, strings.Join(lines, "\n"))
}

// tokenLines say what the day cost and what is left.
func (b *Bot) tokenLines(w *text.Words, spent int64) []string {
	left := max(0, b.cfg.DailyTokens-spent)
	var lines []string
	if b.cfg.DailyTokens > 0 {
		lines = append(lines, w.Say("admin.tokens_left", "n", spent, "left", left))
	} else {
		lines = append(lines, w.Say("admin.tokens", "n", spent))
	}
	money := func(tokens int64) string { return fmt.Sprintf("%.2f $", float64(tokens)/1e6*b.cfg.TokenPrice) }
	switch {
	case b.cfg.TokenPrice <= 0:
	case b.cfg.DailyTokens > 0:
		lines = append(lines, w.Say("admin.money_left", "spent", money(spent), "left", money(left)))
	default:
		lines = append(lines, w.Say("admin.money", "spent", money(spent)))
	}
	return lines
}

// tenths are seconds with one digit behind the point.
func tenths(d time.Duration) float64 {
	return float64(d.Round(100*time.Millisecond)) / float64(time.Second)
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// onBan ("/ban <person>") has the bot ignore somebody.
func (b *Bot) onBan(ctx context.Context, u *update) error { return b.setBanned(ctx, u, true) }

// onUnban ("/unban <person>") ends that.
func (b *Bot) onUnban(ctx context.Context, u *update) error { return b.setBanned(ctx, u, false) }

func (b *Bot) setBanned(ctx context.Context, u *update, banned bool) error {
	args := arguments(u.message.Text)
	person := int64(0)
	if len(args) == 1 {
		person = parseID(args[0])
	}
	if person == 0 {
		return b.say(ctx, u, u.words.Say("admin.ban_usage"))
	}
	if b.operates(person) {
		return b.say(ctx, u, u.words.Say("admin.ban_operator"))
	}
	_, err := b.cfg.Store.UpdateUser(ctx, person, func(user *store.User) error {
		user.Banned = banned
		return nil
	})
	if err != nil {
		return err
	}
	if banned {
		b.blockedWalk(ctx, person)
	}
	b.log.Info("banned", "user_id", person, "banned", banned, "by", u.person)
	key := "admin.unbanned"
	if banned {
		key = "admin.banned"
	}
	return b.say(ctx, u, u.words.Say(key, "person", args[0]))
}

// parseID reads a person's number, 0 if it is none.
func parseID(s string) int64 {
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// onPause ("/pause", "/pause on", "/pause off") pauses the bot or ends the pause; without a word it does what is not the case.
func (b *Bot) onPause(ctx context.Context, u *update) error {
	on := !b.paused(ctx)
	switch args := arguments(u.message.Text); {
	case len(args) == 0:
	case strings.EqualFold(args[0], onOff(true)):
		on = true
	case strings.EqualFold(args[0], onOff(false)):
		on = false
	default:
		return b.say(ctx, u, u.words.Say("admin.pause_usage"))
	}
	if err := b.setPaused(ctx, on); err != nil {
		return err
	}
	b.log.Warn("paused", "on", on, "by", u.person)
	if on {
		return b.say(ctx, u, u.words.Say("admin.paused"))
	}
	return b.say(ctx, u, u.words.Say("admin.resumed"))
}

// onRefund ("/refund <charge>", "/refund <charge> <person>") gives stars back. The person is needed only where the payment is not known or
// has lost its name.
func (b *Bot) onRefund(ctx context.Context, u *update) error {
	args := arguments(u.message.Text)
	if len(args) < 1 || len(args) > 2 {
		return b.say(ctx, u, u.words.Say("admin.refund_usage"))
	}
	p, err := b.cfg.Store.Payment(ctx, args[0])
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
		return b.say(ctx, u, u.words.Say("admin.refund_whose"))
	}
	err = b.out.Do(ctx, telegram.Request{Method: "refundStarPayment", Idempotent: true, Payload: map[string]any{
		"user_id": person, "telegram_payment_charge_id": p.Charge,
	}}, nil)
	var refusal *telegram.APIError
	switch {
	case err == nil:
	case !errors.As(err, &refusal):
		return err
	case !strings.Contains(refusal.Description, "ALREADY_REFUNDED"): // then it is as it should be
		return b.say(ctx, u, u.words.Say("admin.refund_refused", "why", refusal.Description))
	}
	p.Refunded = time.Now()
	if err := b.noteRefund(ctx, p, person); err != nil {
		return err
	}
	return b.say(ctx, u, u.words.Say("admin.refunded", "charge", p.Charge))
}
