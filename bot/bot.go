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
	"sync"
	"time"

	"excursobot/bot/intake"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/geo/track"
	"excursobot/limiter"
	"excursobot/store"
)

// Bot joins the subjects of the conversation, the intake and the schedule of walks. Run must run for updates to be answered.
type Bot struct {
	cfg       Config
	pace      *limiter.Pace[int64] // of messages, by chat
	out       *telegram.Sender
	guard     *intake.Guard
	intake    *intake.Intake
	live      *live.Live
	router    *router
	menus     *menus
	elsewhere *elsewhereQueries
	pause     *pause
	books     *bookkeeper

	announcer *announcer
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
	cfg.Observe = cfg.Observe.filled()
	b := &Bot{cfg: cfg, guard: intake.NewGuard(cfg.Log, cfg.Observe.Error)}
	isGroup := func(chat int64) bool { return chat < 0 }
	b.pace = limiter.NewPaceWithSlow(limiter.PaceConfig{
		Rate: cfg.Limits.OutRate, Burst: cfg.Limits.OutBurst,
		KeyRate: cfg.Limits.ChatRate, KeyBurst: cfg.Limits.ChatBurst,
		SlowRate: cfg.Limits.GroupRate, SlowBurst: cfg.Limits.GroupBurst,
		MaxWaiting: 2 * cmp.Or(max(cfg.MaxInflight, 0), intake.DefaultMaxInflight), // a task and its "typing" each wait once
	}, isGroup)
	b.out = telegram.NewSender(telegram.SenderConfig{
		API: cfg.API, Pace: b.pace, Log: cfg.Log, Observe: cfg.Observe.Call, Guard: b.guard.Run,
		Moved: func(ctx context.Context, from, to int64) { b.router.groups.moved(ctx, from, to) },
	})
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
		MaxInflight: cfg.MaxInflight, MaxBytes: cfg.MaxBytes, PerChat: cfg.PerChat, Limits: cfg.Limits.Limits,
		Cluster: cfg.Cluster, Replica: cfg.Replica, Lease: cfg.Lease,
		Observe: intake.Observe{Update: cfg.Observe.Update, Error: cfg.Observe.Error},
		Hooks:   b.hooks(),
	})
}

// hooks returns what the intake calls. The subjects do not exist yet when it is made.
func (b *Bot) hooks() intake.Hooks {
	return intake.Hooks{
		Route:      func(u *telegram.Update) intake.Job { return b.router.route(u) },
		Paused:     func(ctx context.Context, u *telegram.Update) bool { return b.pause.closedFor(ctx, u) },
		Refuse:     func(r intake.Refusal) intake.Handler { return b.router.reply.refuse(r) },
		Failed:     func(ctx context.Context, t *intake.Task, f intake.Failure) { b.router.reply.failed(ctx, t, f) },
		DeadLetter: func(ctx context.Context, t *intake.Task) error { return b.router.reply.deadLetter(ctx, t) },
		Lost:       func(u *telegram.Update) func(context.Context) { return b.router.reply.lost(u) },
		Checkout: func(ctx context.Context, u *telegram.Update, storable func() bool) error {
			return b.router.gifts.answerCheckout(ctx, u, storable)
		},
		Query:      func(ctx context.Context, u *telegram.Update) error { return b.elsewhere.answer(ctx, u) },
		Connected:  func(ctx context.Context) { b.menus.describe(ctx) },
		Beside:     b.beside,
		AdoptWalks: func(walks []store.Walk) { b.live.TakeOver(walks) },
		DropWalks:  func(chat int64) { b.live.Release(chat) },
		HasWalk:    func(chat int64) bool { return b.live.Holds(chat) },
		SetShare:   func(part float64) { b.pace.SetRate(b.cfg.Limits.OutRate * part) },
	}
}

