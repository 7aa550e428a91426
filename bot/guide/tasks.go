package guide

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// tasks runs the work that outlives a request: calls to the model and read-ahead. It ends with Guide.Run.
type tasks struct {
	log    *slog.Logger
	panics *atomic.Uint64

	ctx    context.Context //nolint:containedctx // no caller's context lives long enough for a call that several people wait for
	cancel context.CancelFunc

	mu      sync.Mutex
	stopped bool
	wg      sync.WaitGroup
}

func newTasks(log *slog.Logger, panics *atomic.Uint64) *tasks {
	t := &tasks{log: log, panics: panics}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	return t
}

// start runs fn in a goroutine and returns true, or returns false after stop. A panic ends only fn; fn frees what it holds in its defers.
func (t *tasks) start(fn func()) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped {
		return false
	}
	t.wg.Go(func() {
		defer func() {
			if r := recover(); r != nil {
				t.panics.Add(1)
				t.log.Error("panic_recovered", "error", fmt.Sprint(r), "stack", string(debug.Stack()))
			}
		}()
		fn()
	})
	return true
}

// stop cancels ctx and waits for every fn.
func (t *tasks) stop() {
	t.mu.Lock()
	t.stopped = true
	t.mu.Unlock()
	t.cancel()
	t.wg.Wait()
}
