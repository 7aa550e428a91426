package places

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

var errClosed = errors.New("places: closed")

// flights lets several callers share the work on the same keys. The work goes on when a caller leaves, bounded by timeout: it is
// paid for, and its result is kept in the store. Flights are as many as keys are being asked for at one moment.
type flights[K comparable, V any] struct {
	timeout time.Duration

	mu     sync.Mutex
	wg     sync.WaitGroup
	closed bool
	flying map[K]*flight[K, V]
}

// flight is the work on some keys; its result is there when done is closed.
type flight[K comparable, V any] struct {
	done   chan struct{}
	cancel context.CancelFunc
	found  map[K]V
	err    error
}

// join returns the flights that together bring the keys: those under way, and one started with fn for the rest.
// The spare keys go along with one that is started, unless they are under way. fn may return a part of the keys together with an error.
func (g *flights[K, V]) join(ctx context.Context, keys, spare []K, fn func(context.Context, []K) (map[K]V, error)) ([]*flight[K, V], error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, errClosed)
	}
	var joined []*flight[K, V]
	var rest []K
	seen := map[*flight[K, V]]bool{}
	for _, k := range keys {
		f := g.flying[k]
		if f == nil {
			rest = append(rest, k)
		} else if !seen[f] {
			seen[f] = true
			joined = append(joined, f)
		}
	}
	if len(rest) == 0 {
		return joined, nil
	}
	for _, k := range spare {
		if g.flying[k] == nil {
			rest = append(rest, k)
		}
	}
	if g.flying == nil {
		g.flying = map[K]*flight[K, V]{}
	}
	f := &flight[K, V]{done: make(chan struct{})}
	ctx, f.cancel = context.WithTimeout(context.WithoutCancel(ctx), g.timeout)
	for _, k := range rest {
		g.flying[k] = f
	}
	g.wg.Go(func() {
		defer f.cancel()
		f.found, f.err = fn(ctx, rest)
		g.mu.Lock()
		for _, k := range rest {
			delete(g.flying, k)
		}
		g.mu.Unlock()
		close(f.done)
	})
	return append(joined, f), nil
}

// wait returns what the flight brought, or ErrUnavailable if ctx ends before it lands. The map is shared: not to be changed.
func (f *flight[K, V]) wait(ctx context.Context) (map[K]V, error) {
	select {
	case <-f.done:
		return f.found, f.err
	default:
	}
	select {
	case <-f.done:
		return f.found, f.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	}
}

// close cancels the flights and waits for them.
func (g *flights[K, V]) close() {
	g.mu.Lock()
	g.closed = true
	for _, f := range g.flying {
		f.cancel()
	}
	g.mu.Unlock()
	g.wg.Wait()
}
