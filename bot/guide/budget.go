package guide

import (
	"context"
	"time"

	"excursobot/limiter"
	"excursobot/store"
)

// budget says which calls the tokens of the day still allow. The day is a UTC day and the sums live in the store, so that a restart
// or a second replica does not start anew.
type budget struct {
	ledger    store.Ledger
	daily     int64 // 0 = no limit
	perPerson int64 // 0 = no limit
}

// Shares of the day's tokens, in per cent, at which a class of calls stops.
const (
	warmUpStops    = 80
	readAheadStops = 95
	allStops       = 100
)

// allows says whether a call of the class may be made for the person. Tokens spent by calls that run at this moment are not known
// yet: the limit can be passed by as many calls as there are slots.
func (b *budget) allows(ctx context.Context, class limiter.Class, person int64) (bool, error) {
	if b.daily <= 0 && b.perPerson <= 0 {
		return true, nil
	}
	spent, err := b.ledger.Spent(ctx, store.DayOf(time.Now()), person)
	if err != nil {
		return false, err
	}
	if b.perPerson > 0 && person != 0 && spent.Person >= b.perPerson {
		return false, nil
	}
	stop := int64(allStops)
	switch {
	case class >= WarmUp:
		stop = warmUpStops
	case class >= ReadAhead:
		stop = readAheadStops
	}
	// In floating point: daily times a hundred might not fit an int64.
	return b.daily <= 0 || float64(spent.Day) < float64(b.daily)*float64(stop)/100, nil
}

func (b *budget) spend(ctx context.Context, person, tokens int64) error {
	if tokens <= 0 {
		return nil
	}
	_, err := b.ledger.Spend(ctx, store.DayOf(time.Now()), person, tokens)
	return err
}
