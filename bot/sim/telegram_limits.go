package sim

import (
	"math"
	"time"
)

// The limits that Limits turns on, in messages a second; a chat may burst.
const (
	allRate   = 30
	chatRate  = 1
	chatBurst = 3
)

// bucket is a token bucket with time passed in.
type bucket struct {
	rate, burst, tokens float64
	at                  time.Time
}

// newBucket returns a full one.
func newBucket(rate, burst float64) bucket { return bucket{rate: rate, burst: burst, tokens: burst} }

// wait returns how long until a token is there at now, 0 = now.
func (b *bucket) wait(now time.Time) time.Duration {
	if !b.at.IsZero() {
		b.tokens = min(b.burst, b.tokens+now.Sub(b.at).Seconds()*b.rate)
	}
	b.at = now
	// A float that lacks a hair of a token after an exact second must not cost another second.
	if missing := 1 - b.tokens; missing > 1e-6 {
		return time.Duration(missing / b.rate * float64(time.Second))
	}
	return 0
}

// take uses a token that wait promised.
func (b *bucket) take() { b.tokens = max(0, b.tokens-1) }

// admitLocked counts a message to c against the limits. A refused one takes nothing.
func (t *Telegram) admitLocked(c *chat) error {
	if !t.cfg.Limits {
		return nil
	}
	now := time.Now()
	if d := max(t.bucket.wait(now), c.bucket.wait(now)); d > 0 {
		t.refused++
		return tooMany(int(math.Ceil(d.Seconds())))
	}
	t.bucket.take()
	c.bucket.take()
	return nil
}
