// Package live keeps live walks: who walks, where they are, when their next story is due. It decides when, not what:
// stories, sentences and messages come from its Hooks, which bot fills in.
//
// One loop over one heap of events serves all walks; a walk has no goroutine and no timer of its own. Everything that
// happens to a walk is an event with a moment: a due time, the read-ahead before it, the end of the time for a choice, the
// end of the live period, the end of patience with a silent phone. Due times are points of the wall clock and are kept in
// the store, so that a restart goes on where the process before it stopped.
package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// Errors that callers branch on.
var (
	ErrFull     = errors.New("live: no place for another walk")
	ErrEnded    = errors.New("live: this share has ended")
	ErrNoWalk   = errors.New("live: no walk")
	ErrInterval = errors.New("live: not an interval to choose from")
	ErrBusy     = errors.New("live: a story is on its way")
)

// Why a walk ended, as in store.Walk.Reason.
const (
	Unshared  = "unshared"  // sharing was stopped on the phone
	Expired   = "expired"   // the live period is over
	Stopped   = "stopped"   // the person said /stop
	Blocked   = "blocked"   // the person blocked the bot: there is nobody to tell
	Replaced  = "replaced"  // by a new share
	Forgotten = "forgotten" // the person had everything about them deleted: there is nothing to sum up
	Silent    = "silent"    // parked for longest when too many were parked
	Refused   = "refused"   // never began: no place was free
)

const (
	choiceWait = 60 * time.Second // for a choice of the interval, from the share on
	aheadOf    = 90 * time.Second // before a due time its stories are prepared
	parkAfter  = 15 * time.Minute // of silence from the phone
	firstAgain = 5 * time.Second  // a first story that could not start is tried again after it

	beat         = 100 * time.Millisecond // of the loop
	parkedFactor = 10                     // so many parked walks for each place
)

// Config is what a Live needs.
type Config struct {
	Store        store.Walks
	Log          *slog.Logger    // nil = silence
	Intervals    []time.Duration // to choose from, each at least a second; default 5, 10, 30, 60 minutes
	Default      time.Duration   // one of Intervals; default the one nearest to 10 minutes
	MaxSessions  int             // walks at once, parked ones not counted; default 50
	MaxUpdates   int             // moves applied at once; default 10
	BatchSize    int             // moves that make a batch; default 5
	BatchTimeout time.Duration   // a smaller batch is applied so long after its first move; default 1 s
	Shared       bool            // with other processes: Run reads no walks, Adopt brings them
	Drain        time.Duration   // deliveries under way have so long after Run's context ended; default 20 s
	Observe      func(lateness time.Duration)
}

// Outcome says how a delivery ended.
type Outcome int

// The outcomes. Only Delivered counts as a story.
const (
	Delivered   Outcome = iota
	Nothing             // everything near is told, or there is nothing
	Failed              // no story came about, or it was not sent
	Unreachable         // the person blocked the bot: the walk ends
	Dropped             // it could not start in time; nobody noticed
)

// Tick is a story that is due.
type Tick struct {
	Walk    string // its ID
	Person  int64
	Chat    int64
	Number  int       // of the story, if it is delivered
	Due     time.Time // for an asked one: when it was asked for
	Next    time.Time // the due time after it: a delivery that can't start before is Dropped
	Point   geo.Point
	Heading float64       // degrees clockwise from north, of the movement or else of the phone; negative = unknown
	First   bool          // the walk's first
	Asked   bool          // by Next: the person waits for an answer
	Attempt store.Attempt // what an earlier try left of it: go on with that
}

// Hooks is what a Live calls. No lock is held; each must return at once, for the loop waits for it.
type Hooks struct {
	// Deliver tells a story and then calls done, once. ctx ends when the walk does or the process must; a story not yet
	// sent by then must not be sent. No two deliveries for one person overlap.
	Deliver func(ctx context.Context, t Tick, done func(Outcome))
	// Prepare asks for stories to be ready where the person is expected at the next due time.
	Prepare func(w store.Walk, at geo.Point)
	// Chosen says that nobody chose and the default holds.
	Chosen func(w store.Walk)
	// Ended says that a walk ended (w.Reason, w.Track) after its last delivery. done(nil) closes it: its track and its stops
	// are forgotten. After an error it is called again later, for a day.
	Ended func(w store.Walk, done func(error))
	// Quiet says that everything round the person is told: nothing more comes until they move on.
	Quiet func(w store.Walk)
}

