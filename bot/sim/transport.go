package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
)

// Transport returns an http.RoundTripper that serves requests by host name in memory. It uses no sockets, so it works inside a synctest bubble.
// Bodies are streamed through a buffer of 64 KiB. If the client leaves, the handler's context is cancelled and its writes fail.
// A host is looked up with its port, without it, and as "*.rest.of.it". For a host without a handler, the connection fails.
//
// Each request has one goroutine, which ends when its handler returns. If a handler panics, the connection breaks.
func Transport(hosts map[string]http.Handler) http.RoundTripper {
	return &transport{hosts: maps.Clone(hosts)}
}

type transport struct{ hosts map[string]http.Handler }

// handler returns the handler for u, nil if there is none.
func (t *transport) handler(u *url.URL) http.Handler {
	for _, host := range []string{u.Host, u.Hostname()} {
		if h := t.hosts[strings.ToLower(host)]; h != nil {
			return h
		}
	}
	_, parent, ok := strings.Cut(strings.ToLower(u.Hostname()), ".")
	if !ok {
		return nil
	}
	return t.hosts["*."+parent]
}

// RoundTrip runs the handler and returns when it has written its header or its first bytes.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	body := &requestBody{ReadCloser: req.Body}
	h := t.handler(req.URL)
	if h == nil {
		_ = body.Close()
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: req.URL.Host, IsNotFound: true}}
	}
	clientCtx := req.Context()
	if err := clientCtx.Err(); err != nil {
		_ = body.Close()
		return nil, err
	}

	// A server does not see the deadline and the values of the client's context, only that the client left.
	ctx, cancel := context.WithCancel(context.Background())
	p := newPipe(req.Method == http.MethodHead)
	leave := func(err error) {
		p.leave(err)
		cancel()
		_ = body.Close() // unblocks a handler that waits for the rest of the request
	}
	unwatch := context.AfterFunc(clientCtx, func() { leave(clientCtx.Err()) })
	go func() {
		defer cancel()
		defer body.Close()
		serve(h, p, serverRequest(ctx, req, body))
	}()

	select {
	case <-p.started:
	case <-clientCtx.Done():
		return nil, clientCtx.Err()
	}
	if err := p.failed(); err != nil {
		unwatch()
		return nil, err
	}
	return p.response(req, &responseBody{pipe: p, close: func() { unwatch(); leave(errLeft) }}), nil
}

// serve runs the handler and ends the pipe accordingly.
func serve(h http.Handler, p *pipe, r *http.Request) {
	defer func() {
		if v := recover(); v != nil {
			if err, ok := v.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				log.Printf("sim: panic serving %s: %v\n%s", r.Host, v, debug.Stack())
			}
			p.cut()
			return
		}
		p.finish()
	}()
	h.ServeHTTP(p, r)
}

// serverRequest returns req as a server sees it.
func serverRequest(ctx context.Context, req *http.Request, body io.ReadCloser) *http.Request {
	r := &http.Request{
		Method:     req.Method,
		URL:        &url.URL{Path: req.URL.Path, RawPath: req.URL.RawPath, RawQuery: req.URL.RawQuery},
		Proto:      "HTTP/1.1",
		ProtoMajor: 1, ProtoMinor: 1,
		Header:        req.Header.Clone(),
		Body:          body,
		ContentLength: req.ContentLength,
		Host:          req.Host,
		RequestURI:    req.URL.RequestURI(),
		RemoteAddr:    "127.0.0.1:1",
	}
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	if r.URL.Path == "" {
		r.URL.Path = "/"
	}
	if r.Host == "" {
		r.Host = req.URL.Host
	}
	if r.Header == nil {
		r.Header = http.Header{}
	}
	if _, given := r.Header["User-Agent"]; !given {
		r.Header.Set("User-Agent", "Go-http-client/1.1")
	}
	switch {
	case req.Body == nil || req.Body == http.NoBody:
		r.Body, r.ContentLength = http.NoBody, 0
	case r.ContentLength == 0: // in a client's request, 0 with a body means an unknown length
		r.ContentLength = -1
	}
	if r.ContentLength > 0 {
		r.Header.Set("Content-Length", fmt.Sprint(r.ContentLength))
	}
	return r.WithContext(ctx)
}
