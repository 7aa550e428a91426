package limiter

import (
	"context"
	"time"
)

// PaceConfig sets a Pace. A rate of 0 or less is no limit.
type PaceConfig struct {
	Rate       float64 // all together, a second
	Burst      int     // default 1
	KeyRate    float64 // each key, a second
	KeyBurst   int     // default 1
	MaxKeys    int     // keys remembered, default 10 000
	MaxWaiting int     // callers that may wait at once, default 1000; over it Wait returns ErrFull
}

// Pace makes callers wait until they keep to the rate of their key and of all together, first come first served per key.
type Pace[K comparable] struct{ _ K }

// NewPace returns a Pace with full buckets.
func NewPace[K comparable](cfg PaceConfig) *Pace[K] { panic("contract") }

// Wait blocks until the caller may go on, or returns ctx's error (at once if its deadline is too near) or ErrFull.
func (p *Pace[K]) Wait(ctx context.Context, key K) error { panic("contract") }

// Spare takes a token without waiting, and only if at least reserve tokens of the common bucket stay for others and
// nobody is waiting: for sends that may be left out.
func (p *Pace[K]) Spare(key K, reserve int) bool { panic("contract") }

// Pause stops everybody (PauseKey: one key) for d from now, as a 429's retry_after asks; a longer pause stays.
func (p *Pace[K]) Pause(d time.Duration) { panic("contract") }

// PauseKey stops one key.
func (p *Pace[K]) PauseKey(key K, d time.Duration) { panic("contract") }

// PaceStats is a Pace at one moment.
type PaceStats struct {
	Waiting, Keys int
	Paused        time.Duration // what is left of the common pause
}

// Stats returns the numbers.
func (p *Pace[K]) Stats() PaceStats { panic("contract") }
