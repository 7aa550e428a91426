package pgstore

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

const (
	paymentColumns = "charge, user_id, stars, created_at, refunded_at"

	insertPayment = `
		INSERT INTO donations (` + paymentColumns + `, ticket, refund) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (charge) DO NOTHING`

	selectPayment = "SELECT " + paymentColumns + ", ticket, coalesce(refund, 0) FROM donations WHERE charge = $1"
)

func paymentFields(p *store.Payment) []any {
	return []any{&p.Charge, &p.Person, &p.Stars, (*moment)(&p.At), (*moment)(&p.Refunded)}
}

func scanPayment(row pgx.Row) (p store.Payment, err error) {
	err = row.Scan(paymentFields(&p)...)
	return p, err
}

// newTicket returns a value that distinguishes the row of this call from one that existed: a call whose answer was lost runs again, and
// must return the same answer.
func newTicket() int64 { return 1 + rand.Int64N(1<<62) }

// Credit implements store.Payments.
func (s *Store) Credit(ctx context.Context, p store.Payment) (store.Payment, bool, error) {
	if err := store.CheckName(p.Charge); err != nil {
		return store.Payment{}, false, err
	}
	if p.Stars < 1 {
		return store.Payment{}, false, fmt.Errorf("%w: a payment of %d stars", store.ErrInvalid, p.Stars)
	}
	mine := newTicket()
	stored, ticket, _, err := s.changePayment(ctx, p.Charge, func(b *pgx.Batch) {
		b.Queue(insertPayment, append(paymentFields(&p), mine, nil)...)
	})
	return stored, ticket == mine, err
}

// Refund implements store.Payments.
func (s *Store) Refund(ctx context.Context, p store.Payment) (store.Payment, bool, error) {
	if err := store.CheckName(p.Charge); err != nil {
		return store.Payment{}, false, err
	}
	if p.Refunded.IsZero() {
		return store.Payment{}, false, fmt.Errorf("%w: a refund without its time", store.ErrInvalid)
	}
	mine := newTicket()
	stored, _, refund, err := s.changePayment(ctx, p.Charge, func(b *pgx.Batch) {
		b.Queue(insertPayment, append(paymentFields(&p), mine, mine)...)
		b.Queue("UPDATE donations SET refunded_at = $2, refund = $3 WHERE charge = $1 AND refunded_at IS NULL", p.Charge, moment(p.Refunded), mine)
	})
	return stored, refund == mine, err
}

// changePayment sends the statements that build queues and returns the payment that is stored then, with its tickets.
func (s *Store) changePayment(ctx context.Context, charge string, build func(*pgx.Batch)) (p store.Payment, ticket, refund int64, err error) {
	err = s.write(ctx, repeatable, func(b *pgx.Batch) {
		build(b)
		b.Queue(selectPayment, charge).QueryRow(func(row pgx.Row) error {
			return row.Scan(append(paymentFields(&p), &ticket, &refund)...)
		})
	})
	if err != nil {
		return store.Payment{}, 0, 0, err
	}
	return p, ticket, refund, nil
}

// Payment implements store.Payments.
func (s *Store) Payment(ctx context.Context, charge string) (store.Payment, error) {
	if err := store.CheckName(charge); err != nil {
		return store.Payment{}, err
	}
	var p store.Payment
	var found bool
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) (err error) {
		found, err = scan(c.QueryRow(ctx, "SELECT "+paymentColumns+" FROM donations WHERE charge = $1", charge), paymentFields(&p)...)
		return err
	})
	return p, orNotFound(found, err)
}

// Payments implements store.Payments.
func (s *Store) Payments(ctx context.Context, after string, limit int) ([]store.Payment, error) {
	if err := store.CheckKey(after); err != nil {
		return nil, err
	}
	return list(ctx, s, scanPayment, "SELECT "+paymentColumns+" FROM donations WHERE charge > $1 ORDER BY charge LIMIT $2", after, max(limit, 0))
}

// Given implements store.Payments. It adds up every payment.
func (s *Store) Given(ctx context.Context, person int64) (store.Given, error) {
	var sum store.Given
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, `
			SELECT coalesce(sum(stars) FILTER (WHERE user_id = $1 AND user_id <> 0), 0)::bigint, coalesce(sum(stars), 0)::bigint
			FROM donations WHERE refunded_at IS NULL`, person).Scan(&sum.Person, &sum.All)
	})
	return sum, err
}
