package store

import (
	"context"
	"time"
)

// Payment is a gift of Telegram Stars.
type Payment struct {
	Charge   string    `json:"charge,omitzero"` // Telegram's id of it: a payment is credited once for each
	Person   int64     `json:"person,omitzero"` // who gave; 0 = forgotten
	Stars    int64     `json:"stars,omitzero"`
	At       time.Time `json:"at,omitzero"`
	Refunded time.Time `json:"refunded,omitzero"` // zero = not refunded
}

// Given is the number of stars that were given and not refunded.
type Given struct{ Person, All int64 }

// Payments keeps every payment forever.
type Payments interface {
	// Credit stores a payment, unless one with its Charge exists, which stays as it is. It returns the stored payment and
	// whether it is new.
	Credit(ctx context.Context, p Payment) (stored Payment, fresh bool, err error)
	// Refund records that the payment with p's Charge was refunded at p.Refunded. A second refund changes nothing. An unknown
	// payment is stored as given, so that it does not count when it is credited later. Refund returns the stored payment and
	// whether this refund is the first. A zero p.Refunded is ErrInvalid.
	Refund(ctx context.Context, p Payment) (stored Payment, first bool, err error)
	// Payment returns ErrNotFound for an unknown charge.
	Payment(ctx context.Context, charge string) (Payment, error)
	// Payments returns at most limit payments whose Charge comes after the given one, ordered by Charge.
	Payments(ctx context.Context, after string, limit int) ([]Payment, error)
	// Given returns the sums; person 0 has no sum.
	Given(ctx context.Context, person int64) (Given, error)
}
