package intake

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"regexp"
	"time"

	"excursobot/bot/intake/cluster"
	"excursobot/bot/telegram"
	"excursobot/store"
)

// Store is what an Intake needs of the store.
type Store interface {
	store.Inbox
	store.Deliveries
}

// Config configures an Intake.
type Config struct {
	API   *telegram.Sender // required
	Store Store            // required
	Guard *Guard           // required
	Log   *slog.Logger     // default: no log
	Hooks Hooks            // all required, except those for Cluster without it

	WebhookURL    string // where Telegram posts updates; "" = long polling
	WebhookSecret string // required with WebhookURL: 1-256 of A-Z a-z 0-9 _ -

	// ClockSkew returns by how much this machine's clock is ahead of Telegram's; nil = the clocks agree.
	ClockSkew func() time.Duration

	Silence     time.Duration // Run ends with ErrSilent after this long without contact to Telegram; default 10 min, negative = never
	MaxInflight int           // updates waiting and under way; default 2000. Telegram keeps further ones
	MaxBytes    int           // of these updates together, as Telegram sent them; default 8 MiB
	PerChat     int           // of one chat; default 20
	Limits      Limits

	// Cluster shares the chats out among several processes on the same store; nil = there is no other process.
	Cluster store.Cluster
	Replica string        // names this process among them; required with Cluster
	Lease   time.Duration // after it the work of a dead one is taken over; default 30 s

	Observe Observe
}

// Hooks is what an Intake calls. No lock is held. They may be called from many goroutines at once.
type Hooks struct {
	// Route returns what an update asks for. It is called at arrival and changes nothing. Of an update that earlier processes left, it may be
	// called in every process.
	Route func(u *telegram.Update) Job
	// Paused reports whether an operator's pause holds for an update.
	Paused func(ctx context.Context, u *telegram.Update) bool
	// Refuse returns the handler that answers instead of a job's.
	Refuse func(r Refusal) Handler
	// Failed tells the person, as far as that helps, that a handler failed. The log has the error. ctx may have ended.
	Failed func(ctx context.Context, t *Task, f Failure)
	// DeadLetter apologises for an update over which processes ended. After an error the update is a dead letter anyway, unless this process
	// is stopping.
	DeadLetter func(ctx context.Context, t *Task) error
	// Lost is told of an update that is lost because its chat has too much under way. It returns a function that tells the person; nil = nobody is
	// told.
	Lost func(u *telegram.Update) func(ctx context.Context)
	// Checkout answers a pre-checkout query. storable reports whether the store has room for the payment; it waits for that.
	Checkout func(ctx context.Context, u *telegram.Update, storable func() bool) error
	// Query answers an inline or a guest query. After ctx nobody waits for the answer.
	Query func(ctx context.Context, u *telegram.Update) error

	// Connected is called once, as soon as updates come in, in its own goroutine. Run waits for it; ctx ends with Run.
	Connected func(ctx context.Context)
	// Beside runs from the first contact to Telegram on, while updates are accepted. It ends with ctx; if it ends earlier, Run ends. nil = nothing.
	Beside func(ctx context.Context) error

	// AdoptWalks, DropWalks, HasWalk and SetShare are called with Cluster only.
	AdoptWalks func(walks []store.Walk) // of chats that belong to this process from now on
	DropWalks  func(chat int64)         // of a chat that belongs to another process
	HasWalk    func(chat int64) bool    // reports whether the chat must stay with this process
	SetShare   func(part float64)       // which part of the common rate of messages this process may use, 0 to 1
}

// Failure is why a handler failed.
type Failure struct {
	Cause error
	Story bool // the person waits for a story
	Money bool // the payment is stored, even if the thanks failed
}

// Observe is told what happens; nil functions are left out. Labels are few and name no person.
type Observe struct {
	Update func(kind, outcome string) // each update that came in
	Error  func(part string)          // faults that the operator should see
}

var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// check returns cfg with its defaults.
func (cfg Config) check() (Config, error) {
	if cfg.API == nil || cfg.Store == nil || cfg.Guard == nil {
		return cfg, errors.New("intake: API, Store and Guard are required")
	}
	if cfg.Cluster != nil && cfg.Replica == "" {
		return cfg, errors.New("intake: a Cluster needs the name of this Replica")
	}
	if cfg.WebhookURL != "" && !secretForm.MatchString(cfg.WebhookSecret) {
		return cfg, errors.New("intake: the webhook secret must be 1-256 of A-Z, a-z, 0-9, _ and -")
	}
	cfg.Log = cmp.Or(cfg.Log, slog.New(slog.DiscardHandler))
	if cfg.ClockSkew == nil {
		cfg.ClockSkew = func() time.Duration { return 0 }
	}
	cfg.Silence = cmp.Or(cfg.Silence, 10*time.Minute)
	cfg.MaxInflight = cmp.Or(max(cfg.MaxInflight, 0), DefaultMaxInflight)
	cfg.MaxBytes = cmp.Or(max(cfg.MaxBytes, 0), DefaultMaxBytes)
	cfg.PerChat = cmp.Or(max(cfg.PerChat, 0), 20)
	if cfg.Observe.Update == nil {
		cfg.Observe.Update = func(string, string) {}
	}
	if cfg.Observe.Error == nil {
		cfg.Observe.Error = func(string) {}
	}
	return cfg, nil
}

// Defaults of Config.MaxInflight and Config.MaxBytes. An update has 500 bytes or so; one with a quoted long post 60 KB.
const (
	DefaultMaxInflight = 2000
	DefaultMaxBytes    = 8 << 20
)

// newMember returns this process's place among the replicas.
func (in *Intake) newMember() (*cluster.Member, error) {
	cfg, hooks := in.parts.cfg, in.parts.cfg.Hooks
	return cluster.New(cluster.Config{
		Store: cfg.Cluster, ID: cfg.Replica, Lease: cfg.Lease, Polling: cfg.WebhookURL == "", Log: cfg.Log,
		Hooks: cluster.Hooks{
			Adopt: func(ctx context.Context, chats ...int64) error {
				walks, err := cfg.Cluster.WalksIn(ctx, chats...)
				if err == nil {
					hooks.AdoptWalks(walks)
				}
				return err
			},
			Drop:     hooks.DropWalks,
			Idle:     func(chat int64) bool { return !in.parts.lanes.busy(chat) && !hooks.HasWalk(chat) },
			Taking:   in.parts.state.takes,
			CatchUp:  in.backlog.catchUp,
			Hear:     in.hear,
			SetShare: hooks.SetShare,
			Fault:    func(error) { cfg.Observe.Error("store") },
			Guard:    cfg.Guard.Run,
		},
	})
}
