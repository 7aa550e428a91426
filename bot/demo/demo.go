package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strconv"
	"syscall"

	"excursobot/bot/app"
	"excursobot/bot/config"
	"excursobot/bot/web"
	"excursobot/geo/places"
)

// Run keeps what the bot remembers in a directory of its own, which goes when the demo ends: a second try is told everything again.
func Run(intake context.Context, cfg config.Config, log *slog.Logger, notes io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "excursobot-demo-")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cfg.Store.Dir, cfg.Store.Postgres = dir, ""

	a, _, err := build(cfg, log)
	if err != nil {
		return err
	}
	l, err := listenNear(intake, cfg.HTTP.Addr, notes)
	if err != nil {
		return errors.Join(fmt.Errorf("http.addr (%s): %w", cfg.Origin("http.addr"), err), a.Close())
	}
	fmt.Fprintf(notes, "\n  The demo is at http://%s/ (Ctrl+C ends it)\n\n", l.Addr())
	return a.Run(intake, l)
}

// build builds the bot on its stage, with the page that plays people. Like New it runs nothing.
func build(cfg config.Config, log *slog.Logger) (*app.App, *pageServer, error) {
	pack, err := places.LoadPack()
	if err != nil {
		return nil, nil, err
	}
	play := newDemoWorld(&cfg, pack)
	a, err := app.New(cfg, play.world, log)
	if err != nil {
		return nil, nil, err
	}
	page := newPageServer(play, pack, func() botNumbers { return play.numbers(a) })
	page.routes(a.Mux())
	return a, page, nil
}

// listenNear listens on the loopback interface at addr's port or, while that is taken, at one of the nine above it. The demo
// gives everybody who reaches it a person to play, so it never listens elsewhere.
func listenNear(ctx context.Context, addr string, notes io.Writer) (net.Listener, error) {
	const tries = 10
	_, text, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	first, err := strconv.Atoi(text)
	if err != nil {
		return nil, err
	}
	for port := first; ; port++ {
		l, err := web.Listen(ctx, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) || port == first+tries-1 || port == 65535 {
			return l, err
		}
		fmt.Fprintf(notes, "Port %d is taken by another program; trying %d.\n", port, port+1)
	}
}