// Live keeps the walks. Its methods may be called from many goroutines at once; those that change a walk return after the
// change is stored. They wait for Run to have read the walks.
type Live struct {
	cfg   Config
	hooks Hooks
	log   *slog.Logger

	ready chan struct{} // closed when the walks are read
	wake  chan struct{} // holds a token when the loop has something to do before the next beat
	dirty chan struct{} // holds a token when something is to be stored

	saving sync.Mutex // held while walks are written, so that none overtakes another

	mu       sync.Mutex
	walks    map[key]*session   // all that are not closed
	people   map[int64]*session // the one walk of a person that goes on
	telling  map[int64]*session // whose delivery is under way
	events   queue
	changed  []*session // to be stored
	pending  []*session // with a move to be applied, oldest first
	since    time.Time  // when the first of them came
	clock    clock
	active   int // walks that go on and are not parked
	parked   int
	offered  int  // Ended hooks without an answer
	stopping bool // Run's context ended
	stats    Stats
}

// Stats counts what a Live did since it was made, and what it holds.
type Stats struct {
	Sessions int // walks that go on and are not parked
	Parked   int
	Closing  int // ended, and the person is not yet told
	Pending  int // moves not yet applied

	Delivered  uint64
	Failed     uint64        // deliveries that ended as Failed
	Dropped    uint64        // due times without a story because one was under way or could not start
	Skipped    uint64        // due times found passed by an interval or more
	Late       time.Duration // of the last delivery at its own due time, until it was delivered
	LateMax    time.Duration
	Moves      uint64 // applied
	Ignored    uint64 // moves older than the newest, off the globe, or jumps not confirmed
	Started    uint64
	Ended      uint64
	Refused    uint64
	SaveErrors uint64
}

// New checks the configuration. It starts nothing: Run does.
func New(cfg Config, hooks Hooks) (*Live, error) {
	if cfg.Store == nil || hooks.Deliver == nil || hooks.Prepare == nil || hooks.Chosen == nil || hooks.Ended == nil || hooks.Quiet == nil {
		return nil, errors.New("live: store and hooks are required")
	}
	if len(cfg.Intervals) == 0 {
		cfg.Intervals = []time.Duration{5 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour}
	}
	if least := slices.Min(cfg.Intervals); least < time.Second {
		return nil, fmt.Errorf("live: interval %v is shorter than a second", least)
	}
	if cfg.Default == 0 {
		cfg.Default = slices.MinFunc(cfg.Intervals, func(a, b time.Duration) int {
			return cmp.Compare((a - 10*time.Minute).Abs(), (b - 10*time.Minute).Abs())
		})
	}
	if !slices.Contains(cfg.Intervals, cfg.Default) {
		return nil, fmt.Errorf("live: default %v is none of the intervals", cfg.Default)
	}
	cfg.MaxSessions = usual(cfg.MaxSessions, 50)
	cfg.MaxUpdates = usual(cfg.MaxUpdates, 10)
	cfg.BatchSize = usual(cfg.BatchSize, 5)
	cfg.BatchTimeout = usual(cfg.BatchTimeout, time.Second)
	cfg.Drain = usual(cfg.Drain, 20*time.Second)
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Observe == nil {
		cfg.Observe = func(time.Duration) {}
	}
	return &Live{
		cfg: cfg, hooks: hooks, log: cfg.Log,
		ready:   make(chan struct{}),
		wake:    make(chan struct{}, 1),
		dirty:   make(chan struct{}, 1),
		walks:   make(map[key]*session),
		people:  make(map[int64]*session),
		telling: make(map[int64]*session),
	}, nil
}

// usual returns v, or def if v is not positive.
func usual[T int | time.Duration](v, def T) T {
	if v <= 0 {
		return def
	}
	return v
}

// Intervals returns what can be chosen from.
func (l *Live) Intervals() []time.Duration { return slices.Clone(l.cfg.Intervals) }

// Stats returns the counters.
func (l *Live) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	st := l.stats
	st.Sessions, st.Parked, st.Pending = l.active, l.parked, len(l.pending)
	st.Closing = len(l.walks) - l.active - l.parked
	return st
}

// Walk returns the walk of a person that goes on.
func (l *Live) Walk(person int64) (store.Walk, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.people[person]
	if s == nil || s.starting {
		return store.Walk{}, false
	}
	return s.snapshot(), true
}

// signal puts a token into a channel that holds at most one.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// wall is the time by the wall clock alone: due times outlive the process, whose monotonic clock means nothing to the next.
func wall() time.Time { return time.Now().Round(0) }
