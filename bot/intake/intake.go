package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"excursobot/bot/intake/cluster"
	"excursobot/bot/telegram"
	"excursobot/store"
)

// Intake accepts updates and runs their jobs. Run must run for that.
type Intake struct {
	parts    *parts
	backlog  *backlog
	door     *door
	source   *source
	username atomic.Pointer[string] // of the bot, as soon as Telegram has told it
}

var _ http.Handler = (*Intake)(nil)

// New returns an Intake. It starts nothing and makes no call.
func New(cfg Config) (*Intake, error) {
	cfg, err := cfg.check()
	if err != nil {
		return nil, err
	}
	p := &parts{
		cfg: cfg, log: cfg.Log, guard: cfg.Guard, state: newState(cfg.MaxBytes), lanes: newLanes(cfg.MaxInflight, cfg.PerChat),
		limits: newBuckets(cfg.Limits), clock: clock{cfg.ClockSkew},
		unsaved: &unsaved{store: cfg.Store, log: cfg.Log, guard: cfg.Guard},
	}
	p.checkouts = &checkouts{answer: cfg.Hooks.Checkout, log: cfg.Log, guard: cfg.Guard, state: p.state, unsaved: p.unsaved}
	p.queries = &queries{answer: cfg.Hooks.Query, guard: cfg.Guard, state: p.state}
	in := &Intake{parts: p, backlog: &backlog{parts: p}}
	if cfg.Cluster != nil {
		if p.member, err = in.newMember(); err != nil {
			return nil, err
		}
		cfg.Hooks.SetShare(cluster.NoShare) // until it has one
	}
	p.performer = &performer{
		out: cfg.API, hooks: cfg.Hooks, observe: cfg.Observe, log: cfg.Log, guard: cfg.Guard, state: p.state, lanes: p.lanes, unsaved: p.unsaved,
		member: p.member, store: cfg.Store, counts: &p.counts, turns: newTurns(), survivors: newSurvivors(&cfg),
	}
	in.door = &door{parts: p, backlog: in.backlog}
	in.source = &source{parts: p, door: in.door}
	return in, nil
}

// Run accepts updates until ctx ends, then waits for those under way: until they are done, or, once work ends, cancelled. It returns
// telegram.ErrToken if Telegram does not know the token, ErrSilent after Config.Silence without contact to Telegram, and nil after a clean stop.
func (in *Intake) Run(ctx, work context.Context) error {
	p := in.parts
	p.state.start(work)
	saving, stopSaving := context.WithCancel(work)
	defer stopSaving()
	var saved sync.WaitGroup
	saved.Go(func() { p.unsaved.run(saving) })
	saved.Go(func() { p.performer.survivors.run(saving) })
	leave := in.join(work)

	var beside error
	err := watchdog{&p.heard, p.cfg.Silence, p.state.readiness}.watch(ctx, func(ctx context.Context) error {
		err := in.introduce(ctx)
		if err == nil {
			beside, err = in.serve(ctx)
		}
		return err
	})
	p.state.shut()
	p.lanes.wait()
	p.checkouts.wait()
	p.queries.wait()
	stopSaving()
	saved.Wait()
	p.unsaved.last()
	leave()
	switch {
	case beside != nil:
		return beside
	case ctx.Err() != nil && !errors.Is(err, telegram.ErrToken):
		return nil
	}
	return err
}

// join keeps this process among the replicas until leave is called, after the last of its work.
func (in *Intake) join(work context.Context) (leave func()) {
	member := in.parts.member
	if member == nil {
		return func() {}
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(work)) // a stop that nobody waits for still gives back what it owned
	left := make(chan struct{})
	go func() { defer close(left); _ = member.Run(ctx) }()
	return func() { stop(); <-left }
}

// introduce asks Telegram who the bot is, until it answers.
func (in *Intake) introduce(ctx context.Context) error {
	p := in.parts
	return in.source.retryUntil(ctx, "getMe", func(ctx context.Context) error {
		var me struct {
			Username string `json:"username"`
		}
		if err := p.cfg.API.Call(ctx, "getMe", struct{}{}, &me); err != nil {
			return err
		}
		in.username.Store(&me.Username)
		p.log.Info("telegram_known", "username", me.Username)
		return nil
	})
}

// serve resumes what earlier processes left, and accepts updates beside Hooks.Beside, until ctx or either of them ends.
func (in *Intake) serve(ctx context.Context) (beside, updates error) {
	p := in.parts
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		defer stop()
		ended <- p.guard.Do(0, func() error { return in.runBeside(ctx) })
	}()
	updates = p.guard.Do(0, func() error {
		if err := in.backlog.resume(ctx); err != nil {
			return err
		}
		return in.source.run(ctx)
	})
	stop()
	p.state.shut()
	return <-ended, updates
}

func (in *Intake) runBeside(ctx context.Context) error {
	if in.parts.cfg.Hooks.Beside == nil {
		<-ctx.Done()
		return nil
	}
	return in.parts.cfg.Hooks.Beside(ctx)
}

