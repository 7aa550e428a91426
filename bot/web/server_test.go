package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"
)

// pipeListener hands out connections in memory.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}
func (l *pipeListener) Close() error   { close(l.done); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

func TestLimitListener(t *testing.T) {
	inner := &pipeListener{conns: make(chan net.Conn, 4), done: make(chan struct{})}
	for range 4 {
		a, b := net.Pipe()
		defer b.Close()
		inner.conns <- a
	}
	l := LimitListener(inner, 2).(*limitListener)
	l.perAddress = 4 // all pipes have one address
	accept := func() net.Conn {
		t.Helper()
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		l.connState(c, http.StateActive)
		return c
	}
	first, _ := accept(), accept()
	third := make(chan net.Conn)
	go func() {
		c, _ := l.Accept()
		l.connState(c, http.StateActive)
		third <- c
	}()
	select {
	case <-third:
		t.Fatal("a third connection was accepted while two are busy")
	default:
	}
	first.Close()
	first.Close() // gives room for one, not for two
	if c := <-third; c == nil {
		t.Fatal("no connection after one was closed")
	}
	if l.all != 2 {
		t.Errorf("%d connections are counted, want 2", l.all)
	}

	blocked := make(chan error)
	go func() {
		_, err := l.Accept()
		blocked <- err
	}()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := <-blocked; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept after Close = %v", err)
	}
}

// One address opens more connections than there may be, some idle after a request and some without one. Others are answered, and it is itself.
func TestIdleConnectionsKeepNobodyOut(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	const most = 32
	limited := LimitListener(l, most).(*limitListener)
	srv := NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "done") }), slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, srv, limited, time.Minute) }()
	dial := func(from string) net.Conn {
		t.Helper()
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		c, err := d.DialContext(t.Context(), "tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	ask := func(c net.Conn) bool {
		_, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		resp, err2 := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || err2 != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	}
	for i := range 4 * most {
		if c := dial("127.0.0.1"); i%2 == 0 && !ask(c) {
			t.Fatalf("connection %d of the address was not answered", i)
		}
	}
	limited.mu.Lock()
	if got, share := limited.all, limited.perAddress; got > share {
		t.Errorf("one address has %d connections, its share is %d", got, share)
	}
	limited.mu.Unlock()
	for i := range 2 * most {
		if c := dial(fmt.Sprintf("127.0.0.%d", 2+i%8)); !ask(c) {
			t.Fatalf("connection %d of others was not answered", i)
		}
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestGroup(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::", "fe80::1%eth0": "fe80::",
	} {
		if got := Group(netip.MustParseAddr(address)); got != netip.MustParseAddr(want) {
			t.Errorf("%s belongs to %v, want %s", address, got, want)
		}
	}
}

func TestServeWaitsForAnswers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	inside, goOn := make(chan struct{}), make(chan struct{})
	srv := NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(inside)
		<-goOn
		io.WriteString(w, "done")
	}), slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, srv, l, time.Minute) }()

	body := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + l.Addr().String())
		if err != nil {
			body <- err.Error()
			return
		}
		defer resp.Body.Close()
		data, _ := io.ReadAll(resp.Body)
		body <- string(data)
	}()
	<-inside
	stop()
	close(goOn)
	if got := <-body; got != "done" {
		t.Errorf("the answer under way was %q", got)
	}
	if err := <-served; err != nil {
		t.Errorf("serve = %v", err)
	}
}

func TestServeEndsStreams(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	inside := make(chan struct{})
	srv := NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(inside)
		<-r.Context().Done()
	}), slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, srv, l, time.Minute) }()
	go func() {
		if resp, err := http.Get("http://" + l.Addr().String()); err == nil {
			resp.Body.Close()
		}
	}()
	<-inside
	stop()
	if err := <-served; err != nil {
		t.Errorf("serve = %v", err)
	}
}

func TestServeFails(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := Serve(t.Context(), NewServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler)), l, time.Second); err == nil {
		t.Error("no error for a closed listener")
	}
}
