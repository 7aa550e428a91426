package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"excursobot/limiter"
)

// ErrSilent means that no update could have come in for Config.Silence. A new process may do better.
var ErrSilent = errors.New("intake: no contact to Telegram for too long")

// watchdog ends what it watches if Telegram has not been heard for too long.
type watchdog struct {
	heard   *heard
	silence time.Duration // negative = never
	ready   func() error  // why updates do not come in
}

// silent returns ErrSilent, with the reason if there is one: what brings the updates may hang without an error.
func (w watchdog) silent() error {
	if why := w.ready(); why != nil {
		return fmt.Errorf("%w (%v): %w", ErrSilent, w.silence, why)
	}
	return fmt.Errorf("%w (%v)", ErrSilent, w.silence)
}

// watch runs fn, and ends it with ErrSilent if Telegram has not been heard for silence.
func (w watchdog) watch(ctx context.Context, fn func(context.Context) error) error {
	w.heard.now()
	if w.silence < 0 {
		return fn(ctx)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		for {
			left := w.silence - w.heard.ago()
			if left <= 0 {
				cancel(w.silent())
				return
			}
			if limiter.Sleep(ctx, left) != nil {
				return
			}
		}
	}()
	err := fn(ctx)
	cancel(nil)
	<-watching
	if cause := context.Cause(ctx); errors.Is(cause, ErrSilent) {
		return cause
	}
	return err
}
