package model

import (
	"context"
	"errors"
	"time"

	"github.com/sony/gobreaker/v2"
)

// When calls stop being tried, and for how long. A call after the time tries whether it works again.
const (
	faultsInRow  = 5 // calls that failed in a row, each with its retries
	faultPause   = 30 * time.Second
	refusalPause = 5 * time.Minute // after one refusal of key, quota or model: only the operator can help
)

// breaker is two circuit breakers in a row, since gobreaker has one length of pause: for faults that pass and for refusals that stay.
type breaker struct {
	faults, refusals *gobreaker.TwoStepCircuitBreaker[struct{}]
}

func newBreaker(name string) *breaker {
	return &breaker{
		faults: gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
			Name: name, Timeout: faultPause,
			ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= faultsInRow },
			IsExcluded:  func(err error) bool { return notCounted(err) || lasting(err) },
		}),
		refusals: gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
			Name: name, Timeout: refusalPause,
			ReadyToTrip:  func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= 1 },
			IsSuccessful: func(err error) bool { return err == nil || !lasting(err) && errors.Is(err, ErrAnswer) },
			IsExcluded: func(err error) bool {
				return notCounted(err) || err != nil && !lasting(err) && !errors.Is(err, ErrAnswer)
			},
		}),
	}
}

// errNotTried is reported for a call that ended before it was made.
var errNotTried = errors.New("not tried")

// notCounted says whether an error tells nothing about the provider: the caller left, or nothing was sent.
func notCounted(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errNotTried)
}

// lasting says whether an error is a refusal that another try cannot change.
func lasting(err error) bool {
	f, ok := errors.AsType[*fault](err)
	return ok && f.lasting
}

// enter admits a call, or says why not. leave must be called once with what the call came to; a call that brought stories
// counts as success whatever its end was.
func (b *breaker) enter() (leave func(err error, told bool), err error) {
	refusals, err := b.refusals.Allow()
	if err != nil {
		return nil, err
	}
	faults, err := b.faults.Allow()
	if err != nil {
		refusals(errNotTried)
		return nil, err
	}
	return func(err error, told bool) {
		if told {
			err = nil
		}
		refusals(err)
		faults(err)
	}, nil
}

// ready says whether enter would admit a call now.
func (b *breaker) ready() bool {
	for _, one := range []*gobreaker.TwoStepCircuitBreaker[struct{}]{b.refusals, b.faults} {
		switch one.State() {
		case gobreaker.StateOpen:
			return false
		case gobreaker.StateHalfOpen:
			if n := one.Counts(); n.Requests > n.TotalExclusions {
				return false // the call that tries is on its way
			}
		}
	}
	return true
}
