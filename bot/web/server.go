package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Bounds of a server. A webhook call is a few kilobytes; its handler bounds the body.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 15 * time.Second
	writeTimeout  = 30 * time.Second
	idleTimeout   = 90 * time.Second // longer than Telegram keeps a connection idle
	maxHeader     = 16 << 10         // bytes
)

// NewServer returns a server with time limits that suit a webhook. It starts nothing.
func NewServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // port scanners would fill the log
	}
}

// Serve answers on the listener until ctx ends, then waits for the answers under way, at most patience. The requests' contexts derive from
// ctx, so that streams end with it.
func Serve(ctx context.Context, srv *http.Server, l net.Listener, patience time.Duration) error {
	if limited, ok := l.(*limitListener); ok {
		srv.ConnState = limited.connState
	}
	srv.BaseContext = func(net.Listener) context.Context { return ctx }
	stopped := make(chan error, 1)
	end := context.AfterFunc(ctx, func() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		err := srv.Shutdown(late)
		if errors.Is(err, context.DeadlineExceeded) {
			err = srv.Close() // clients without an answer ask again
		}
		stopped <- err
	})
	err := srv.Serve(l)
	if end() { // Serve failed by itself
		return errors.Join(err, srv.Close())
	}
	return <-stopped
}
