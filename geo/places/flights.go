package places

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

var errClosed = errors.New("places: closed")

// flights is a single flight per key: callers share the work on a key. The work continues when a caller leaves, bounded by timeout, because its
// result is stored.
type flights[K comparable, V any] struct {
	timeout time.Duration

	mu     sync.Mutex
	wg     sync.WaitGroup
	closed bool
	flying map[K]*flight[V]
}

// flight is the work on a key. Its result is set when done is closed.
type flight[V any] struct {
	done    chan struct{}
	cancel  context.CancelFunc
	urgency *urgency // of the most urgent caller
	found   V
	err     error
}

// join returns the flight of the key that is in progress, or starts one with fn and reports that it is the caller's own. fn may return part of
// a result together with an error.
func (g *flights[K, V]) join(ctx context.Context, key K, fn func(context.Context) (V, error)) (_ *flight[V], own bool, _ error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil, false, fmt.Errorf("%w: %w", ErrUnavailable, errClosed)
	}
	class := classOf(ctx)
	if f := g.flying[key]; f != nil {
		f.urgency.raise(class)
		return f, false, nil
	}
	if g.flying == nil {
		g.flying = map[K]*flight[V]{}
	}
	f := &flight[V]{done: make(chan struct{})}
	ctx, f.urgency = withClass(context.WithoutCancel(ctx), class)
	ctx, f.cancel = context.WithTimeout(ctx, g.timeout)
	g.flying[key] = f
	g.wg.Go(func() {
		defer f.cancel()
		f.found, f.err = safely(ctx, fn)
		g.mu.Lock()
		delete(g.flying, key)
		g.mu.Unlock()
		close(f.done)
	})
	return f, true, nil
}

// safely calls fn and turns a panic, which input from outside may cause, into an error of this request.
func safely[V any](ctx context.Context, fn func(context.Context) (V, error)) (found V, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: panic: %v\n%s", ErrUnavailable, r, debug.Stack())
		}
	}()
	return fn(ctx)
}

// wait returns the result of the flight, or ErrUnavailable if ctx ends first. The result is shared and must not be changed.
func (f *flight[V]) wait(ctx context.Context) (found V, err error) {
	select {
	case <-f.done:
		return f.found, f.err
	default:
	}
	select {
	case <-f.done:
		return f.found, f.err
	case <-ctx.Done():
		return found, fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
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
