package store

import (
	"context"
	"time"
)

// Day is a UTC day, "2006-01-02".
type Day string

// DayOf returns the UTC day of t.
func DayOf(t time.Time) Day { return Day(t.UTC().Format(time.DateOnly)) }

// Spent is a sum of tokens.
type Spent struct{ Day, Person int64 }

// Ledger counts tokens by UTC day.
type Ledger interface {
	// Spend adds tokens to the day and, if person is not 0, to the person's day, and returns the sums.
	Spend(ctx context.Context, day Day, person, tokens int64) (Spent, error)
	// Spent returns the sums; person 0 has no sum of its own.
	Spent(ctx context.Context, day Day, person int64) (Spent, error)
}

// LedgerDays is the number of days that the ledger is kept.
const LedgerDays = 40
