package live

import (
	"context"
	"errors"
	"time"
)

// askMost bounds the time for which nothing is due while Telegram is asked for the time.
const askMost = 5 * time.Second

var errNoTime = errors.New("telegram cannot be asked for the time")

// doubt is a difference between the wall clock and the clock that nobody sets. Either somebody set the wall clock, or time passed that the other clock
// did not count, because the machine stood still: a laptop that slept, a virtual machine that was suspended. Telegram's time decides.
type doubt struct {
	jump   time.Duration // of the wall clock
	before time.Duration // by how much the wall clock was ahead of Telegram's before the jump
	answer chan error    // of AskTime; nil = Telegram's time is known
}

// doubtLocked begins to find out the cause of a jump.
func (l *loop) doubtLocked(work context.Context, jump time.Duration) {
	if l.doubt != nil {
		l.doubt.jump += jump
		return
	}
	d := &doubt{jump: jump, before: l.ahead, answer: make(chan error, 1)}
	l.doubt = d
	if l.cfg.AskTime == nil || l.cfg.Ahead == nil {
		d.answer <- errNoTime
		return
	}
	l.asking.Go(func() {
		ctx, cancel := context.WithTimeout(work, askMost)
		defer cancel()
		err := guarded(l.log, func() { d.answer <- l.cfg.AskTime(ctx) })
		if err != nil {
			d.answer <- err
		}
		signal(l.wake)
	})
}

// resolveLocked ends a doubt whose cause is known, and reports whether there is none left. Without Telegram's time the wall clock counts as set.
func (l *loop) resolveLocked(now time.Time) bool {
	d := l.doubt
	if d == nil {
		if l.cfg.Ahead != nil {
			l.ahead = l.cfg.Ahead()
		}
		return true
	}
	var err error
	select {
	case err = <-d.answer:
	default:
		return false
	}
	l.doubt = nil
	if l.cfg.Ahead != nil {
		l.ahead = l.cfg.Ahead()
	}
	if err == nil && timePassed(d.jump, d.before, l.ahead) {
		l.log.Info("machine_resumed", "after", d.jump.Round(time.Second))
		return true
	}
	l.shiftLocked(d.jump, now)
	return true
}

// timePassed reports whether a jump of the wall clock is time that passed. If somebody set the clock, its lead over Telegram's clock grew by the jump;
// if the machine was suspended, the lead is the same as before.
func timePassed(jump, before, after time.Duration) bool {
	return (after - before).Abs() < (after - before - jump).Abs()
}
