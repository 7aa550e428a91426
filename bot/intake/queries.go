package intake

import (
	"context"
	"sync"
	"time"

	"excursobot/bot/telegram"
)

// Inline and guest queries come from chats in which the bot is not. They expire unanswered and are never stored: each is answered at arrival, in a
// separate goroutine, within answerWithin or not at all.

const (
	answerWithin = time.Second // a client shows nothing of a later answer
	maxQueries   = 64          // answered at once; others are dropped
	queryKind    = "query"
)

// queries are those that are being answered.
type queries struct {
	answer func(ctx context.Context, u *telegram.Update) error
	guard  *Guard
	state  *state

	mu      sync.Mutex
	closed  bool
	running int
	wg      sync.WaitGroup
}

// take answers a query. It returns settled, ignored or dropped.
func (q *queries) take(u *telegram.Update) verdict {
	if u.Person == 0 {
		return ignored
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed || !q.state.takes():
		return ignored // it would have expired when it comes again
	case q.running >= maxQueries:
		return dropped
	}
	q.running++
	q.wg.Go(func() {
		defer q.end()
		ctx, cancel := context.WithDeadline(q.state.workContext(), u.Arrived.Add(answerWithin))
		defer cancel()
		_ = q.guard.Do(u.ID, func() error { return q.answer(ctx, u) }) // logged there
	})
	return settled
}

func (q *queries) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running--
}

// wait lets none begin any more and blocks until all have ended.
func (q *queries) wait() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.wg.Wait()
}