// ServeHTTP takes an update that Telegram posts to the webhook.
func (in *Intake) ServeHTTP(w http.ResponseWriter, r *http.Request) { in.source.ServeHTTP(w, r) }

// hear takes a word from another replica: an update, or nil for "look into the inbox".
func (in *Intake) hear(ctx context.Context, chat int64, raw []byte) {
	p := in.parts
	p.member.Doubt(chat)
	if raw == nil {
		if p.member.Owns(ctx, chat) {
			if err := in.backlog.pull(ctx, allUpdates, chat); err != nil {
				p.log.Error("inbox_unread", "error", err)
			}
		}
		return
	}
	if id, err := telegram.UpdateID(raw); err == nil {
		in.door.accept(ctx, received{id: id, raw: raw})
	}
}

// InLane puts work that no update asked for into a lane of the chat, or returns why there is no room. work gets the work context, bounded by the
// time that an update has.
func (in *Intake) InLane(chat int64, lane Lane, work func(ctx context.Context)) error {
	p := in.parts
	if err := p.lanes.reserve(chat); err != nil {
		return err
	}
	p.lanes.run(chat, lane, func() {
		turn, err := p.performer.turns.take(p.state.workContext())
		if err == nil {
			turn.begin()
			defer turn.end()
		} // otherwise it is a stop, which work sees in its context
		p.guard.Run(func() {
			ctx, cancel := context.WithTimeout(p.state.workContext(), updateTimeout)
			defer cancel()
			work(ctx)
		})
	})
	return nil
}

// Delivered saves that a story was told, now or as soon as the store can, and then calls recorded, which ends the claim on its place. Its error is
// for the log. For the story of a Task, call Task.Recorded too.
func (in *Intake) Delivered(ctx context.Context, d store.Delivery, recorded func()) error {
	return in.parts.unsaved.delivered(ctx, d, recorded)
}

// noteMost bounds a note in the inbox: the person waits behind it.
const noteMost = 2 * time.Second

// NoteShown stores what the person sees of an answer, so that a try after a crash goes on with it and with no other place.
func (in *Intake) NoteShown(ctx context.Context, t *Task, shown Shown) {
	if t.Shown == shown {
		return
	}
	t.Shown = shown
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteMost)
	defer cancel()
	if err := in.parts.cfg.Store.Note(ctx, t.ID, shown.Place, shown.Message); err != nil {
		in.parts.cfg.Observe.Error("store")
		in.parts.log.Error("inbox_unsaved", "update", t.ID, "error", fmt.Errorf("note what is shown: %w", err))
	}
}

// Owns reports whether the chat belongs to this process.
func (in *Intake) Owns(ctx context.Context, chat int64) bool { return in.parts.member.Owns(ctx, chat) }

// Work returns the work context of Run.
func (in *Intake) Work() context.Context { return in.parts.state.workContext() }

// LocalTime turns a time of Telegram's clock into one of this machine's.
func (in *Intake) LocalTime(t time.Time) time.Time { return in.parts.clock.local(t) }

// Username returns the bot's name, "" until Telegram has told it.
func (in *Intake) Username() string {
	if name := in.username.Load(); name != nil {
		return *name
	}
	return ""
}

// Ready returns why updates do not come in or cannot be kept, nil if they do and can. The reason is for everybody: it holds nothing of what Telegram
// said.
func (in *Intake) Ready() error {
	return cmp.Or(outside(in.parts.state.readiness()), in.parts.state.keeping())
}

// Stats is an Intake at one moment.
type Stats struct {
	Tasks, Lanes int       // updates waiting and under way; lanes at work
	DeadLetters  uint64    // updates that could not be read, or over which processes ended
	Resumed      uint64    // updates that an earlier process left
	Dropped      uint64    // over a person's limit of updates
	Refused      uint64    // given back to Telegram (of a full chat only by the webhook): no room, stopping, or the store does not answer
	Panics       uint64    // of handlers and of what runs beside them
	Checkouts    int       // that are being answered
	Unsaved      int       // deliveries that the store did not take yet
	Replicas     int       // alive on the same store, this one too; 0 = there is no Cluster
	Chats        int       // that belong to this replica
	LastIngest   time.Time // when Telegram last answered a poll or posted an update; zero = never
}

// Stats returns the numbers.
func (in *Intake) Stats() Stats {
	p := in.parts
	s := Stats{
		DeadLetters: p.counts.deadLetters.Load(), Resumed: p.counts.resumed.Load(), Dropped: p.counts.dropped.Load(), Refused: p.counts.refused.Load(),
		Panics: p.guard.Panics(), Unsaved: p.unsaved.len(), LastIngest: p.counts.ingestedAt(),
	}
	s.Tasks, s.Lanes = p.lanes.stats()
	s.Checkouts = p.checkouts.underWay()
	s.Replicas, s.Chats = p.member.Stats()
	return s
}

// Guarded calls run, on behalf of an update (0 = none), and returns its error. A panic becomes an error.
func (in *Intake) Guarded(update int64, run func() error) error {
	return in.parts.guard.Do(update, run)
}
