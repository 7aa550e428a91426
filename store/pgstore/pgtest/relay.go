package pgtest

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Relay returns the address of a relay before the database. cut ends all of its connections, and refuses new ones, as if the process that has them
// was killed.
func Relay(tb testing.TB, address string) (relayed string, cut func()) {
	tb.Helper()
	u, err := url.Parse(address)
	if err != nil {
		tb.Fatal("the address of the database cannot be parsed")
	}
	server := u.Host
	l, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	r := &relay{open: map[net.Conn]bool{}}
	r.running.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			r.running.Go(func() { r.pass(client, server) })
		}
	})
	cut = sync.OnceFunc(func() { _ = l.Close(); r.cut(); r.running.Wait() })
	tb.Cleanup(cut)
	u.Host = l.Addr().String()
	return u.String(), cut
}

type relay struct {
	running sync.WaitGroup

	mu   sync.Mutex
	done bool
	open map[net.Conn]bool
}

// pass copies bytes in both directions until one side ends.
func (r *relay) pass(client net.Conn, server string) {
	defer client.Close()
	up, err := net.Dial("tcp", server) //nolint:noctx // ends with the relay
	if err != nil {
		return
	}
	defer up.Close()
	if !r.add(client, up) {
		return
	}
	r.running.Go(func() { _, _ = io.Copy(up, client); _ = up.Close() })
	_, _ = io.Copy(client, up)
}

func (r *relay) add(conns ...net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range conns {
		r.open[c] = true
	}
	return !r.done
}

func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done = true
	for c := range r.open {
		_ = c.Close()
	}
}
