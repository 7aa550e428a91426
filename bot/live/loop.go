package live

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// loop serves all walks: it does what is due. Methods whose names end in Locked need mu.
type loop struct {
	cfg   Config
	hooks Hooks
	log   *slog.Logger
	saver *saver
	wake  chan struct{} // holds a token when there is work before the next interval

	mu        sync.Mutex
	sessions  sessions
	events    queue
	moves     moveBatch
	clock     clock
	doubt     *doubt         // a jump of the clock whose cause is being found out; nil = there is none
	ahead     time.Duration  // of the wall clock, before the doubt
	asking    sync.WaitGroup // calls of AskTime
	notifying int            // calls of the Ended hook without an answer
	stopping  bool           // the context of Run ended
	stats     Stats
}

func newLoop(cfg Config, hooks Hooks) *loop {
	l := &loop{
		cfg: cfg, hooks: hooks, log: cfg.Log,
		wake:     make(chan struct{}, 1),
		sessions: newSessions(),
		moves:    moveBatch{size: cfg.BatchSize, limit: cfg.MaxUpdates, timeout: cfg.BatchTimeout},
	}
	l.saver = &saver{store: cfg.Store, log: cfg.Log, dirty: make(chan struct{}, 1), writing: make(chan struct{}, 1), mu: &l.mu, sessions: &l.sessions}
	return l
}

// serve runs the loop until ctx ends. work is the parent of the contexts of deliveries.
func (l *loop) serve(ctx, work context.Context) {
	ticker := time.NewTicker(min(loopInterval, l.cfg.BatchTimeout))
	defer ticker.Stop()
	defer l.asking.Wait()
	for {
		l.step(work, wall(), l.cfg.Uptime())
		intervals := ticker.C
		if l.idle() {
			intervals = nil // a walk that begins wakes the loop
		}
		select {
		case <-ctx.Done():
			return
		case <-intervals:
		case <-l.wake:
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// idle reports whether there is no walk.
func (l *loop) idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.sessions.walks) == 0 && len(l.moves.pending) == 0
}

// step does everything that is due at now by the wall clock. mono is the time by a clock that is never set and does not stop.
func (l *loop) step(work context.Context, now time.Time, mono time.Duration) {
	l.mu.Lock()
	if jump := l.clock.jump(now, mono); jump != 0 {
		l.doubtLocked(work, jump)
	}
	known := l.resolveLocked(now)
	l.mu.Unlock()
	l.flush(now, false)
	if !known {
		return // whether something is due depends on the cause
	}
	l.mu.Lock()
	var calls []func()
	for len(l.events) > 0 && !l.events[0].at.After(now) {
		s := l.events[0]
		if call := l.eventLocked(work, s, now); call != nil {
			calls = append(calls, call)
		}
		l.events.update(s)
	}
	l.mu.Unlock()
	for _, call := range calls {
		call()
	}
}

// eventLocked handles one event of the session that is due, if there is one, and returns the call of the hook for it.
func (l *loop) eventLocked(work context.Context, s *session, now time.Time) func() {
	w := &s.walk
	reached := func(t time.Time) bool { return !t.After(now) }
	switch {
	case s.ended():
		return l.notifyEndLocked(s)
	case s.over(now):
		l.endLocked(s, Expired, now)
	case !w.Chosen && reached(s.choiceBy):
		w.Chosen = true
		l.saver.changeLocked(s)
		chosen := s.snapshot()
		return func() { l.hooks.Chosen(chosen) }
	case w.Parked:
	case reached(s.lastContact.Add(parkAfter)):
		l.parkLocked(s, now)
	case s.delivery != nil || s.blocked:
	case !s.asked.IsZero():
		return l.startDeliveryLocked(work, s, now)
	case s.aims():
		if at, ok := s.arrival(); ok && reached(at) {
			return l.startDeliveryLocked(work, s, now)
		}
	case w.Paused:
	case s.passes() && s.passing.place != "":
		return l.startDeliveryLocked(work, s, now)
	case s.passes() && !s.passing.wanted.IsZero() && !s.passing.asking:
		return l.surveyLocked(s, now)
	case w.Quiet && !w.Pass:
	case reached(s.due()) && s.passes() && s.still(now):
		w.Due = stamp(now.Add(stillAfter))
		w.Anchor = w.Due.Add(-w.Interval)
		l.saver.changeLocked(s)
	case reached(s.due()):
		if late := now.Add(-w.Interval); !w.First && !w.Due.After(late) {
			l.stats.Skipped += uint64(s.skipTo(late))
			l.saver.changeLocked(s)
			return nil
		}
		return l.startDeliveryLocked(work, s, now)
	case s.wantsPrefetch() && reached(w.Due.Add(-prefetchLead)):
		s.prefetched = w.Due
		walk, at := s.snapshot(), s.motion.predict(w.Point, w.Due.Sub(w.Fixed))
		return func() { l.hooks.Prepare(walk, at) }
	}
	return nil
}

// shiftLocked adapts to a wall clock that was set. Durations, the live period among them, continue. Due times are points of the wall clock: future
// ones stay, past ones are told or skipped. After the clock was set back, no due time is further away than an interval.
func (l *loop) shiftLocked(jump time.Duration, now time.Time) {
	l.log.Warn("clock_changed", "by", jump)
	l.moves.since = l.moves.since.Add(jump)
	for _, s := range l.sessions.walks {
		s.lastContact, s.choiceBy = s.lastContact.Add(jump), s.choiceBy.Add(jump)
		for _, t := range []*time.Time{&s.retry, &s.asked, &s.arrived, &s.aimAfter, &s.notifyAt, &s.passing.at, &s.passing.wanted, &s.passing.since} {
			if !t.IsZero() {
				*t = t.Add(jump)
			}
		}
		if !s.ended() {
			if !s.walk.Ends.IsZero() {
				s.walk.Ends = s.walk.Ends.Add(jump)
			}
			s.align(now)
			l.saver.changeLocked(s)
		}
		l.events.update(s)
	}
}

// drain waits until deliveries and calls of the Ended hook are done. After Config.Drain it calls hard, which cancels them.
func (l *loop) drain(hard func()) {
	l.mu.Lock()
	l.stopping = true
	l.mu.Unlock()
	timer := time.NewTimer(l.cfg.Drain)
	defer timer.Stop()
	for cancelled := false; l.busy(); {
		select {
		case <-l.wake:
		case <-timer.C:
			if cancelled {
				l.log.Error("deliveries_abandoned")
				return
			}
			cancelled = true
			hard()
			timer.Reset(hardStopGrace)
		}
	}
}

func (l *loop) busy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.sessions.delivering) > 0 || l.notifying > 0
}

// signal puts a token into a channel that holds at most one.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
