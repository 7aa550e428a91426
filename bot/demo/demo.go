// Package demo runs the whole bot between simulated servers, with a page in the browser that plays people: no token, no key, and nothing is sent out.
//
// world.go decides which parts are simulated. The page's own code is in the folder page: JavaScript modules without a build step, of which main.js is
// the first.
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

// Run runs the demo until intake ends. The store is in a temporary directory, so that a second run begins with an empty store. It prints the address
// of the page to notes. quirk is a peculiarity of the simulated model's server, "" = none.
func Run(intake context.Context, cfg config.Config, quirk string, log *slog.Logger, notes io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "excursobot-demo-")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cfg.Store.Dir, cfg.Store.Postgres = dir, ""

	a, _, err := build(cfg, quirk, log)
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

// build builds the bot in its simulated world, with the page. It starts nothing.
func build(cfg config.Config, quirk string, log *slog.Logger) (*app.App, *pageServer, error) {
	pack, err := places.LoadPack()
	if err != nil {
		return nil, nil, err
	}
	w, err := newDemoWorld(&cfg, pack, quirk)
	if err != nil {
		return nil, nil, config.UsageError{Err: err}
	}
	a, err := app.New(cfg, w.outside, log)
	if err != nil {
		return nil, nil, err
	}
	page := newPageServer(w, pack, func() botNumbers { return w.numbers(a) })
	page.pack = a.MakePack
	page.routes(a.Mux())
	return a, page, nil
}

// listenNear listens on the loopback interface at addr's port or, if that is taken, at the first free one of the nine ports above it. It never listens
// on other interfaces, because everybody who reaches the demo can use it.
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
