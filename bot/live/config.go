package live

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// Config configures a Live. Only Store is required.
type Config struct {
	Store        store.Walks
	Log          *slog.Logger    // nil = no log
	Intervals    []time.Duration // that a person may choose, each at least a second; default 5, 10, 30, 60 minutes
	Default      time.Duration   // one of Intervals, or Pass; default the interval nearest to 10 minutes
	PassGap      time.Duration   // between two stories of a walk that tells what the walker passes, default 2 minutes
	Riding       float64         // metres per second; a faster person sits in a train or a car and passes only rich places; default 8
	MaxSessions  int             // walks at once without the parked ones, default 50
	MaxUpdates   int             // moves applied at once, default 10
	BatchSize    int             // moves in a full batch, default 5
	BatchTimeout time.Duration   // a batch that is not full is applied this long after its first move, default 1 s
	Shared       bool            // other processes serve walks of the store, too: Run reads no walks, TakeOver brings them
	Drain        time.Duration   // time for deliveries in progress to end after the context of Run ended, default 20 s
	Observe      func(lateness time.Duration)

	// Uptime is a clock that nobody sets and that goes on while the machine is suspended; nil = Go's monotonic clock, which stands still meanwhile.
	Uptime func() time.Duration
	// Ahead returns by how much this machine's wall clock is ahead of Telegram's, as far as that is known. AskTime asks Telegram, after which Ahead is
	// right. nil = Telegram cannot be asked: when the two clocks of the machine differ, the wall clock was set.
	Ahead   func() time.Duration
	AskTime func(ctx context.Context) error
}

// withDefaults returns cfg with defaults in place of missing values, or an error for a value that cannot be used.
func (cfg Config) withDefaults() (Config, error) {
	if len(cfg.Intervals) == 0 {
		cfg.Intervals = []time.Duration{5 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour}
	}
	if least := slices.Min(cfg.Intervals); least < time.Second {
		return cfg, fmt.Errorf("live: interval %v is shorter than a second", least)
	}
	if cfg.Default == 0 {
		cfg.Default = slices.MinFunc(cfg.Intervals, func(a, b time.Duration) int {
			return cmp.Compare((a - 10*time.Minute).Abs(), (b - 10*time.Minute).Abs())
		})
	}
	if cfg.Default != Pass && !slices.Contains(cfg.Intervals, cfg.Default) {
		return cfg, fmt.Errorf("live: default %v is not one of the intervals", cfg.Default)
	}
	cfg.PassGap = positiveOr(cfg.PassGap, 2*time.Minute)
	if cfg.Riding <= 0 {
		cfg.Riding = 8
	}
	cfg.MaxSessions = positiveOr(cfg.MaxSessions, 50)
	cfg.MaxUpdates = positiveOr(cfg.MaxUpdates, 10)
	cfg.BatchSize = positiveOr(cfg.BatchSize, 5)
	cfg.BatchTimeout = positiveOr(cfg.BatchTimeout, time.Second)
	cfg.Drain = positiveOr(cfg.Drain, 20*time.Second)
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Uptime == nil {
		began := time.Now()
		cfg.Uptime = func() time.Duration { return time.Since(began) }
	}
	if cfg.Observe == nil {
		cfg.Observe = func(time.Duration) {}
	}
	return cfg, nil
}

// positiveOr returns v, or def if v is not positive.
func positiveOr[T int | time.Duration](v, def T) T {
	if v <= 0 {
		return def
	}
	return v
}

// Outcome is the result of a delivery.
type Outcome int

// The outcomes. Only Delivered counts as a story.
const (
	Delivered   Outcome = iota
	Nothing             // everything near is told, or there is nothing
	Failed              // there was no story, or it was not sent
	Unreachable         // the person blocked the bot: the walk ends
	Unready             // what the walker passes is not written yet
	Dropped             // it could not start in time, and the person saw nothing of it
)

// Tick is a story that is due.
type Tick struct {
	Walk    string // its ID
	Person  int64
	Chat    int64
	Topic   int       // of the chat; 0 = none
	Number  int       // of the story, if it is delivered
	Due     time.Time // for an asked story: when the person asked
	Next    time.Time // the due time after it: a delivery that cannot start before is Dropped
	Point   geo.Point
	Heading float64       // degrees clockwise from north, of the movement or else of the phone; negative = unknown
	First   bool          // the first story of the walk
	Pass    bool          // the walker passes Place: only a story that is ready is told
	Place   string        // that the story is about; "" = any
	Within  float64       // how far away the place may be in metres; 0 = as far as a walk goes
	Arrived bool          // the walker is at the aim, and the story is that of the aim
	Aim     geo.Point     // at which the walker arrived
	Asked   bool          // by Next: the person waits for an answer
	Attempt store.Attempt // left by an earlier try, which this one continues
}

// Hooks are the functions that a Live calls. It holds no lock then. Each must return at once, because the loop waits for it.
type Hooks struct {
	// Deliver tells a story and then calls done, once. ctx ends when the walk ends or the process must: a story that is not sent by then must
	// not be sent. Deliveries for one person never overlap.
	Deliver func(ctx context.Context, t Tick, done func(Outcome))
	// Prepare asks for stories to be ready where the person is expected at the next due time.
	Prepare func(w store.Walk, at geo.Point)
	// Survey asks for the untold places around a walker, nearest first, and for the stories of those ahead to be ready soon. done is called once.
	Survey func(w store.Walk, v Survey, done func([]Sight, error))
	// Chosen reports that the person did not choose and the default holds.
	Chosen func(w store.Walk)
	// Ended reports that a walk ended (w.Reason, w.Track), after its last delivery. done(nil) closes the walk: its track and its stops are
	// forgotten. After done with an error, Ended is called again later, for a day.
	Ended func(w store.Walk, done func(error))
	// Quiet reports that everything around the person is told. No story comes until they move on.
	Quiet func(w store.Walk)
}
