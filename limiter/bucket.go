package limiter

import (
	"math"
	"time"

	"golang.org/x/time/rate"
)

// bucket is a token bucket that can be paused. The caller holds a lock, and passes times that never go back.
type bucket struct {
	tokens *rate.Limiter // nil = no limit
	paused time.Time     // no token before this
}

// newBucket returns a full bucket. A rate of 0 or less is no limit.
func newBucket(perSecond float64, burst int) bucket {
	if perSecond <= 0 {
		return bucket{}
	}
	return bucket{tokens: rate.NewLimiter(rate.Limit(perSecond), burst)}
}

// wait returns the time until there is a token after the given number of callers before have taken theirs. 0 = now.
func (b *bucket) wait(now time.Time, before int) time.Duration {
	wait := max(0, b.paused.Sub(now))
	if b.tokens == nil {
		return wait
	}
	lacking := float64(before+1) - b.tokens.TokensAt(now)
	nanos := lacking / float64(b.tokens.Limit()) * float64(time.Second)
	if nanos < 1 { // rate.Limiter rounds this to nothing, too
		return wait
	}
	// Rounded up, so that there is a token when the time is over.
	return max(wait, time.Duration(math.Ceil(min(nanos, math.MaxInt64/2))))
}

// spend takes a token. wait has returned 0 for now.
func (b *bucket) spend(now time.Time) {
	if b.tokens != nil {
		b.tokens.AllowN(now, 1)
	}
}

// spare reports whether reserve tokens are left after one is taken now.
func (b *bucket) spare(now time.Time, reserve int) bool {
	return b.wait(now, 0) == 0 && (b.tokens == nil || b.tokens.TokensAt(now)-1 >= float64(reserve))
}

// pause stops the bucket for d from now. A longer pause stays.
func (b *bucket) pause(now time.Time, d time.Duration) {
	if until := now.Add(d); until.After(b.paused) {
		b.paused = until
	}
}
