// Package bot is the conversation: it routes an update to a subject (stories, walks, gifts, settings, people, operators), handles it, and renders the
// answer. It knows commands, buttons and words. Package intake brings the updates and keeps them from getting lost, package telegram sends the
// answers, package guide tells the stories, and package live decides when a walk's next one is due.
package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/intake"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo/track"
	"excursobot/limiter"
	"excursobot/store"
)

// Store is what a Bot needs of the store.
type Store interface {
	store.Users
	store.Told
	store.Places
	store.Ledger
	store.Walks
	store.Payments
	store.Settings
	store.Inbox
	store.Deliveries
	// ForgetUser is as in store.Store.
	ForgetUser(ctx context.Context, person int64, at time.Time) error
}

// Config configures a Bot. API, Store, Guide and Words are required.
type Config struct {
	API   telegram.API
	Store Store
	Guide *guide.Guide
	Words *text.Catalog
	Log   *slog.Logger // default: no log

	WebhookURL    string // where Telegram posts updates; "" = long polling
	WebhookSecret string // required with WebhookURL: 1-256 of A-Z a-z 0-9 _ -

	// Room reports whether there is room for a payment, as far as that can be known before it is made; nil = there is.
	Room func() bool

	// ClockSkew returns by how much this machine's clock is ahead of Telegram's; nil = the clocks agree.
	ClockSkew func() time.Duration

	Silence time.Duration // Run ends with intake.ErrSilent after this long without contact to Telegram; default 10 min, negative = never

	MaxInflight  int          // updates waiting and under way; default 2000. Telegram keeps what is beyond it
	PerChat      int          // of one chat; default 20
	HidePictures bool         // nobody's stories carry any
	Admins       []int64      // operators
	Support      string       // whom /paysupport names; "" = nobody
	DailyTokens  int64        // for /admin, as the guide has it; 0 = no limit
	TokenPrice   float64      // dollars for a million tokens, for /admin; 0 = unknown
	Today        func() Today // the day's numbers for /admin; nil = nobody counts
	Limits       Limits
	Live         live.Config // Store, Log, Shared and Observe are the Bot's

	// Cluster shares the chats out among several processes on the same Store; nil = there is no other process.
	Cluster store.Cluster
	Replica string        // names this process among them; required with Cluster
	Lease   time.Duration // after it the work of a dead one is taken over; default 30 s

	Observe Observe
}

// Limits are the rates that the bot keeps to and to which it holds people. A zero field is its default, a negative rate is no limit.
type Limits struct {
	intake.Limits
	ChatRate       float64       // messages to one chat, a second; default 1
	ChatBurst      int           // default 3
	OutRate        float64       // messages in all, a second; default 25
	OutBurst       int           // default 5: with OutRate at most 30 in any second, which is Telegram's own limit
	NoticeInterval time.Duration // between two notices of a kind to one person; default 1 min
}

func (l Limits) withDefaults() Limits {
	l.ChatRate, l.ChatBurst = cmp.Or(l.ChatRate, 1), cmp.Or(l.ChatBurst, 3)
	l.OutRate, l.OutBurst = cmp.Or(l.OutRate, 25), cmp.Or(l.OutBurst, 5)
	l.NoticeInterval = cmp.Or(max(l.NoticeInterval, 0), time.Minute)
	return l
}

// Bot joins the subjects of the conversation. Run must run for updates to be answered.
type Bot struct {
	cfg     Config
	log     *slog.Logger
	pace    *limiter.Pace[int64] // of messages, by chat
	out     *telegram.Sender
	guard   *intake.Guard
	intake  *intake.Intake
	live    *live.Live
	mux     mux
	observe Observe

	// The subjects.
	reply     *responder
	stories   *stories
	walks     *walks
	gifts     *gifts
	settings  *settings
	people    *people
	help      *help
	operators *operators
	menus     *menus
	pause     *pause
}

var _ http.Handler = (*Bot)(nil)

// New returns a Bot. It starts nothing and makes no call.
func New(cfg Config) (*Bot, error) {
	if cfg.API == nil || cfg.Store == nil || cfg.Guide == nil || cfg.Words == nil {
		return nil, errors.New("bot: API, Store, Guide and Words are required")
	}
	cfg.Log = cmp.Or(cfg.Log, slog.New(slog.DiscardHandler))
	if cfg.Room == nil {
		cfg.Room = func() bool { return true }
	}
	cfg.Limits = cfg.Limits.withDefaults()
	b := &Bot{cfg: cfg, log: cfg.Log, observe: cfg.Observe.filled()}
	b.guard = intake.NewGuard(cfg.Log, b.observe.Error)
	b.pace = limiter.NewPace[int64](limiter.PaceConfig{
		Rate: cfg.Limits.OutRate, Burst: cfg.Limits.OutBurst,
		KeyRate: cfg.Limits.ChatRate, KeyBurst: cfg.Limits.ChatBurst,
		MaxWaiting: 2 * cmp.Or(max(cfg.MaxInflight, 0), intake.DefaultMaxInflight), // a task and its "typing" each wait once
	})
	b.out = telegram.NewSender(telegram.SenderConfig{API: cfg.API, Pace: b.pace, Log: cfg.Log, Observe: b.observe.Call, Guard: b.guard.Run})
	var err error
	if b.intake, err = b.newIntake(); err != nil {
		return nil, fmt.Errorf("bot: %w", err)
	}
	if err := b.join(); err != nil {
		return nil, fmt.Errorf("bot: %w", err)
	}
	return b, nil
}

