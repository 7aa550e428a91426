package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"
)

// steps is a stack of what must be undone at the end: what was opened last is closed first.
type steps struct {
	log  *slog.Logger
	list []step
}

type step struct {
	name string
	stop func() error
}

// push adds a step; a constructor that succeeded pushes what ends it.
func (s *steps) push(name string, stop func() error) {
	s.list = append(s.list, step{name, stop})
}

// unwind runs every step, the last pushed first, whatever the others return, and joins their errors. A second call does nothing.
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
		s.log.Debug("stop_step", "step", last.name, "duration", time.Since(began), "error", err)
	}
	return errors.Join(errs...)
}

// part is something that runs until its context ends. One that ends before has failed, whatever it returned.
type part struct {
	name string
	done chan struct{} // closed after the end
	err  error         // valid then
}

// start runs fn in a goroutine. The part sends itself to failed, if there is room, when it ended and should not have: by an error, by itself, or
// by a panic, which so ends the process in order and with exit code 1. The runtime's own 2 would mean that nobody is to start it again.
func start(ctx context.Context, name string, failed chan<- *part, fn func(context.Context) error) *part {
	p := &part{name: name, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		p.err = Recovered(func() error { return fn(ctx) })
		switch {
		case p.err != nil:
			p.err = fmt.Errorf("%s: %w", name, p.err)
		case ctx.Err() == nil:
			p.err = fmt.Errorf("%s: ended by itself", name)
		default:
			return
		}
		select {
		case failed <- p:
		default: // somebody was first; what failed later followed from that
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

// wait blocks until the part has ended and returns why it failed.
func (p *part) wait() error {
	<-p.done
	return p.err
}
