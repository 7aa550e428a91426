package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"excursobot/store"
)

// runBot runs the real bot until intake ends.
func runBot(intake context.Context, cfg Config, env environment, log *slog.Logger) error {
	a, err := New(cfg, World{}, log)
	if err != nil {
		return err
	}
	cfg.warn(a.log, env) // the dashboard shows it too
	a.notify = newNotifier(env, log)
	if a.file != nil {
		a.also("control", a.control) // backups are all that it is for
	}
	if cfg.Backup.Every > 0 {
		a.also("backups", a.scheduleBackups)
	}
	l, err := listen(intake, cfg.HTTP.Addr)
	if err != nil {
		return errors.Join(fmt.Errorf("http.addr (%s): %w", cfg.origin("http.addr"), err), a.Close())
	}
	return a.Run(intake, l)
}

// also makes Run run something more, as long as HTTP is served.
func (a *App) also(name string, run func(context.Context) error) {
	a.extra = append(a.extra, extra{name, run})
}

// extra is a part that not every run has.
type extra struct {
	name string
	run  func(context.Context) error
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp", addr)
}

// Run serves HTTP on the listener and answers updates until intake ends or a part fails. Then it stops in order: first
// the intake, whose work may go on for shutdown.drain; then that work; then HTTP, cache and store. It closes the listener.
func (a *App) Run(intake context.Context, l net.Listener) error {
	intake, endIntake := context.WithCancel(intake)
	defer endIntake()
	work, endWork := context.WithCancel(context.WithoutCancel(intake))
	defer endWork()
	serving, endServing := context.WithCancel(context.WithoutCancel(intake))
	defer endServing()

	failed := make(chan *part, 1)
	srv := newServer(a.mux, a.log)
	web := start(serving, "http", failed, func(ctx context.Context) error {
		const patience = 5 * time.Second // for answers under way; the slow ones are streams, which end at once
		return serve(ctx, srv, newLimitListener(l, a.cfg.Limits.Connections), patience)
	})
	for _, p := range a.extra {
		running := start(serving, p.name, failed, p.run)
		a.stop.push(p.name, running.wait)
	}
	guide := start(work, "guide", failed, a.guide.Run)
	bot := start(intake, "bot", failed, func(ctx context.Context) error { return a.bot.Run(ctx, work) })

	a.stop.push("http", func() error { endServing(); return web.wait() })
	a.stop.push("guide", guide.wait)
	a.stop.push("work", func() error { endWork(); return bot.wait() })
	a.stop.push("drain", func() error { a.drain(bot); return nil })
	a.watchdog(serving)
	a.log.Info("started", "version", version(), "addr", l.Addr().String(), "webhook", a.cfg.Telegram.WebhookURL != "")

	select {
	case <-intake.Done():
	case p := <-failed:
		a.log.Error("part_failed", "failed", p.name, "error", p.err)
	}
	a.draining.Store(true)
	a.notify.tell("STOPPING=1")
	endIntake()
	a.log.Info("stopping", "drain", a.cfg.Shutdown.Drain)
	if err := a.stop.unwind(); err != nil {
		a.log.Error("stopped", "error", err)
		return err
	}
	a.log.Info("stopped")
	return nil
}

// watchdog keeps systemd informed until the end: ready as /readyz says it, alive while the store answers.
func (a *App) watchdog(ctx context.Context) {
	done := make(chan struct{})
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer close(done)
		a.notify.run(ctx, func(context.Context) error { return a.bot.Ready() }, a.storeAnswers)
	}()
	a.stop.push("watchdog", func() error { cancel(); <-done; return nil })
}

func (a *App) storeAnswers(ctx context.Context) error {
	_, err := a.store.Done(ctx, 0)
	return err
}

// storeTakes says why the store is not as it should be. One without room is still read: people get what the library and the sources have.
func (a *App) storeTakes(ctx context.Context) error {
	if err := a.storeAnswers(ctx); err != nil {
		return err
	}
	if a.storeFull() {
		return store.ErrFull
	}
	return nil
}

// drain waits for the updates under way, at most shutdown.drain.
func (a *App) drain(bot *part) {
	late := time.NewTimer(a.cfg.Shutdown.Drain)
	defer late.Stop()
	select {
	case <-bot.done:
	case <-late.C:
		a.log.Warn("drain_over", "tasks", a.bot.Stats().Tasks)
	}
}

// routes returns the pages that every mode has, and the webhook if Telegram posts to it.
func (a *App) routes() *http.ServeMux {
	mux := http.NewServeMux()
	healthRoutes(mux, a.probes())
	if a.monitor != nil && a.cfg.Monitor.Addr == "" {
		a.monitor.Routes(mux)
	}
	if u, err := url.Parse(a.cfg.Telegram.WebhookURL); err == nil && u.Path != "" {
		mux.Handle(u.Path, quietRefusals(a.bot, a.cfg.Limits.Unauthorized))
	}
	return mux
}

// probes say why the bot is not ready.
func (a *App) probes() []probe {
	return []probe{
		{"store", a.storeTakes},
		{"ingest", func(context.Context) error { return a.bot.Ready() }},
		{"draining", func(context.Context) error {
			if a.draining.Load() {
				return errors.New("the bot is stopping")
			}
			return nil
		}},
	}
}
