package web

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync"
)

// Listen returns a TCP listener.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp", addr)
}

// Group returns the address that stands for all addresses of one client: an IPv6 client has a whole /64.
func Group(a netip.Addr) netip.Addr {
	if a = a.Unmap().WithZone(""); !a.Is6() {
		return a
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a
	}
	return p.Addr()
}

// sharePerAddress is the part of all connections that one address may have: a proxy has one address for everybody, and Telegram opens up to 40.
const sharePerAddress = 4

// limitListener bounds the open connections, and those of one address. If there are too many, the one that has been idle longest is closed for
// the new one: a client that only holds connections keeps nobody out.
type limitListener struct {
	net.Listener
	most, perAddress int
	freed            chan struct{} // holds a token after a connection was closed
	done             chan struct{}
	once             sync.Once

	mu   sync.Mutex
	open map[netip.Addr]int
	all  int
	idle list.List // of *limitedConn without a request, the longest idle first
}

// LimitListener returns a listener with at most `most` open connections. If all of them are busy, the others wait in the kernel's queue. An address
// has at most a quarter of them, and at least 8.
func LimitListener(l net.Listener, most int) net.Listener {
	return &limitListener{
		Listener: l, most: most, perAddress: max(most/sharePerAddress, min(8, most)),
		freed: make(chan struct{}, 1), done: make(chan struct{}), open: map[netip.Addr]int{},
	}
}

// Accept waits for room, then for a connection. It closes a connection of an address that is busy with as many as it may have.
func (l *limitListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if !l.waitForRoom() {
			_ = conn.Close()
			return nil, net.ErrClosed
		}
		if c, ok := l.add(conn); ok {
			return c, nil
		}
		_ = conn.Close()
	}
}

// waitForRoom makes room for one connection, and reports whether there is any before Close.
func (l *limitListener) waitForRoom() bool {
	for {
		l.mu.Lock()
		full := l.all >= l.most
		l.mu.Unlock()
		if !full || l.evict(netip.Addr{}) {
			return true
		}
		select {
		case <-l.freed:
		case <-l.done:
			return false
		}
	}
}

func (l *limitListener) add(conn net.Conn) (net.Conn, bool) {
	from, _ := netip.ParseAddrPort(conn.RemoteAddr().String()) // addresses that do not parse share one limit
	c := &limitedConn{Conn: conn, l: l, from: Group(from.Addr())}
	for {
		l.mu.Lock()
		if l.open[c.from] < l.perAddress {
			l.open[c.from]++
			l.all++
			c.element = l.idle.PushBack(c) // until its first request
			l.mu.Unlock()
			return c, true
		}
		l.mu.Unlock()
		if !l.evict(c.from) {
			return nil, false
		}
	}
}

// evict closes the connection that has been idle longest, of one address if it is valid, and reports whether there was one.
func (l *limitListener) evict(from netip.Addr) bool {
	l.mu.Lock()
	var found *limitedConn
	for e := l.idle.Front(); e != nil && found == nil; e = e.Next() {
		if c := e.Value.(*limitedConn); !from.IsValid() || c.from == from { //nolint:forcetypeassert // it holds nothing else
			found = c
		}
	}
	l.mu.Unlock()
	if found == nil {
		return false
	}
	_ = found.Close()
	return true
}

// connState follows which connections are idle; it is for http.Server.ConnState.
func (l *limitListener) connState(conn net.Conn, state http.ConnState) {
	c, ok := conn.(*limitedConn)
	if !ok {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case c.closed:
	case state == http.StateIdle && c.element == nil:
		c.element = l.idle.PushBack(c)
	case state == http.StateActive && c.element != nil:
		l.idle.Remove(c.element)
		c.element = nil
	}
}

// Close ends Accept, even if it waits for room.
func (l *limitListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

type limitedConn struct {
	net.Conn
	l       *limitListener
	from    netip.Addr
	element *list.Element // in l.idle, nil while a request is served; l.mu guards it
	closed  bool          // l.mu guards it
}

// Close gives the room back, once.
func (c *limitedConn) Close() error {
	c.l.mu.Lock()
	if !c.closed {
		c.closed = true
		if c.element != nil {
			c.l.idle.Remove(c.element)
			c.element = nil
		}
		if c.l.open[c.from]--; c.l.open[c.from] == 0 {
			delete(c.l.open, c.from)
		}
		c.l.all--
		select {
		case c.l.freed <- struct{}{}:
		default:
		}
	}
	c.l.mu.Unlock()
	return c.Conn.Close()
}
