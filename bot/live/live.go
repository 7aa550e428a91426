// Package live keeps live walks: who walks, where they are and when their next story is due. It decides when something happens and not what:
// stories, texts and messages come from its Hooks, which package bot provides.
//
// One loop over one heap of events serves all walks. A walk has no goroutine and no timer. Everything that happens to a walk is an event at a
// moment: a due time, the prefetch before it, the end of the time for a choice, the end of the live period, the end of the wait for a silent
// phone. Due times are points of the wall clock and are stored, so that a new process continues where the one before it stopped.
package live

import (
	"errors"
	"log/slog"
	"slices"
	"time"

	"excursobot/store"
)

// Errors that callers branch on.
var (
	ErrFull     = errors.New("live: too many walks")
	ErrEnded    = errors.New("live: this share has ended")
	ErrNoWalk   = errors.New("live: no walk")
	ErrInterval = errors.New("live: not one of the intervals")
	ErrBusy     = errors.New("live: a story is in progress")
)

// Reasons why a walk ended, as in store.Walk.Reason.
const (
	Unshared  = "unshared"  // the person stopped sharing
	Expired   = "expired"   // the live period is over
	Stopped   = "stopped"   // the person sent /stop
	Blocked   = "blocked"   // the person blocked the bot, so nobody gets a summary
	Replaced  = "replaced"  // the person shared another live location
	Forgotten = "forgotten" // the person had all data deleted, so there is nothing to sum up
	Silent    = "silent"    // too many walks were parked, and this one for the longest time
	Refused   = "refused"   // it never began: there were too many walks
)

const (
	choiceWait    = 60 * time.Second // from the share on, for a choice of the interval
	prefetchLead  = 90 * time.Second // before a due time, stories are prepared for it
	parkAfter     = 15 * time.Minute // without an update from the phone
	firstRetry    = 5 * time.Second  // after a first story that could not start
	quietRadius   = 150.0            // metres from where everything was told; beyond it there may be something new
	parkedFactor  = 10               // parked walks for each walk of MaxSessions
	loopInterval  = 100 * time.Millisecond
	hardStopGrace = time.Second // for deliveries to end after their contexts were cancelled
)

// Live keeps the walks. Its methods may be called concurrently. Methods that change a walk return after the change is stored. They wait until
// Run has read the walks.
type Live struct {
	cfg   Config
	loop  *loop
	log   *slog.Logger
	ready chan struct{} // closed when the walks are read
}

// Stats describes a Live at one moment. The counters only grow.
type Stats struct {
	Sessions int // walks that go on and are not parked
	Parked   int
	Closing  int // walks that ended and whose person has no summary yet
	Pending  int // moves not yet applied

	Delivered  uint64
	Failed     uint64        // deliveries that ended as Failed
	Dropped    uint64        // due times without a story, because another one was in progress or it could not start
	Unready    uint64        // places passed whose story was not ready
	Skipped    uint64        // due times that were found an interval or more in the past
	Late       time.Duration // of the last delivery, from its due time until it was delivered
	LateMax    time.Duration
	Moves      uint64 // applied
	Ignored    uint64 // moves older than the newest, off the globe, or jumps that were not confirmed
	Started    uint64
	Ended      uint64
	Refused    uint64
	SaveErrors uint64
}

// New checks the configuration and returns a Live. It starts nothing: Run does.
func New(cfg Config, hooks Hooks) (*Live, error) {
	if cfg.Store == nil || hooks.Deliver == nil || hooks.Prepare == nil || hooks.Survey == nil || hooks.Chosen == nil || hooks.Ended == nil || hooks.Quiet == nil {
		return nil, errors.New("live: store and hooks are required")
	}
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Live{cfg: cfg, loop: newLoop(cfg, hooks), log: cfg.Log, ready: make(chan struct{})}, nil
}

// Intervals returns the intervals that a person may choose.
func (l *Live) Intervals() []time.Duration { return slices.Clone(l.cfg.Intervals) }

// Stats returns the current numbers.
func (l *Live) Stats() Stats {
	lp := l.loop
	lp.mu.Lock()
	defer lp.mu.Unlock()
	st := lp.stats
	st.Sessions, st.Parked, st.Pending = lp.sessions.active, lp.sessions.parked, len(lp.moves.pending)
	st.Closing = len(lp.sessions.walks) - lp.sessions.active - lp.sessions.parked
	st.SaveErrors = lp.saver.failures
	return st
}

// Loaded reports whether the walks of the earlier process are read: before that, Walk knows none.
func (l *Live) Loaded() bool {
	select {
	case <-l.ready:
		return true
	default:
		return false
	}
}

// Walk returns the current walk of a person, and whether there is one.
func (l *Live) Walk(person int64) (store.Walk, bool) {
	l.loop.mu.Lock()
	defer l.loop.mu.Unlock()
	s := l.loop.sessions.current[person]
	if s == nil || s.starting {
		return store.Walk{}, false
	}
	return s.snapshot(), true
}
