package model

import (
	"context"
	"errors"
	"time"

	"github.com/sony/gobreaker/v2"
)

// When a breaker opens, and for how long. After that time it lets one call through as a probe.
const (
	faultsInRow  = 5 // failed calls in a row, each with its retries
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
			IsExcluded:  func(err error) bool { return notCounted(err) || permanent(err) },
		}),
		refusals: gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
			Name: name, Timeout: refusalPause,
			ReadyToTrip:  func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= 1 },
			IsSuccessful: func(err error) bool { return err == nil || !permanent(err) && errors.Is(err, ErrAnswer) },
			IsExcluded: func(err error) bool {
				return notCounted(err) || err != nil && !permanent(err) && !errors.Is(err, ErrAnswer)
			},
		}),
	}
}

// errNotSent is the result of a call that ended before anything was sent.
var errNotSent = errors.New("not sent")

// notCounted reports whether an error tells nothing about the server: the caller gave up, or nothing was sent.
func notCounted(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errNotSent)
}

// permanent reports whether an error is a refusal that only the operator can resolve.
func permanent(err error) bool {
	f, ok := errors.AsType[*fault](err)
	return ok && f.permanent
}

// allow admits a call or returns an error. The caller must call done once with the call's error; a call that brought stories counts as a success.
func (b *breaker) allow() (done func(err error, stories bool), err error) {
	refusals, err := b.refusals.Allow()
	if err != nil {
		return nil, err
	}
	faults, err := b.faults.Allow()
	if err != nil {
		refusals(errNotSent)
		return nil, err
	}
	return func(err error, stories bool) {
		if stories {
			err = nil
		}
		refusals(err)
		faults(err)
	}, nil
}

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