// newIntake connects the intake with the subjects, which are made after it and before its Run.
func (b *Bot) newIntake() (*intake.Intake, error) {
	cfg := &b.cfg
	return intake.New(intake.Config{
		API: b.out, Store: cfg.Store, Guard: b.guard, Log: cfg.Log,
		WebhookURL: cfg.WebhookURL, WebhookSecret: cfg.WebhookSecret, ClockSkew: cfg.ClockSkew, Silence: cfg.Silence,
		MaxInflight: cfg.MaxInflight, PerChat: cfg.PerChat, Limits: cfg.Limits.Limits,
		Cluster: cfg.Cluster, Replica: cfg.Replica, Lease: cfg.Lease,
		Observe: intake.Observe{Update: b.observe.Update, Error: b.observe.Error},
		Hooks: intake.Hooks{
			Route:      b.route,
			Paused:     func(ctx context.Context, u *telegram.Update) bool { return b.pause.closedFor(ctx, u) },
			Refuse:     func(r intake.Refusal) intake.Handler { return b.reply.refuse(r) },
			Failed:     b.failed,
			DeadLetter: func(ctx context.Context, t *intake.Task) error { return b.reply.deadLetter(ctx, t) },
			Lost:       func(u *telegram.Update) func(context.Context) { return b.reply.lost(u) },
			Checkout: func(ctx context.Context, u *telegram.Update, storable func() bool) error {
				return b.gifts.answerCheckout(ctx, u, storable)
			},
			Connected:  func(ctx context.Context) { b.menus.describe(ctx) },
			Beside:     func(ctx context.Context) error { return b.live.Run(ctx) },
			AdoptWalks: func(walks []store.Walk) { b.live.Adopt(walks) },
			DropWalks:  func(chat int64) { b.live.Drop(chat) },
			HasWalk:    func(chat int64) bool { return b.live.Keeps(chat) },
			SetShare:   func(part float64) { b.pace.SetRate(cfg.Limits.OutRate * part) },
		},
	})
}

// join makes the subjects and connects them.
func (b *Bot) join() error {
	cfg := &b.cfg
	ids := operatorIDs(cfg.Admins)
	b.reply = &responder{
		out: b.out, users: cfg.Store, words: cfg.Words, host: b.intake,
		notices: limiter.NewKeyed[notice](limiter.KeyedConfig{Rate: 1 / cfg.Limits.NoticeInterval.Seconds(), Burst: 1}),
		observe: b.observe, log: b.log,
	}
	b.pause = &pause{store: cfg.Store, operators: ids, observe: b.observe, log: b.log}
	pins := &pins{out: b.out, store: cfg.Store}
	report := reporter{observe: b.observe, log: b.log}
	b.walks = &walks{
		out: b.out, reply: b.reply, host: b.intake, guide: cfg.Guide, store: cfg.Store, pause: b.pause, pins: pins, report: report,
		troubles: limiter.NewKeyed[int64](limiter.KeyedConfig{Rate: 1 / troubleEvery.Seconds(), Burst: 1}),
		painter:  track.NewPainter(), pictures: !cfg.HidePictures, observe: b.observe, log: b.log,
	}
	cfg.Live.Store, cfg.Live.Log, cfg.Live.Observe = cfg.Store, cfg.Log, b.observe.Late
	cfg.Live.Shared = cfg.Cluster != nil
	var err error
	if b.live, err = live.New(cfg.Live, b.walks.hooks()); err != nil {
		return err
	}
	b.people = &people{
		out: b.out, reply: b.reply, live: b.live, store: cfg.Store, words: cfg.Words, observe: b.observe, log: b.log,
	}
	b.reply.people = b.people
	b.walks.live, b.walks.intervals, b.walks.people = b.live, b.live.Intervals(), b.people
	b.stories = &stories{
		out: b.out, reply: b.reply, host: b.intake, guide: cfg.Guide, live: b.live, store: cfg.Store, pins: pins, report: report,
		pictures: !cfg.HidePictures, observe: b.observe, log: b.log,
	}
	b.gifts = &gifts{
		out: b.out, reply: b.reply, store: cfg.Store, room: cfg.Room, observe: b.observe, log: b.log,
	}
	b.settings = &settings{out: b.out, reply: b.reply, store: cfg.Store, words: cfg.Words}
	b.menus = &menus{out: b.out, words: cfg.Words, operators: ids, log: b.log}
	b.help = &help{
		out: b.out, reply: b.reply, gifts: b.gifts, menus: b.menus, operators: ids, words: cfg.Words, support: cfg.Support,
	}
	b.operators = &operators{
		out: b.out, reply: b.reply, guide: cfg.Guide, live: b.live, store: cfg.Store, gifts: b.gifts, people: b.people, pause: b.pause,
		operators: ids, tasks: func() int { return b.intake.Stats().Tasks }, today: cfg.Today,
		dailyTokens: cfg.DailyTokens, tokenPrice: cfg.TokenPrice, log: b.log,
	}
	b.mux = b.routes()
	return nil
}

// Run answers updates until ctx ends, then waits for those under way: until they are done, or, once work ends, cancelled. It returns
// telegram.ErrToken if Telegram does not know the token, intake.ErrSilent after Config.Silence without contact to Telegram, and nil after a clean stop.
func (b *Bot) Run(ctx, work context.Context) error { return b.intake.Run(ctx, work) }

// ServeHTTP takes an update that Telegram posts to the webhook.
func (b *Bot) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.intake.ServeHTTP(w, r) }

// Ready returns why updates do not come in, nil if they do.
func (b *Bot) Ready() error { return b.intake.Ready() }

// Stats is a Bot at one moment.
type Stats struct {
	intake.Stats
	Out   limiter.PaceStats
	Walks live.Stats
}

// Stats returns the numbers.
func (b *Bot) Stats() Stats {
	return Stats{Stats: b.intake.Stats(), Out: b.pace.Stats(), Walks: b.live.Stats()}
}
