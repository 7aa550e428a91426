package model

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"excursobot/limiter"
)

const (
	// maxRetries bounds the attempts after the first.
	maxRetries = 2
	// maxPause bounds how long one 429 can pause all calls.
	maxPause = time.Minute
)

// Write makes one call, and a bounded number of retries while nothing was received. It calls onStory in its own goroutine as soon as a story is
// complete and has passed the checks. The error is nil if the answer ended properly, even if stories were dropped; stories passed to onStory before an
// error are good. If ctx ended, the error wraps its error too.
func (c *Client) Write(ctx context.Context, req Request, onStory func(Story)) (Result, error) {
	ans, err := newAnswer(req, onStory)
	if err != nil {
		return Result{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	done, err := c.breaker.allow()
	if err != nil {
		c.cfg.Observe(Call{Outcome: "breaker"})
		return Result{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	failed := c.attempts(ctx, ans)
	done(failed, len(ans.result.Stories) > 0)
	if failed == nil {
		return ans.result, nil
	}
	if !c.breaker.ready() {
		c.cfg.Log.Warn("breaker_opened", "model", c.cfg.Model, "error", failed)
	}
	return ans.result, failed
}

// attempts makes the call and its retries. It returns nil or a *fault.
func (c *Client) attempts(caller context.Context, ans *answer) error {
	if f := c.waitPace(caller, c.cfg.Timeout); f != nil {
		return f
	}
	ctx, cancel := context.WithTimeoutCause(caller, c.cfg.Timeout, errTimeout)
	defer cancel()
	format := c.format.Load()
	for attempt := 0; ; {
		f := c.call(ctx, ans, format)
		if f == nil {
			c.setFormat(format)
			return nil
		}
		if errors.Is(f, ErrUnavailable) && f.retryAfter > 0 {
			c.pace.Pause(min(f.retryAfter, maxPause))
		}
		pause := time.Duration(0)
		switch {
		case f.format && errors.Is(f, ErrRefused) && format < shapeOnly:
			format++
			c.setFormat(format)
		case f.format && errors.Is(f, ErrAnswer) && format == strictSchema:
			format = jsonObject // set for the client only if it works, because the model may just have failed
		case f.retry && attempt < maxRetries:
			pause = max(f.retryAfter, backoff(attempt))
			attempt++
		default:
			return f
		}
		if !sleep(ctx, pause) || c.waitPace(ctx, c.cfg.Timeout) != nil {
			if caller.Err() != nil {
				return &fault{kind: ErrUnavailable, outcome: "cancelled", detail: caller.Err().Error(), cause: caller.Err()}
			}
			return f // more useful than "no time left"
		}
	}
}

// setFormat makes the format the client's, unless a simpler one is set already.
func (c *Client) setFormat(format int32) {
	for {
		known := c.format.Load()
		if format <= known || c.format.CompareAndSwap(known, format) {
			return
		}
	}
}

// waitPace waits until the pace of requests allows one more, at most for the given time.
func (c *Client) waitPace(ctx context.Context, most time.Duration) *fault {
	limited, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	if err := c.pace.Wait(limited, struct{}{}); err != nil {
		cause := errNotSent
		if ctx.Err() != nil {
			cause = ctx.Err()
		}
		return &fault{kind: ErrUnavailable, outcome: "cancelled", detail: "wait for the pace of requests: " + err.Error(), cause: cause}
	}
	return nil
}

// backoff returns the pause before a retry: 0.25-0.75 s before the first, 0.75-2.25 s before the second.
func backoff(attempt int) time.Duration {
	base := 500 * time.Millisecond
	for range attempt {
		base *= 3
	}
	return base/2 + rand.N(base)
}

// sleep pauses for d and reports whether ctx is still alive. If ctx would end during the pause, sleep returns false at once.
func sleep(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		return false
	}
	return limiter.Sleep(ctx, d) == nil
}
