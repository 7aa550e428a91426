package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"excursobot/bot/app"
	"excursobot/bot/config"
)

type runCommand struct {
	OrDemo bool `help:"Start the demo if there is no token."`
}

// Run runs the bot until a signal.
func (c runCommand) Run(p *process) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	if cfg.Telegram.Token == "" && c.OrDemo {
		return demoCommand{}.Run(p)
	}
	if err := cfg.Runnable(); err != nil {
		return config.UsageError{Err: err}
	}
	p.limitMemory(cfg)
	debug.SetTraceback("crash") // a panic that nothing recovers ends the process with a signal instead of exit code 2, so that the host restarts it
	level := new(slog.LevelVar)
	level.Set(cfg.LogLevel())
	log := app.NewLoggerAt(p.stdout, cfg, p.env, level)
	defer p.followHangups(level, log)()
	return p.untilSignalled(func(intake context.Context) error { return app.RunBot(intake, cfg, p.env, log) })
}

type checkCommand struct{}

// Run prints the effective configuration.
func (checkCommand) Run(p *process) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	if err := cfg.WriteYAML(p.stdout); err != nil {
		return err
	}
	for _, hint := range cfg.Removed() {
		fmt.Fprintln(p.stderr, "excursobot: "+hint)
	}
	if err := cfg.Runnable(); err != nil {
		return config.UsageError{Err: err}
	}
	return nil
}

type versionCommand struct{}

// Run prints the version in one line.
func (versionCommand) Run(p *process) error {
	_, err := fmt.Fprintf(p.stdout, "excursobot %s %s %s/%s\n", app.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

type healthcheckCommand struct{}

// Run asks /healthz of the bot on this machine.
func (healthcheckCommand) Run(p *process) error {
	const patience = 3 * time.Second
	cfg, err := p.load()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+localAddr(cfg.HTTP.Addr)+"/healthz", nil)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // without a proxy: the bot is on this machine
	resp, err := client.Do(req)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("health check: nothing answers at http://%s: the bot does not run, or http.addr is another one", req.URL.Host)
	}
	if err != nil {
		return fmt.Errorf("health check: %w", err)
	}
	defer resp.Body.Close()
	if _, err := io.CopyN(io.Discard, resp.Body, 1<<10); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("health check: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("health check: the bot answered %s", resp.Status)
	}
	return nil
}

// localAddr returns the address on which this machine reaches a listener. An unspecified address becomes the loopback one.
func localAddr(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr // Load has checked it
	}
	ip, err := netip.ParseAddr(host)
	if host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
