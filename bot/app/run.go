package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"
	"time"

	"excursobot/bot/admin"
	"excursobot/bot/config"
	"excursobot/bot/killpoint"
	"excursobot/bot/web"
)

// RunBot runs the bot on the real network until intake ends.
func RunBot(intake context.Context, cfg config.Config, env config.Environment, log *slog.Logger) error {
	a, err := New(cfg, World{Env: env, Uptime: uptime}, log)
	if err != nil {
		return err
	}
	if err := admin.RefuseIncomplete(intake, a.store); err != nil {
		return errors.Join(err, a.Close())
	}
	if cfg.ShortToken() {
		if err := a.acceptToken(intake); err != nil {
			return errors.Join(err, a.Close())
		}
	} else if cfg.Monitor.Token != "" { // it is not refused, so the start does not wait for its hash
		a.also("token", a.rememberToken)
	}
	cfg.Warn(a.log, env) // after New, so that the dashboard shows it too
	a.notify = newNotifier(env, log)
	if a.file != nil {
		a.also("store", a.file.Tend)
	}
	if os.MkdirAll(cfg.Store.Dir, 0o700) == nil { // beside a database the directory is only for the socket
		a.also("control", a.newControl().Run)
	}
	a.also("memory", a.tidyMemory)
	if cfg.Backup.Every > 0 {
		a.also("backups", a.newBackups().Run)
	}
	l, err := web.Listen(intake, cfg.HTTP.Addr)
	if err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			err = fmt.Errorf("%w: another program, perhaps this bot, listens there", err)
		}
		return errors.Join(fmt.Errorf("http.addr (%s): %w", cfg.Origin("http.addr"), err), a.Close())
	}
	return a.Run(intake, l)
}

func (a *App) newControl() *admin.Control {
	return &admin.Control{Dir: a.cfg.Store.Dir, File: a.file, Store: a.store, Packs: a.packs(), Log: a.log}
}

func (a *App) newBackups() *admin.Backups {
	return &admin.Backups{
		Dir: a.cfg.Store.Dir, Every: a.cfg.Backup.Every, Keep: a.cfg.Backup.Keep, Log: a.log,
		File: a.file, Database: a.database, Replica: a.replica, Lease: a.cfg.Store.Lease,
	}
}

// also adds a part that Run runs while HTTP is served.
func (a *App) also(name string, run func(context.Context) error) {
	a.extra = append(a.extra, extra{name, run})
}

// extra is a part that only some runs have.
type extra struct {
	name string
	run  func(context.Context) error
}

// Run serves HTTP on the listener and answers updates until intake ends or a part fails. Then it stops in this order: the intake; after
// shutdown.drain at most, the work on accepted updates; HTTP, cache and store. It closes the listener.
func (a *App) Run(intake context.Context, l net.Listener) error {
	intake, endIntake := context.WithCancel(intake)
	defer endIntake()
	work, endWork := context.WithCancel(context.WithoutCancel(intake))
	defer endWork()
	serving, endServing := context.WithCancel(context.WithoutCancel(intake))
	defer endServing()

	failed := make(chan *part, 1)
	srv := web.NewServer(a.mux, a.log)
	web := start(serving, "http", failed, func(ctx context.Context) error {
		const patience = 5 * time.Second // for answers under way; streams end at once
		return web.Serve(ctx, srv, web.LimitListener(l, a.cfg.Limits.Connections), patience)
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
	a.log.Info("bot_started", "version", Version(), "addr", l.Addr().String(), "webhook", a.cfg.Telegram.WebhookURL != "")

	select {
	case <-intake.Done():
	case p := <-failed:
		a.log.Error("part_failed", "failed", p.name, "error", p.err)
	}
	a.draining.Store(true)
	a.notify.tell("STOPPING=1")
	endIntake()
	a.log.Info("bot_stopping", "drain", a.cfg.Shutdown.Drain)
	if err := a.stop.unwind(); err != nil {
		a.log.Error("bot_stopped", "error", err)
		return err
	}
	a.log.Info("bot_stopped")
	return nil
}

// keepSystemdInformed reports to systemd until ctx ends: ready when /readyz is, and alive while the store answers.
func (a *App) keepSystemdInformed(ctx context.Context) error {
	a.notify.run(ctx, func(context.Context) error { return a.bot.Ready() }, a.alive)
	return nil
}

// drain waits for the updates that are being handled, at most shutdown.drain.
func (a *App) drain(bot *part) {
	late := time.NewTimer(a.cfg.Shutdown.Drain)
	defer late.Stop()
	select {
	case <-bot.done:
	case <-late.C:
		a.log.Warn("drain_timed_out", "tasks", a.bot.Stats().Tasks)
	}
}

// routes returns the pages, and the webhook if Telegram posts to it.
func (a *App) routes() *http.ServeMux {
	mux := http.NewServeMux()
	healthRoutes(mux, a.replica, a.probes())
	if a.monitor != nil && a.cfg.Monitor.Addr == "" {
		a.monitor.Routes(mux)
	}
	if u, err := url.Parse(a.cfg.Telegram.WebhookURL); err == nil && u.Path != "" {
		mux.Handle(u.Path, quietRefusals(killpoint.Webhook(a.bot), a.cfg.Limits.Unauthorized))
	}
	return mux
}

// probes return the conditions of readiness.
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
