package intake

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
)

// Guard turns panics into errors, so that a panic fails one update and not the process. Every goroutine of the bot runs under it.
type Guard struct {
	log    *slog.Logger
	fault  func(part string)
	panics atomic.Uint64
}

// NewGuard returns a Guard. fault is called with "panic" after each.
func NewGuard(log *slog.Logger, fault func(part string)) *Guard {
	return &Guard{log: log, fault: fault}
}

// Do calls run, on behalf of an update (0 = none), and returns its error. A panic is logged, counted, and returned as an error.
func (g *Guard) Do(update int64, run func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			g.panics.Add(1)
			g.fault("panic")
			g.log.Error("panic_recovered", "update", update, "error", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return run()
}

// Run is Do for a function without an error.
func (g *Guard) Run(run func()) {
	_ = g.Do(0, func() error { run(); return nil }) // logged there
}

// Panics returns how many there were.
func (g *Guard) Panics() uint64 { return g.panics.Load() }
