package places

import (
	"context"
	"sync"
	"time"

	"excursobot/limiter"
)

const (
	minute     = time.Minute
	maxWaiting = 1000 // requests that may wait for the quota; beyond it they fail with limiter.ErrFull
	lookAgain  = 250 * time.Millisecond
	smallBelow = 60 // requests a minute below which the small mode applies
)

// quota bounds the requests of any minute. The classes share it: ticks leave a fifth to people, read-ahead leaves half, and articles of all
// classes together take half. It counts the times of the requests themselves, so that a quiet minute may be followed by a burst.
type quota struct {
	mu      sync.Mutex
	most    int
	sent    []stamp // of the last minute, oldest first; at most most
	waiting int
}

type stamp struct {
	at      time.Time
	article bool
}

// share returns how many requests of a minute there may be when the class sends one.
func (q *quota) share(class limiter.Class) int {
	small := q.most < smallBelow
	switch {
	case class >= readAhead && small:
		return q.most / 5
	case class >= readAhead:
		return q.most / 2
	case class == ticks:
		return max(1, q.most*4/5)
	}
	return q.most
}

// take counts a request and returns 0, or returns how long the class has to wait for its next chance.
func (q *quota) take(now time.Time, class limiter.Class, article bool) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.forgetLocked(now)
	wait := q.waitLocked(now, class, article)
	if wait == 0 {
		q.sent = append(q.sent, stamp{now, article})
	}
	return wait
}

func (q *quota) forgetLocked(now time.Time) {
	old := 0
	for old < len(q.sent) && now.Sub(q.sent[old].at) >= minute {
		old++
	}
	q.sent = append(q.sent[:0], q.sent[old:]...)
}

func (q *quota) waitLocked(now time.Time, class limiter.Class, article bool) time.Duration {
	share := q.share(class)
	if share <= 0 {
		return minute
	}
	wait := time.Duration(0)
	if over := len(q.sent) - share; over >= 0 {
		wait = q.sent[over].at.Add(minute).Sub(now)
	}
	if !article {
		return wait
	}
	half, seen := max(1, q.most/2), 0
	for i := len(q.sent) - 1; i >= 0; i-- {
		if q.sent[i].article {
			if seen++; seen == half {
				wait = max(wait, q.sent[i].at.Add(minute).Sub(now))
			}
		}
	}
	return wait
}

// peek returns how long the class has to wait, and counts nothing.
func (q *quota) peek(class limiter.Class, article bool) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	q.forgetLocked(now)
	return q.waitLocked(now, class, article)
}

// wait blocks until a request of the class of ctx may be sent. It fails at once if the deadline of ctx is too near.
func (q *quota) wait(ctx context.Context, article bool) error {
	q.mu.Lock()
	if q.waiting >= maxWaiting {
		q.mu.Unlock()
		return limiter.ErrFull
	}
	q.waiting++
	q.mu.Unlock()
	defer func() {
		q.mu.Lock()
		q.waiting--
		q.mu.Unlock()
	}()
	for {
		class := classOf(ctx)
		left := q.peek(class, article)
		if left == 0 {
			return ctx.Err()
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < left && class == people {
			return context.DeadlineExceeded
		}
		if class > people { // somebody may come who is more urgent
			left = min(left, lookAgain)
		}
		if err := limiter.Sleep(ctx, left); err != nil {
			return err
		}
	}
}
