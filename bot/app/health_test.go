package app

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestHealthPages(t *testing.T) {
	broken := errors.New("the store is closed")
	tests := []struct {
		name, method, path string
		probes             []probe
		status             int
		want               Readiness
	}{
		{"alive", http.MethodGet, "/healthz", []probe{{"store", fails(broken)}}, http.StatusOK, Readiness{}},
		{"ready", http.MethodGet, "/readyz", []probe{{"store", fails(nil)}, {"ingest", fails(nil)}}, http.StatusOK, Readiness{Ready: true}},
		{"not ready", http.MethodGet, "/readyz", []probe{{"store", fails(broken)}, {"ingest", fails(nil)}, {"draining", fails(errors.New("the bot is stopping"))}},
			http.StatusServiceUnavailable, Readiness{Reasons: map[string]string{"store": "the store is closed", "draining": "the bot is stopping"}}},
		{"head", http.MethodHead, "/readyz", nil, http.StatusOK, Readiness{}},
		{"post", http.MethodPost, "/readyz", nil, http.StatusMethodNotAllowed, Readiness{}},
		{"elsewhere", http.MethodGet, "/", nil, http.StatusNotFound, Readiness{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mux := http.NewServeMux()
			healthRoutes(mux, "", tt.probes)
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, httptest.NewRequest(tt.method, tt.path, nil))
			if w.Code != tt.status {
				t.Fatalf("status %d, want %d", w.Code, tt.status)
			}
			if tt.path != "/readyz" || tt.method != http.MethodGet {
				return
			}
			var got Readiness
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			if got.Ready != tt.want.Ready || len(got.Reasons) != len(tt.want.Reasons) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
			for part, why := range tt.want.Reasons {
				if got.Reasons[part] != why {
					t.Errorf("reason of %s = %q, want %q", part, got.Reasons[part], why)
				}
			}
		})
	}
}

func fails(err error) func(context.Context) error {
	return func(context.Context) error { return err }
}

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

const testToken = "123456:test-token-of-nobody"
