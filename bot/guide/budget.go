package guide

import (
	"context"
	"fmt"
	"time"

	"excursobot/limiter"
	"excursobot/store"
)

// budget decides which calls the day's remaining tokens allow. A day is a UTC day, and the sums live in the store, so a restart or another replica
// continues them.
type budget struct {
	ledger    store.Ledger
	daily     int64 // 0 = no limit
	perPerson int64 // 0 = no limit
}

// Shares of the day's tokens, in per cent, after which a class of calls stops.
const (
	warmUpShare    = 80
	readAheadShare = 95
	fullShare      = 100
)

// allows reports whether a call of the class may be made for the person. It does not know the tokens of calls in progress, so the day can exceed the
// limit by as many calls as the gate has slots.
func (b *budget) allows(ctx context.Context, class limiter.Class, person int64) (bool, error) {
	if b.daily <= 0 && b.perPerson <= 0 {
		return true, nil
	}
	spent, err := b.ledger.Spent(ctx, store.DayOf(time.Now()), person)
	if err != nil {
		return false, fmt.Errorf("read the budget: %w", err)
	}
	if b.perPerson > 0 && person != 0 && spent.Person >= b.perPerson {
		return false, nil
	}
	share := int64(fullShare)
	switch {
	case class >= WarmUp, class == Judging:
		share = warmUpShare
	case class >= ReadAhead:
		share = readAheadShare
	}
	// In floating point, because daily*100 may overflow an int64.
	return b.daily <= 0 || float64(spent.Day) < float64(b.daily)*float64(share)/100, nil
}

// spend adds tokens to the day, and to the person's day if person is not 0.
func (b *budget) spend(ctx context.Context, person int64, tokens store.Tokens) error {
	if tokens.All() <= 0 {
		return nil
	}
	_, err := b.ledger.Spend(ctx, store.DayOf(time.Now()), person, tokens)
	return err
}
