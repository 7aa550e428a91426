package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"excursobot/store"
)

// Run reads the walks and serves them until ctx ends. Then it begins nothing more. Deliveries and calls of the Ended hook in progress have
// Config.Drain to end; after that their contexts are cancelled and they have one second more. Run may be called once.
func (l *Live) Run(ctx context.Context) error {
	if err := l.load(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	work, hard := context.WithCancel(context.WithoutCancel(ctx))
	defer hard()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	saving, stopSaving := context.WithCancel(context.WithoutCancel(ctx))
	saved := make(chan error, 1)
	go func() {
		err := guarded(l.log, func() { l.loop.saver.run(saving) })
		if err != nil {
			stop() // walks that are not stored must not go on
		}
		saved <- err
	}()

	l.loop.serve(ctx, work)
	l.loop.flush(wall(), true)
	l.loop.drain(hard)
	l.loop.flush(wall(), true)
	stopSaving()
	failed := <-saved
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastSave)
	defer cancel()
	return errors.Join(failed, l.loop.saver.save(last))
}

// guarded turns a panic of fn into an error and logs its stack.
func guarded(log *slog.Logger, fn func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			log.Error("panic_recovered", "error", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = fmt.Errorf("live: panic: %v", r)
		}
	}()
	fn()
	return nil
}

// load reads the walks that are not closed. Each counts as in contact now: while no process listened, no phone was silent.
func (l *Live) load(ctx context.Context) error {
	var walks []store.Walk
	if !l.cfg.Shared {
		var err error
		if walks, err = l.cfg.Store.OpenWalks(ctx); err != nil {
			return fmt.Errorf("load walks: %w", err)
		}
	}
	now := wall()
	l.loop.mu.Lock()
	defer l.loop.mu.Unlock()
	for _, w := range oldestFirst(walks) {
		l.loop.continueLocked(w, now)
	}
	close(l.ready)
	return nil
}

// loaded waits until the walks are read.
func (l *Live) loaded(ctx context.Context) error {
	select {
	case <-l.ready:
		return nil
	default:
	}
	select {
	case <-l.ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
