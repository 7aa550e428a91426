package store

import (
	"context"
	"math"
	"time"
)

// Day is a UTC day, "2006-01-02".
type Day string

// DayOf returns the UTC day of t.
func DayOf(t time.Time) Day { return Day(t.UTC().Format(time.DateOnly)) }

// Tokens are those of the questions to the model and of its answers, which have different prices.
type Tokens struct{ Prompt, Answer int64 }

// All returns the sum.
func (t Tokens) All() int64 { return t.Prompt + t.Answer }

// Spent are sums of tokens. Answers is the part of Day that the answers of the model had.
type Spent struct{ Day, Person, Answers int64 }

// Answers is the person in whose rows the ledger keeps the tokens of answers. No person has this number.
const Answers = math.MinInt64

// Speech is the person in whose rows the ledger keeps the characters that were spoken. No person has this number.
const Speech = math.MinInt64 + 1

// Ledger counts tokens and spoken characters by UTC day.
type Ledger interface {
	// Spend adds tokens to the day and, if person is not 0, to the person's day, and returns the sums.
	Spend(ctx context.Context, day Day, person int64, tokens Tokens) (Spent, error)
	// Spent returns the sums; person 0 has no sum.
	Spent(ctx context.Context, day Day, person int64) (Spent, error)
	// Speak adds characters that a speech server was given to the day and returns their sum. They are not tokens: the sums of Spend are without
	// them. Adding 0 only reads.
	Speak(ctx context.Context, day Day, characters int64) (int64, error)
}

// LedgerDays is the number of days that the ledger is kept.
const LedgerDays = 40
