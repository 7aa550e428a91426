// Package bot is the Telegram side: updates in, messages out. It knows chats, lanes and buttons; it knows no prompts and no database engine.
//
// An update comes in through the webhook handler or the poller (ingest.go), waits in a lane of its chat (lanes.go), is
// given to its handler (dispatch.go, handlers_*.go) and is answered through the one sender (send.go, message.go).
package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo/track"
	"excursobot/limiter"
	"excursobot/store"
)

// Config wires a Bot.
type Config struct {
	API   telegram.API
	Store store.Store
	Guide *guide.Guide
	Words *text.Catalog
	Log   *slog.Logger

	WebhookURL    string // where Telegram is to post updates; "" = long polling
	WebhookSecret string // required with WebhookURL: 1-256 of A-Z a-z 0-9 _ -

	// Room says whether there is room for a payment, as far as that can be known before it is made; nil = there is.
	Room func() bool

	// ClockSkew returns by how much this machine's clock is ahead of Telegram's; nil = the clocks agree.
	ClockSkew func() time.Duration

	Silence time.Duration // without hearing Telegram for so long Run ends with ErrSilent, default 10 min; negative = never

	MaxInflight  int // updates waiting and under way, default 2000; over it Telegram keeps them
	PerChat      int // of one chat, default 20
	HidePictures bool
	Admins       []int64 // operators
	Support      string  // whom /paysupport names; "" = nobody
	DailyTokens  int64   // for /admin, as the guide has it; 0 = no limit
	TokenPrice   float64 // dollars for a million tokens, for /admin; 0 = unknown
	Limits       Limits
	Live         live.Config // Store, Log, Shared and Observe are the Bot's

	// Cluster shares the chats out among several processes on the same Store; nil = there is no other.
	Cluster store.Cluster
	Replica string        // names this one among them; required with Cluster
	Lease   time.Duration // after it the work of a dead one is taken over, default 30 s

	Observe Observe
}

// Limits are the rates that the bot keeps to and holds people to. A zero field is its default, a negative rate is no limit.
type Limits struct {
	StoryRate      float64       // story requests of a person, a second; default 0.2
	StoryBurst     int           // default 3
	UpdateRate     float64       // any updates of a person, a second; default 2
	UpdateBurst    int           // default 20
	AllStoryRate   float64       // story requests of all together, a second; default 40
	AllStoryBurst  int           // default 80
	ChatRate       float64       // messages out to one chat, a second; default 1
	ChatBurst      int           // default 3
	OutRate        float64       // messages out in all, a second; default 25
	OutBurst       int           // default 5: with OutRate at most 30 in any second, Telegram's own limit
	NoticeInterval time.Duration // between two notices of a kind to one person, default 1 min
}

// Observe is told what happens; nil functions are left out. Labels are few and name no person.
type Observe struct {
	Update func(kind, outcome string)                           // each update that came in
	Call   func(method, outcome string)                         // each call to Telegram
	First  func(kind string, d time.Duration)                   // from arrival to a card or a story
	Story  func(kind string, src guide.Source, d time.Duration) // from arrival to the whole answer; src "busy" = refused for load
	Late   func(d time.Duration)                                // a walk's story behind its due time
	Error  func(part string)                                    // faults that the operator should see
}

// Bot answers updates. Run must run for that.
type Bot struct {
	cfg       Config
	log       *slog.Logger
	pace      *limiter.Pace[int64] // of what goes out, by chat
	out       *telegram.Sender
	lanes     *lanes
	walks     *live.Live
	intervals []time.Duration // to choose from
	painter   *track.Painter
	limits    buckets
	replicas  *replicas // nil without Cluster
	mux       mux
	observe   Observe

	username atomic.Pointer[string] // of the bot, once Telegram said it
	counts   counters
	arrears  arrears
	suspects chan struct{}             // holds a token while something is tried that may end the process
	alive    atomic.Pointer[time.Time] // when updates last could come in; set by Run first
	tally    *tally
	pause    pause
	checkout checkouts

	mu       sync.Mutex
	stage    stage
	began    time.Time          // of Run; set before any update
	work     context.Context    //nolint:containedctx // the work context of Run: it outlives the requests that bring updates
	inflight map[int64]struct{} // ids of updates accepted and not done; bounded by MaxInflight
	ready    error              // why updates are not coming in; nil = they are
}

// stage is how far a Bot's life is.
type stage uint8

const (
	starting stage = iota // Telegram is not heard yet, or the inbox not read
	taking                // updates are taken
	draining
)

