package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"
)

// steps is a stack of stop functions: the part that was opened last is closed first.
type steps struct {
	log  *slog.Logger
	list []step
}

type step struct {
	name string
	stop func() error
}

// push adds a step.
func (s *steps) push(name string, stop func() error) {
	s.list = append(s.list, step{name, stop})
}

// unwind runs every step, the last pushed first, and joins their errors. A step that fails does not keep the others from running. A second
// call does nothing.
func (s *steps) unwind() error {
	var errs []error
	for len(s.list) > 0 {
		last := s.list[len(s.list)-1]
		s.list = s.list[:len(s.list)-1]
		began := time.Now()
		err := last.stop()
		if err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", last.name, err))
		}
		s.log.Debug("step_stopped", "step", last.name, "duration", time.Since(began), "error", err)
	}
	return errors.Join(errs...)
}

// part runs until its context ends. If it ends earlier it has failed, even if it returns nil.
type part struct {
	name string
	done chan struct{} // closed when it has ended
	err  error         // valid after done
}

// start runs fn in a goroutine. If the part fails, it sends itself to failed, unless another part has failed before. A panic counts as a
// failure, so that the process stops in order with exit code 1: after the runtime's own code 2, hosts do not start the bot again.
func start(ctx context.Context, name string, failed chan<- *part, fn func(context.Context) error) *part {
	p := &part{name: name, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		p.err = Recovered(func() error { return fn(ctx) })
		switch {
		case p.err != nil:
			p.err = fmt.Errorf("%s: %w", name, p.err)
		case ctx.Err() == nil:
			p.err = fmt.Errorf("%s: ended without being stopped", name)
		default:
			return
		}
		select {
		case failed <- p:
		default: // another part failed first, and this failure is its consequence
		}
	}()
	return p
}

// Recovered turns a panic into an error with its stack.
func Recovered(fn func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return fn()
}

// wait blocks until the part has ended and returns its error.
func (p *part) wait() error {
	<-p.done
	return p.err
}
