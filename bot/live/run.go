package live

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// afterHard is how long deliveries have to end once their contexts were cancelled.
const afterHard = time.Second

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

// Run reads the walks and serves them until ctx ends. Then nothing more is begun; deliveries and Ended hooks under way have
// Config.Drain to end, after which their contexts are cancelled and they have a second more. Run once.
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
		err := l.guarded(func() { l.saver(saving) })
		if err != nil {
			stop() // walks that nobody stores must not go on
		}
		saved <- err
	}()

	l.serve(ctx, work)
	l.flush(wall(), true)
	l.drain(hard)
	l.flush(wall(), true)
	stopSaving()
	broke := <-saved
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastSave)
	defer cancel()
	return errors.Join(broke, l.save(last))
}

// guarded turns a panic into an error and logs where it happened.
func (l *Live) guarded(fn func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			l.log.Error("panic_recovered", "error", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = fmt.Errorf("live: panic: %v", r)
		}
	}()
	fn()
	return nil
}

// serve is the loop.
func (l *Live) serve(ctx, work context.Context) {
	ticker := time.NewTicker(min(beat, l.cfg.BatchTimeout))
	defer ticker.Stop()
	began := time.Now()
	for {
		now := time.Now()
		l.step(work, now.Round(0), now.Sub(began))
		beats := ticker.C
		if l.idle() {
			beats = nil // a walk that begins wakes the loop
		}
		select {
		case <-ctx.Done():
			return
		case <-beats:
		case <-l.wake:
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// idle says whether nobody walks.
func (l *Live) idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.walks) == 0 && len(l.pending) == 0
}

// step does everything that is to be done at now by the wall clock; mono is the time by one that is never set.
func (l *Live) step(work context.Context, now time.Time, mono time.Duration) {
	l.mu.Lock()
	if jump := l.clock.jump(now, mono); jump != 0 {
		l.shiftLocked(jump, now)
	}
	l.mu.Unlock()
	l.flush(now, false)
	l.mu.Lock()
	var calls []func()
	for len(l.events) > 0 && !l.events[0].at.After(now) {
		s := l.events[0]
		if call := l.eventLocked(work, s, now); call != nil {
			calls = append(calls, call)
		}
		l.events.place(s)
	}
	l.mu.Unlock()
	for _, call := range calls {
		call()
	}
}

// eventLocked does one thing that the moment of the session has come for, if it has, and returns the hook's call for it.
func (l *Live) eventLocked(work context.Context, s *session, now time.Time) func() {
	w := &s.walk
	come := func(t time.Time) bool { return !t.After(now) }
	switch {
	case s.ended():
		return l.offerLocked(s)
	case s.over(now):
		l.endLocked(s, Expired, now)
	case !w.Chosen && come(s.choiceBy):
		w.Chosen = true
		l.changeLocked(s)
		chosen := s.snapshot()
		return func() { l.hooks.Chosen(chosen) }
	case w.Parked:
	case come(s.heard.Add(parkAfter)):
		l.parkLocked(s, now)
	case s.telling != nil || s.blocked:
	case !s.asked.IsZero():
		return l.fireLocked(work, s, now)
	case w.Paused || w.Quiet:
	case come(s.due()):
		if late := now.Add(-w.Interval); !w.First && !w.Due.After(late) {
			l.stats.Skipped += uint64(s.rearm(late))
			l.changeLocked(s)
			return nil
		}
		return l.fireLocked(work, s, now)
	case s.ahead() && come(w.Due.Add(-aheadOf)):
		s.prepared = w.Due
		prepare, at := s.snapshot(), s.motion.predict(w.Point, w.Due.Sub(w.Fixed))
		return func() { l.hooks.Prepare(prepare, at) }
	}
	return nil
}

// shiftLocked lets what counts from a moment go on counting when the wall clock was set, the live period too. Due times are points of that clock:
// those ahead stay, those passed are told or skipped; after a clock was set back none is further off than an interval.
func (l *Live) shiftLocked(jump time.Duration, now time.Time) {
	l.log.Warn("the clock was set", "by", jump)
	l.since = l.since.Add(jump)
	for _, s := range l.walks {
		s.heard, s.choiceBy = s.heard.Add(jump), s.choiceBy.Add(jump)
		for _, t := range []*time.Time{&s.retry, &s.asked, &s.offerAt} {
			if !t.IsZero() {
				*t = t.Add(jump)
			}
		}
		if !s.ended() {
			if !s.walk.Ends.IsZero() {
				s.walk.Ends = s.walk.Ends.Add(jump)
			}
			s.align(now)
			l.changeLocked(s)
		}
		l.events.place(s)
	}
}

// drain waits for what is under way.
func (l *Live) drain(hard func()) {
	l.mu.Lock()
	l.stopping = true
	l.mu.Unlock()
	patience := time.NewTimer(l.cfg.Drain)
	defer patience.Stop()
	for cut := false; l.busy(); {
		select {
		case <-l.wake:
		case <-patience.C:
			if cut {
				l.log.Error("deliveries did not end")
				return
			}
			cut = true
			hard()
			patience.Reset(afterHard)
		}
	}
}

func (l *Live) busy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.telling) > 0 || l.offered > 0
}
