package demo

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"excursobot/bot/app"
	"excursobot/bot/sim"
)

// running runs the app on a listener without connections until stop, which returns Run's error.
func running(t *testing.T, a *app.App) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, idleListener{make(chan struct{})}) }()
	return func() error {
		cancel()
		return <-ended
	}
}

// idleListener has no connections.
type idleListener struct{ closed chan struct{} }

func (l idleListener) Accept() (net.Conn, error) { <-l.closed; return nil, net.ErrClosed }
func (l idleListener) Close() error              { close(l.closed); return nil }
func (l idleListener) Addr() net.Addr            { return &net.TCPAddr{} }

func status(a *app.App, path string) (int, string) {
	w := httptest.NewRecorder()
	a.Mux().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// fromBot returns the bot's messages without pins on the map.
func fromBot(p *sim.Person) []sim.Message {
	return slices.DeleteFunc(p.Messages(), func(m sim.Message) bool { return !m.FromBot || m.Method == "sendVenue" })
}
