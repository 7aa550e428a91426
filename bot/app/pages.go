package app

import (
	"context"
	"runtime/debug"
	"time"

	"excursobot/limiter"
)

// tidyMemory gives back what only the start needed, and later from time to time what was needed once, until ctx ends.
func (a *App) tidyMemory(ctx context.Context) error {
	const (
		settled = 5 * time.Second // after the start
		again   = 10 * time.Minute
	)
	for wait := settled; limiter.Sleep(ctx, wait) == nil; wait = again {
		if wait == settled {
			debug.FreeOSMemory()
		}
		if err := unmapProgram(); err != nil {
			a.log.Debug("pages_kept", "error", err) // a sandbox, or no /proc: nothing is lost but memory
		}
	}
	return nil
}