var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

var errStarting = errors.New("bot: not started")

// New returns a Bot. It starts nothing and makes no call.
func New(cfg Config) (*Bot, error) {
	if cfg.API == nil || cfg.Store == nil || cfg.Guide == nil || cfg.Words == nil {
		return nil, errors.New("bot: API, Store, Guide and Words are required")
	}
	if cfg.Cluster != nil && cfg.Replica == "" {
		return nil, errors.New("bot: a Cluster needs the name of this Replica")
	}
	if cfg.WebhookURL != "" && !secretForm.MatchString(cfg.WebhookSecret) {
		return nil, errors.New("bot: the webhook secret must be 1-256 of A-Z, a-z, 0-9, _ and -")
	}
	cfg.Log = cmp.Or(cfg.Log, slog.New(slog.DiscardHandler))
	if cfg.Room == nil {
		cfg.Room = func() bool { return true }
	}
	if cfg.ClockSkew == nil {
		cfg.ClockSkew = func() time.Duration { return 0 }
	}
	cfg.Silence = cmp.Or(cfg.Silence, 10*time.Minute)
	cfg.MaxInflight = cmp.Or(max(cfg.MaxInflight, 0), 2000)
	cfg.PerChat = cmp.Or(max(cfg.PerChat, 0), 20)
	cfg.Limits = cfg.Limits.withDefaults()
	b := &Bot{
		cfg:      cfg,
		log:      cfg.Log,
		lanes:    newLanes(cfg.MaxInflight, cfg.PerChat),
		painter:  track.NewPainter(),
		limits:   newBuckets(cfg.Limits),
		tally:    newTally(),
		inflight: make(map[int64]struct{}),
		suspects: make(chan struct{}, 1),
		ready:    errStarting,
	}
	b.observe = b.tally.watch(cfg.Observe.filled())
	b.pace = limiter.NewPace[int64](limiter.PaceConfig{
		Rate: cfg.Limits.OutRate, Burst: cfg.Limits.OutBurst,
		KeyRate: cfg.Limits.ChatRate, KeyBurst: cfg.Limits.ChatBurst,
		MaxWaiting: 2 * cfg.MaxInflight, // a task and its "typing" each wait once
	})
	b.out = telegram.NewSender(telegram.SenderConfig{API: cfg.API, Pace: b.pace, Log: cfg.Log, Observe: b.observe.Call, Guard: b.guard})
	cfg.Live.Store, cfg.Live.Log, cfg.Live.Observe = cfg.Store, cfg.Log, b.observe.Late
	cfg.Live.Shared = cfg.Cluster != nil
	walks, err := live.New(cfg.Live, b.hooks())
	if err != nil {
		return nil, fmt.Errorf("bot: %w", err)
	}
	b.walks, b.intervals = walks, walks.Intervals()
	if cfg.Cluster != nil {
		b.replicas = newReplicas(b, cfg.Cluster, cfg.Replica, cfg.Lease, cfg.Log)
		b.setShare(0) // until it has one
	}
	b.mux = b.routes()
	return b, nil
}

// Run takes updates until intake ends, then waits for those under way: until they are done, or, once work ends, cancelled. It
// returns telegram.ErrToken if Telegram does not know the token, ErrSilent if it was not heard for Config.Silence, nil after a clean stop.
func (b *Bot) Run(intake, work context.Context) error {
	b.mu.Lock()
	b.work, b.began = work, time.Now()
	b.mu.Unlock()

	paying, stopPaying := context.WithCancel(work)
	defer stopPaying()
	paid := make(chan struct{})
	go func() { defer close(paid); b.payArrears(paying) }()
	leave := b.joinReplicas(work)

	var walks error
	err := b.watched(intake, func(ctx context.Context) error {
		err := b.introduce(ctx)
		if err == nil {
			walks, err = b.serve(ctx)
		}
		return err
	})
	b.shut()
	b.lanes.wait()
	b.checkout.wait()
	stopPaying()
	<-paid
	if last := b.lastArrears(); last != nil {
		b.log.Error("arrears", "lost", b.arrears.len(), "error", last)
	}
	leave()
	switch {
	case walks != nil:
		return fmt.Errorf("bot: %w", walks)
	case intake.Err() != nil && !errors.Is(err, telegram.ErrToken):
		return nil
	}
	return err
}

