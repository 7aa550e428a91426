package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"excursobot/bot"
	"excursobot/bot/admin"
	"excursobot/bot/config"
	"excursobot/bot/guide"
	"excursobot/bot/guide/chat"
	"excursobot/bot/monitor"
	"excursobot/bot/speech"
	"excursobot/bot/text"
	"excursobot/geo/places"
	"excursobot/limiter"
	"excursobot/store"
	"excursobot/store/boltstore"
	"excursobot/store/pgstore"
)

// World is everything outside the process. A nil transport is the real network.
type World struct {
	Telegram, Wikipedia, Model, Speech http.RoundTripper
	// Uptime is a clock that nobody sets and that goes on while the machine is suspended; nil = Go's monotonic clock.
	Uptime func() time.Duration
	// Riding is live.Config.Riding; 0 = its default.
	Riding float64
	// WithoutPack omits the built-in stories, so that all places come from Wikipedia.
	WithoutPack bool
	// Env holds the platform's variables.
	Env config.Environment
	// Unwatched omits the monitor; the load run measures the difference.
	Unwatched bool
	// Witness is told how stories come about; nil = nobody is.
	Witness *guide.Witness
	// Answered is called for every answer, as the monitor is; nil = the monitor alone is.
	Answered func(kind string, source guide.Source, took time.Duration)
}

// App is the whole bot, wired and not running.
type App struct {
	cfg   config.Config
	log   *slog.Logger
	mux   *http.ServeMux
	env   config.Environment
	store store.Store
	// One of the two is below it: a file, or a database that other replicas can share.
	file     *boltstore.Store
	database *pgstore.Store
	replica  string // this process among the replicas; "" = there are no others

	gate    *limiter.Gate // before the model
	model   *chat.Client  // nil without a key
	places  *places.Finder
	guide   *guide.Guide
	speech  *speech.Speech // nil without a server
	bot     *bot.Bot
	monitor *monitor.Monitor // nil if World.Unwatched
	notify  *notifier
	extra   []extra
	stop    steps // undo New, and Run on top of it

	packing sync.Once
	packer  *admin.Packs

	draining atomic.Bool
}

// New opens the store and builds every part on it. Only the cache's own goroutine runs already. Run or Close must follow.
func New(cfg config.Config, world World, log *slog.Logger) (_ *App, err error) {
	a := &App{cfg: cfg, env: world.Env, log: log, notify: new(notifier), stop: steps{log: log}}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	var words *text.Catalog
	var unread error
	reading := make(chan struct{}) // the texts take as long as half of the other parts
	go func() { defer close(reading); words, unread = text.Load() }()
	defer func() { <-reading }()
	if !world.Unwatched {
		if err := a.buildMonitor(); err != nil {
			return nil, err
		}
	}
	if err := a.openStore(); err != nil {
		return nil, err
	}
	if err := a.buildGuide(world); err != nil {
		return nil, err
	}
	if err := a.buildSpeech(world); err != nil {
		return nil, err
	}
	if <-reading; unread != nil {
		return nil, fmt.Errorf("texts: %w", unread)
	}
	if err := a.buildBot(world, words); err != nil {
		return nil, err
	}
	if a.monitor != nil {
		a.also("monitor", a.runMonitor)
	}
	a.mux = a.routes()
	return a, nil
}

// Mux returns the pages of http.addr. More can be added until Run.
func (a *App) Mux() *http.ServeMux { return a.mux }

// Stats are the numbers of the parts at one moment.
type Stats struct {
	Guide guide.Stats
	Bot   bot.Stats
}

// Stats asks the parts themselves, which is newer than the monitor's sample.
func (a *App) Stats() Stats { return Stats{Guide: a.guide.Stats(), Bot: a.bot.Stats()} }

// Close closes everything that New opened. After Run it does nothing.
func (a *App) Close() error { return a.stop.unwind() }
