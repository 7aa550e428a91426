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

// flights lets several callers share the work on a key. The work goes on when a caller leaves, bounded by timeout: it is
// paid for, and its result is kept in the store. Flights are as many as keys are being asked for at one moment.
type flights[K comparable, V any] struct {
	timeout time.Duration

	mu     sync.Mutex
	wg     sync.WaitGroup
	closed bool
	flying map[K]*flight[V]
}

// flight is the work on a key; its result is there when done is closed.
type flight[V any] struct {
	done   chan struct{}
	cancel context.CancelFunc
	found  V
	err    error
}

// join returns the flight of the key that is under way, or starts one with fn, which is the caller's own then. fn may return a part
// of its result together with an error.
func (g *flights[K, V]) join(ctx context.Context, key K, fn func(context.Context) (V, error)) (_ *flight[V], own bool, _ error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil, false, fmt.Errorf("%w: %w", ErrUnavailable, errClosed)
	}
	if f := g.flying[key]; f != nil {
		return f, false, nil
	}
	if g.flying == nil {
		g.flying = map[K]*flight[V]{}
	}
	f := &flight[V]{done: make(chan struct{})}
	ctx, f.cancel = context.WithTimeout(context.WithoutCancel(ctx), g.timeout)
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

// safely calls fn and turns a panic, which what comes from outside may cause, into an error: it fails this question alone.
func safely[V any](ctx context.Context, fn func(context.Context) (V, error)) (found V, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: panic: %v\n%s", ErrUnavailable, r, debug.Stack())
		}
	}()
	return fn(ctx)
}

// wait returns what the flight brought, or ErrUnavailable if ctx ends before it lands. The result is shared: not to be changed.
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
