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
	Refunded time.Time `json:"refunded,omitzero"` // when it went back; zero = it did not
}

// Given is how many stars were given and did not go back.
type Given struct{ Person, All int64 }

// Payments keeps every payment for ever.
type Payments interface {
	// Credit stores a payment, unless one with its Charge is there: that stays as it is. It returns what is stored from
	// now on, and whether it is new.
	Credit(ctx context.Context, p Payment) (stored Payment, fresh bool, err error)
	// Refund notes that the payment with p's Charge went back at p.Refunded, once: a second refund changes nothing. One that is not
	// known is stored as given, so that it counts for nobody when it is credited later. It returns what is stored from now
	// on, and whether this refund is the first. A zero p.Refunded is ErrInvalid.
	Refund(ctx context.Context, p Payment) (stored Payment, first bool, err error)
	// Payment returns ErrNotFound for a charge never seen.
	Payment(ctx context.Context, charge string) (Payment, error)
	// Payments returns at most limit payments whose Charge comes after the given one, ordered by Charge.
	Payments(ctx context.Context, after string, limit int) ([]Payment, error)
	// Given returns the sums; person 0 has none of its own.
	Given(ctx context.Context, person int64) (Given, error)
}
