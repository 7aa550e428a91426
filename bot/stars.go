package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"time"

	"excursobot/bot/telegram"
	"excursobot/limiter"
	"excursobot/store"
)

const (
	// balanceHour is the hour of the day, UTC, at which payments are compared with Telegram's list.
	balanceHour = 3
	// balancePage is the most transactions in one answer of Telegram.
	balancePage = 100
	// balanceMost bounds the transactions that are read in one night: the last ones.
	balanceMost = 100_000
	// balancePause is the time between two pages, so that people's answers have the connection.
	balancePause = 500 * time.Millisecond
	// settled is how old a transaction must be: Telegram delivers its update for a day.
	settled = 24 * time.Hour
	// thanksLate is how long after a lost payment the person is still thanked.
	thanksLate = 30 * 24 * time.Hour
	// balanceRetry is how long a night's work that failed waits for the next try.
	balanceRetry = time.Hour
	// balanceSetting holds the last night's balance.
	balanceSetting = "stars.balance"
)

// balance is the result of a night's comparison.
type balance struct {
	At          time.Time // when it was made
	Offset      int       `json:",omitzero"` // of the first transaction that it read
	Credited    int       `json:",omitzero"` // payments that were missing here
	Refunded    int       `json:",omitzero"` // refunds that were missing here
	Unexplained int       `json:",omitzero"` // other differences; the log names each
}

func (b balance) differences() int { return b.Credited + b.Refunded + b.Unexplained }

// bookkeeper compares Telegram's list of transactions with the stored payments each night. Missing payments are credited, missing refunds noted.
type bookkeeper struct {
	out   *telegram.Sender
	gifts *gifts
	store interface {
		store.Payments
		store.Settings
	}
	singly  singly
	observe Observe
	log     *slog.Logger
}

// transaction is a StarTransaction of the Bot API.
type transaction struct {
	ID       string  `json:"id"` // of a payment: its charge; of a refund: the charge of the payment
	Amount   int64   `json:"amount"`
	Date     int64   `json:"date"` // Unix time in seconds
	Source   partner `json:"source"`
	Receiver partner `json:"receiver"`
}

// partner is a TransactionPartner.
type partner struct {
	Type string `json:"type"`
	Kind string `json:"transaction_type"`
	User struct {
		ID int64 `json:"id"`
	} `json:"user"`
}

// paid reports whether the partner paid an invoice of this bot, or got such a payment back.
func (p partner) paid() bool { return p.Type == "user" && p.Kind == "invoice_payment" && p.User.ID > 0 }

// run compares every night until ctx ends.
func (k *bookkeeper) run(ctx context.Context) {
	for {
		last, err := k.last(ctx)
		wait := time.Until(nextBalance(last.At, time.Now()))
		if err != nil {
			wait = balanceRetry
		}
		if limiter.Sleep(ctx, max(wait, 0)) != nil {
			return
		}
		if err = k.night(ctx, last); err == nil {
			continue
		}
		if ctx.Err() == nil && !errors.Is(err, errElsewhere) {
			k.observe.Error("stars")
			k.log.Error("stars_uncompared", "error", err)
		}
		if limiter.Sleep(ctx, balanceRetry) != nil {
			return
		}
	}
}

// nextBalance returns the time of the first comparison after the last one: in the night, at least 12 hours later.
func nextBalance(last, now time.Time) time.Time {
	if last.IsZero() || last.After(now) {
		last = now.Add(-12 * time.Hour)
	}
	last = last.Add(12 * time.Hour).UTC()
	next := time.Date(last.Year(), last.Month(), last.Day(), balanceHour, 0, 0, 0, time.UTC)
	if next.Before(last) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}

func (k *bookkeeper) last(ctx context.Context) (balance, error) {
	var b balance
	text, err := k.store.Setting(ctx, balanceSetting)
	if err != nil || text == "" {
		return b, err
	}
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return balance{}, nil //nolint:nilerr // it is made again, from the beginning
	}
	return b, nil
}

// errElsewhere means that another replica does the work.
var errElsewhere = errors.New("another replica does it")

// night compares if no other replica has done it since the balance that was last, or is doing it.
func (k *bookkeeper) night(ctx context.Context, was balance) error {
	end, ok, err := k.singly.begin(ctx)
	if err != nil {
		return err
	}
	if !ok {
		return errElsewhere
	}
	defer end()
	last, err := k.last(ctx)
	if err != nil || !last.At.Equal(was.At) {
		return err
	}
	made, err := k.compare(ctx, last.Offset)
	if err != nil {
		return err
	}
	text, err := json.Marshal(made)
	if err != nil {
		return err
	}
	k.log.Info("stars_compared", "credited", made.Credited, "refunded", made.Refunded, "unexplained", made.Unexplained)
	return k.store.SetSetting(ctx, balanceSetting, string(text))
}

