package limiter

import (
	"context"
	"math/rand/v2"
	"time"
)

// Sleep waits for d. It returns earlier, with ctx's error, if ctx ends first.
func Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() // both may have ended
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Jitter returns d spread evenly by ±50 %, so that calls that failed together are not repeated together.
func Jitter(d time.Duration) time.Duration {
	return d/2 + time.Duration(rand.Int64N(int64(d)+1))
}
