package cli

import (
	"context"
	"log/slog"
	"os/signal"
	"syscall"

	"excursobot/bot/config"
)

// followHangups changes the level at each SIGHUP until the returned function is called. At a terminal the signal is left alone: there it
// reports that the window was closed.
func (p *process) followHangups(level *slog.LevelVar, log *slog.Logger) (stop func()) {
	if !config.IsTerminal(p.stdout) {
		signal.Notify(p.hangups, syscall.SIGHUP)
	}
	end, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		configured := level.Level()
		for {
			select {
			case <-p.hangups:
				configured = p.changeLevel(level, configured, log)
			case <-end:
				return
			}
		}
	}()
	return func() {
		signal.Stop(p.hangups)
		close(end)
		<-done
	}
}

// changeLevel reads log.level again and returns it. If it has not changed, the level alternates between it and debug.
func (p *process) changeLevel(level *slog.LevelVar, configured slog.Level, log *slog.Logger) slog.Level {
	cfg, err := p.load()
	if err != nil {
		log.Error("config_reload_failed", "error", err) // the level stays as it is
		return configured
	}
	next := cfg.LogLevel()
	if next == configured && level.Level() == configured {
		level.Set(slog.LevelDebug)
	} else {
		level.Set(next)
	}
	log.Log(context.Background(), max(level.Level(), slog.LevelInfo), "log_level_changed", "level", level.Level().String())
	return next
}
