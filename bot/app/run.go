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
	a, err := New(cfg, World{Env: env}, log)
	if err != nil {
		return err
	}
	if err := refuseHalf(intake, a.store); err != nil {
		return errors.Join(err, a.Close())
	}
	cfg.warn(a.log, env) // the dashboard shows it too
	a.notify = newNotifier(env, log)
	if a.file != nil {
		a.also("control", a.control)
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

// refuseHalf refuses a store into which a move has not ended: people would be taken for strangers.
func refuseHalf(ctx context.Context, s store.Settings) error {
	cursor, err := readCursor(ctx, s)
	if err == nil && cursor != (moveCursor{}) {
		err = usageError{errors.New("the store is not complete: repeat the \"excursobot migrate\" that was to fill it")}
	}
	return err
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
	watchdog, endWatchdog := context.WithCancel(serving)
	defer endWatchdog()
	systemd := start(watchdog, "watchdog", failed, a.keepSystemdInformed)
	a.stop.push("watchdog", func() error { endWatchdog(); return systemd.wait() })
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

// keepSystemdInformed tells systemd until the end that the bot is ready, as /readyz says it, and alive while the store answers.
func (a *App) keepSystemdInformed(ctx context.Context) error {
	a.notify.run(ctx, func(context.Context) error { return a.bot.Ready() }, a.alive)
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
	healthRoutes(mux, a.replica, a.probes())
	if a.monitor != nil && a.cfg.Monitor.Addr == "" {
		a.monitor.Routes(mux)
	}
	if u, err := url.Parse(a.cfg.Telegram.WebhookURL); err == nil && u.Path != "" {
		mux.Handle(u.Path, quietRefusals(chaosWebhook(a.bot), a.cfg.Limits.Unauthorized))
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