// compare goes through Telegram's transactions from the offset on, oldest first. Crediting and noting are safe to repeat, so it may stop anywhere.
func (k *bookkeeper) compare(ctx context.Context, offset int) (balance, error) {
	made := balance{At: time.Now(), Offset: offset}
	limit := made.At.Add(-settled)
	listed := make(map[uint64]struct{}) // hashes of the charges; at most balanceMost and those of one day
	seed := maphash.MakeSeed()
	var from time.Time // of the first transaction
	read := 0
	for {
		page, err := k.page(ctx, offset+read)
		if err != nil {
			return made, err
		}
		for _, t := range page {
			at := time.Unix(t.Date, 0)
			if from.IsZero() {
				from = at
			}
			listed[maphash.String(seed, t.ID)] = struct{}{}
			if at.After(limit) {
				continue
			}
			if err := k.book(ctx, t, &made); err != nil {
				return made, err
			}
		}
		read += len(page)
		if len(page) < balancePage {
			break
		}
		if err := limiter.Sleep(ctx, balancePause); err != nil {
			return made, err
		}
	}
	made.Offset = max(offset, offset+read-balanceMost)
	unlisted, err := k.unlisted(ctx, from, limit, func(charge string) bool {
		_, ok := listed[maphash.String(seed, charge)]
		return ok
	})
	made.Unexplained += unlisted
	return made, err
}

func (k *bookkeeper) page(ctx context.Context, offset int) ([]transaction, error) {
	var answer struct {
		Transactions []transaction `json:"transactions"`
	}
	err := k.out.Do(ctx, telegram.Request{
		Method: "getStarTransactions", Payload: map[string]any{"offset": offset, "limit": balancePage}, Idempotent: true,
	}, &answer)
	if err != nil {
		return nil, fmt.Errorf("getStarTransactions: %w", err)
	}
	return answer.Transactions, nil
}

// book compares one transaction with what is stored, and stores what is missing. Transactions that are neither a gift nor its refund are left alone.
func (k *bookkeeper) book(ctx context.Context, t transaction, made *balance) error {
	p := store.Payment{Charge: t.ID, Stars: t.Amount, At: time.Unix(t.Date, 0).UTC()}
	switch {
	case t.ID == "" || t.Amount < 1 || t.Amount > mostPaid:
		return nil
	case t.Source.paid():
		p.Person = t.Source.User.ID
		return k.bookPayment(ctx, p, made)
	case t.Receiver.paid():
		p.Person, p.Refunded = t.Receiver.User.ID, p.At
		return k.bookRefund(ctx, p, made)
	}
	return nil
}

func (k *bookkeeper) bookPayment(ctx context.Context, p store.Payment, made *balance) error {
	stored, fresh, err := k.store.Credit(ctx, p)
	if err != nil {
		return fmt.Errorf("credit a missing payment: %w", err)
	}
	switch {
	case fresh:
		made.Credited++
		k.log.Warn("payment_was_missing", "user_id", p.Person, "charge", p.Charge, "stars", p.Stars, "at", p.At)
		if made.At.Sub(p.At) < thanksLate {
			k.thank(ctx, p)
		}
	case stored.Stars != p.Stars:
		made.Unexplained++
		k.log.Error("payment_differs", "charge", p.Charge, "stars", stored.Stars, "telegram", p.Stars)
	}
	return nil
}

// thank sends the thanks that the lost update would have brought. If it fails, the gift still counts.
func (k *bookkeeper) thank(ctx context.Context, p store.Payment) {
	_, words := k.gifts.reply.reader(ctx, p.Person)
	if _, err := k.out.Send(ctx, telegram.Target{Chat: p.Person}, telegram.Message{HTML: words.Say("donate.thanks", "n", p.Stars)}); err != nil {
		k.log.Warn("thanks_unsent", "user_id", p.Person, "charge", p.Charge, "error", err)
	}
}

func (k *bookkeeper) bookRefund(ctx context.Context, p store.Payment, made *balance) error {
	stored, err := k.store.Payment(ctx, p.Charge)
	if err == nil && !stored.Refunded.IsZero() {
		return nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	made.Refunded++
	k.log.Warn("refund_was_missing", "user_id", p.Person, "charge", p.Charge, "stars", p.Stars, "at", p.Refunded)
	return k.gifts.noteRefund(ctx, p, p.Person)
}

// unlisted counts the stored payments of the time that Telegram does not list.
func (k *bookkeeper) unlisted(ctx context.Context, from, until time.Time, listed func(charge string) bool) (n int, err error) {
	after := ""
	for {
		page, err := k.store.Payments(ctx, after, balancePage)
		if err != nil {
			return n, err
		}
		for _, p := range page {
			after = p.Charge
			if !p.At.Before(from) && !from.IsZero() && p.At.Before(until) && !listed(p.Charge) {
				n++
				k.log.Error("payment_unlisted", "charge", p.Charge, "stars", p.Stars, "at", p.At)
			}
		}
		if len(page) < balancePage {
			return n, nil
		}
	}
}