// serve takes updates and lets the walks go on, until ctx or either of them ends. The schedule begins when Telegram is there: what is due
// could not be told before.
func (b *Bot) serve(ctx context.Context) (walks, updates error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	walking := make(chan error, 1)
	go func() {
		defer stop()
		walking <- b.guarded(0, func() error { return b.walks.Run(ctx) })
	}()
	updates = b.guarded(0, func() error { return b.ingest(ctx) })
	stop()
	b.shut()
	return <-walking, updates // the deliveries under way have ended, or were cut off with the work
}

// shut takes no more updates.
func (b *Bot) shut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stage, b.ready = draining, errors.New("bot: draining")
}

// ingest goes on with what an earlier process left, then makes updates come in, and tells Telegram what the bot can do once they do.
func (b *Bot) ingest(ctx context.Context) error {
	if err := b.resume(ctx); err != nil {
		return err
	}
	if b.cfg.WebhookURL == "" {
		return b.poll(ctx)
	}
	if err := b.register(ctx); err != nil {
		return err
	}
	b.setReady(nil)
	b.heard()
	b.describe(ctx)
	b.keepWebhook(ctx)
	return nil
}

// introduce asks Telegram who the bot is, until it answers.
func (b *Bot) introduce(ctx context.Context) error {
	return b.persist(ctx, "getMe", func(ctx context.Context) error {
		var me struct {
			Username string `json:"username"`
		}
		if err := b.out.Call(ctx, "getMe", struct{}{}, &me); err != nil {
			return err
		}
		b.username.Store(&me.Username)
		b.log.Info("telegram_known", "username", me.Username)
		return nil
	})
}

// persist repeats fn with growing pauses until it succeeds, ctx ends (its error) or the token is refused (ErrToken).
func (b *Bot) persist(ctx context.Context, what string, fn func(context.Context) error) error {
	var pause backoff
	for {
		err := fn(ctx)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case telegram.RefusedToken(err):
			return fmt.Errorf("%w: %w", telegram.ErrToken, err)
		}
		b.setReady(fmt.Errorf("telegram: %w", err))
		after := max(pause.next(), telegram.RetryAfter(err))
		b.observe.Error("telegram")
		b.log.Error("telegram_unreachable", "doing", what, "again_in", after.Round(time.Millisecond), "error", err)
		if err := limiter.Sleep(ctx, after); err != nil {
			return err
		}
	}
}

// Ready says why updates are not coming in: nil when they are.
func (b *Bot) Ready() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ready
}

func (b *Bot) setReady(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stage != draining {
		b.ready = err
	}
}

// Stats is a Bot at one moment.
type Stats struct {
	Tasks, Lanes int // updates waiting and under way; lanes at work
	Out          limiter.PaceStats
	Walks        live.Stats
	Parked       uint64    // updates that could not be read, or were tried too often
	Resumed      uint64    // updates that an earlier process left
	Dropped      uint64    // over a person's limit of updates
	Refused      uint64    // room full, bot stopping, store silent: given back to Telegram (of a full chat only by the webhook)
	Panics       uint64    // of handlers and of what runs beside them
	Replicas     int       // alive on the same store, this one too; 0 = it is alone by design
	Chats        int       // that belong to this replica
	LastIngest   time.Time // when Telegram last answered a poll or posted an update; zero = never
}

// Stats returns the numbers.
func (b *Bot) Stats() Stats {
	tasks, running := b.lanes.stats()
	s := Stats{
		Tasks: tasks, Lanes: running, Out: b.pace.Stats(), Walks: b.walks.Stats(),
		Parked: b.counts.parked.Load(), Resumed: b.counts.resumed.Load(), Dropped: b.counts.dropped.Load(),
		Refused: b.counts.refused.Load(), Panics: b.counts.panics.Load(),
	}
	s.Replicas, s.Chats = b.replicas.stats()
	if at := b.counts.heard.Load(); at != 0 {
		s.LastIngest = time.Unix(0, at)
	}
	return s
}

type counters struct {
	parked, resumed, dropped, refused, panics atomic.Uint64
	heard                                     atomic.Int64 // Unix nanoseconds
}

func (o Observe) filled() Observe {
	if o.Update == nil {
		o.Update = func(string, string) {}
	}
	if o.Call == nil {
		o.Call = func(string, string) {}
	}
	if o.First == nil {
		o.First = func(string, time.Duration) {}
	}
	if o.Story == nil {
		o.Story = func(string, guide.Source, time.Duration) {}
	}
	if o.Late == nil {
		o.Late = func(time.Duration) {}
	}
	if o.Error == nil {
		o.Error = func(string) {}
	}
	return o
}
