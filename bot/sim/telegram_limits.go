package sim

import (
	"math"
	"time"
)

// Rates of TelegramConfig.Limits, a second, and bursts. Only those of a private chat, of a group and of all messages are documented.
const (
	allRate       = 30
	chatRate      = 1
	chatBurst     = 3
	groupRate     = 20.0 / 60
	groupBurst    = 20
	actionRate    = 0.5 // chat actions
	actionBurst   = 5
	describeRate  = 1.0 / 60 // changes of commands and descriptions
	describeBurst = 60
)

// bucket is a token bucket; the caller passes the time.
type bucket struct {
	rate, burst, tokens float64
	at                  time.Time
}

// newBucket returns a full bucket.
func newBucket(rate, burst float64) bucket { return bucket{rate: rate, burst: burst, tokens: burst} }

// wait returns how long it takes from now until there is a token; 0 = there is one.
func (b *bucket) wait(now time.Time) time.Duration {
	if !b.at.IsZero() {
		b.tokens = min(b.burst, b.tokens+now.Sub(b.at).Seconds()*b.rate)
	}
	b.at = now
	// Rounding errors must not cost a second after an exact second.
	if missing := 1 - b.tokens; missing > 1e-6 {
		return time.Duration(missing / b.rate * float64(time.Second))
	}
	return 0
}

// take removes a token. Call it only if wait returned 0.
func (b *bucket) take() { b.tokens = max(0, b.tokens-1) }

// admitOneLocked counts a call against a separate limit.
func (t *Telegram) admitOneLocked(b *bucket) error {
	if !t.cfg.Limits {
		return nil
	}
	if d := b.wait(time.Now()); d > 0 {
		t.refused++
		return tooMany(int(math.Ceil(d.Seconds())))
	}
	b.take()
	return nil
}