// join makes the subjects and connects them.
func (b *Bot) join() error {
	cfg, observe, log := &b.cfg, b.cfg.Observe, b.cfg.Log
	admins := operatorIDs(cfg.Admins)
	reply := &responder{
		out: b.out, users: cfg.Store, words: cfg.Words, host: b.intake,
		notices: limiter.NewKeyed[notice](limiter.KeyedConfig{Rate: 1 / cfg.Limits.NoticeInterval.Seconds(), Burst: 1}),
		observe: observe, log: log,
	}
	b.pause = &pause{store: cfg.Store, exempt: admins, observe: observe, log: log}
	b.menus = &menus{
		out: b.out, words: cfg.Words, operators: admins, log: log,
		sent: &sentTexts{store: cfg.Store, username: b.intake.Username, observe: observe, log: log},
	}
	pins := &pins{out: b.out, store: cfg.Store}
	voices := &voices{
		out: b.out, reply: reply, host: b.intake, guide: cfg.Guide, speech: cfg.Voices, users: cfg.Store, observe: observe, log: log,
		silence: limiter.NewKeyed[int64](limiter.KeyedConfig{Rate: 1 / silenceEvery.Seconds(), Burst: 1}), pressed: map[pressedButton]struct{}{},
	}
	report := reporter{observe: observe, log: log}
	stewards := &stewards{out: b.out, log: log}
	walks := &walks{
		stewards: stewards,
		out:      b.out, reply: reply, host: b.intake, guide: cfg.Guide, store: cfg.Store, pause: b.pause, pins: pins, voices: voices, report: report,
		troubles: limiter.NewKeyed[int64](limiter.KeyedConfig{Rate: 1 / troubleEvery.Seconds(), Burst: 1}),
		painter:  track.NewPainter(), pictures: !cfg.HidePictures, observe: observe, log: log,
	}
	cfg.Live.Store, cfg.Live.Log, cfg.Live.Observe = cfg.Store, log, observe.Late
	cfg.Live.Shared = cfg.Cluster != nil
	if cfg.ClockSkew != nil {
		cfg.Live.Ahead = cfg.ClockSkew
		cfg.Live.AskTime = func(ctx context.Context) error { return b.out.Call(ctx, "getMe", struct{}{}, nil) } // its answer has Telegram's time
	}
	var err error
	if b.live, err = live.New(cfg.Live, walks.hooks()); err != nil {
		return err
	}
	people := &people{out: b.out, reply: reply, live: b.live, stewards: stewards, store: cfg.Store, words: cfg.Words, observe: observe, log: log}
	reply.people = people
	walks.live, walks.intervals, walks.people = b.live, b.live.Intervals(), people
	shared := &links{username: b.intake.Username, words: cfg.Words}
	b.elsewhere = &elsewhereQueries{
		out: b.out, guide: cfg.Guide, users: cfg.Store, words: cfg.Words, links: shared, pause: b.pause, pictures: !cfg.HidePictures,
		inline: limiter.NewKeyed[int64](limiter.KeyedConfig{Rate: cfg.Limits.InlineRate, Burst: cfg.Limits.InlineBurst}),
		guest:  limiter.NewKeyed[int64](limiter.KeyedConfig{Rate: cfg.Limits.GuestRate, Burst: cfg.Limits.GuestBurst}),
		log:    log, offers: map[offerKey]offer{},
	}
	gifts := &gifts{out: b.out, reply: reply, store: cfg.Store, room: cfg.Room, observe: observe, log: log}
	b.books = &bookkeeper{
		out: b.out, gifts: gifts, store: cfg.Store, observe: observe, log: log,
		singly: singly{cluster: cfg.Cluster, replica: cfg.Replica, kind: "stars", lease: time.Hour},
	}
	b.announcer = &announcer{
		out: b.out, reply: reply, store: cfg.Store, words: cfg.Words, operators: admins, wake: make(chan struct{}, 1), observe: observe, log: log,
		singly: singly{cluster: cfg.Cluster, replica: cfg.Replica, kind: "broadcast", lease: broadcastLease},
	}
	booklets := newBooklets()
	wishes := newWishes()
	booklets.wishes = wishes
	booklets.out, booklets.reply, booklets.guide, booklets.live, booklets.recent, booklets.log = b.out, reply, cfg.Guide, b.live, cfg.Store, log
	b.router = &router{
		reply: reply, walks: walks, people: people, gifts: gifts, booklets: booklets,
		groups: &groups{out: b.out, live: b.live, store: cfg.Store, observe: observe, log: log},
		stories: &stories{
			out: b.out, reply: reply, host: b.intake, guide: cfg.Guide, live: b.live, store: cfg.Store, pins: pins, voices: voices, report: report,
			links: shared, pictures: !cfg.HidePictures, observe: observe, log: log,
		},
		voices:   voices,
		settings: &settings{out: b.out, reply: reply, store: cfg.Store, words: cfg.Words, spoken: cfg.Voices != nil},
		help: &help{
			out: b.out, reply: reply, gifts: gifts, menus: b.menus, operators: admins, words: cfg.Words, support: cfg.Support,
		},
		operators: &operators{
			out: b.out, reply: reply, guide: cfg.Guide, live: b.live, store: cfg.Store, gifts: gifts, books: b.books, people: people, pause: b.pause,
			operators: admins, tasks: func() int { return b.intake.Stats().Tasks }, today: cfg.Today, model: cfg.Model, shortToken: cfg.ShortToken,
			voices: cfg.Voices, dailyCharacters: cfg.DailyCharacters, dailyTokens: cfg.DailyTokens, prices: prices{in: cfg.PriceIn, out: cfg.PriceOut}, log: log,
		},
		announcer: b.announcer, live: b.live, admins: admins, username: b.intake.Username,
	}
	t := &tours{
		out: b.out, reply: reply, host: b.intake, guide: cfg.Guide, live: b.live, store: cfg.Store, stories: b.router.stories, walks: walks,
		wishes: wishes, observe: observe, log: log,
	}
	b.router.tours, b.router.stories.tours, walks.tours = t, t, t
	b.router.stories.booklets, walks.booklets = booklets, booklets
	if cfg.Vision {
		b.router.photos = newPhotos(b.router.stories, cfg.Store)
	}
	b.router.fill()
	return nil
}

// beside runs the parts that need no updates until ctx ends.
func (b *Bot) beside(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { b.guard.Run(func() { b.books.run(ctx) }) })
	wg.Go(func() { b.guard.Run(func() { b.announcer.run(ctx) }) })
	defer wg.Wait()
	return b.live.Run(ctx)
}

// Run answers updates until ctx ends, then waits for those under way: until they are done, or, once work ends, cancelled. It returns
// telegram.ErrToken if Telegram does not know the token, intake.ErrSilent after Config.Silence without contact to Telegram, and nil after a clean stop.
func (b *Bot) Run(ctx, work context.Context) error { return b.intake.Run(ctx, work) }

// ServeHTTP takes an update that Telegram posts to the webhook.
func (b *Bot) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.intake.ServeHTTP(w, r) }

// Ready returns why updates do not come in, nil if they do.
func (b *Bot) Ready() error { return b.intake.Ready() }

// StarsDifferences returns how many differences the last comparison with Telegram's list of payments found.
func (b *Bot) StarsDifferences(ctx context.Context) (int, error) {
	last, err := b.books.last(ctx)
	return last.differences(), err
}

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
