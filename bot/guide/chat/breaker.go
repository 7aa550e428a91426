package chat

import (
	"context"
	"errors"
	"time"

	"github.com/sony/gobreaker/v2"
)

// When a breaker opens, and for how long. After that time it lets one call through as a probe.
const (
	faultsInRow  = 5 // failed questions in a row, each with its repeats
	faultPause   = 30 * time.Second
	refusalPause = 5 * time.Minute // after one refusal of the key, the quota or the model, which only the operator can resolve
)

// breaker joins two circuit breakers, because a gobreaker has one length of pause: one for temporary faults and one for permanent refusals.
type breaker struct {
	faults, refusals *gobreaker.TwoStepCircuitBreaker[struct{}]
}

func newBreaker(name string) *breaker {
	return &breaker{
		faults: gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
			Name: name, Timeout: faultPause,
			ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= faultsInRow },
			// If a filter or the model declines a place, that is not a fault of the server.
			IsSuccessful: func(err error) bool { return err == nil || errors.Is(err, ErrDeclined) },
			IsExcluded:   func(err error) bool { return notCounted(err) || permanent(err) },
		}),
		refusals: gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
			Name: name, Timeout: refusalPause,
			ReadyToTrip:  func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= 1 },
			IsSuccessful: func(err error) bool { return err == nil || answered(err) },
			IsExcluded:   func(err error) bool { return notCounted(err) || err != nil && !permanent(err) && !answered(err) },
		}),
	}
}

// notCounted reports whether an error tells nothing about the server: the caller gave up, or nothing was sent.
func notCounted(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errNotSent)
}

// answered reports whether an error shows that the server takes the key and knows the model.
func answered(err error) bool {
	return !permanent(err) && (errors.Is(err, ErrAnswer) || errors.Is(err, ErrDeclined))
}

// permanent reports whether an error is a refusal that only the operator can resolve.
func permanent(err error) bool {
	f, ok := errors.AsType[*fault](err)
	return ok && f.permanent
}

// allow admits a question or returns an error. The caller must call done once with its error; if some of the answer arrived, it counts as a success.
func (b *breaker) allow() (done func(err error, some bool), err error) {
	refusals, err := b.refusals.Allow()
	if err != nil {
		return nil, err
	}
	faults, err := b.faults.Allow()
	if err != nil {
		refusals(errNotSent)
		return nil, err
	}
	return func(err error, some bool) {
		if some {
			err = nil
		}
		refusals(err)
		faults(err)
	}, nil
}

// refused reports whether the breaker is open because of a permanent refusal.
func (b *breaker) refused() bool { return b.refusals.State() != gobreaker.StateClosed }

// ready reports whether allow would admit a call now.
func (b *breaker) ready() bool {
	for _, one := range []*gobreaker.TwoStepCircuitBreaker[struct{}]{b.refusals, b.faults} {
		switch one.State() {
		case gobreaker.StateOpen:
			return false
		case gobreaker.StateHalfOpen:
			if n := one.Counts(); n.Requests > n.TotalExclusions {
				return false // the probe is running
			}
		}
	}
	return true
}
