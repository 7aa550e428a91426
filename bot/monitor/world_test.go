package monitor

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// world is a Monitor with numbers set by the test.
type world struct {
	*Monitor
	reading Reading
	reasons map[string]string
	mux     *http.ServeMux
	now     time.Time
}

func newWorld(t testing.TB, cfg Config) *world {
	t.Helper()
	w := &world{mux: http.NewServeMux(), now: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)}
	cfg.Read = func(context.Context) Reading { return w.reading }
	cfg.Ready = func(context.Context) map[string]string { return w.reasons }
	cfg.Version = "v1"
	m, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	w.Monitor = m
	m.started = w.now
	m.Routes(w.mux)
	return w
}

// tick takes a sample, 5 s after the last.
func (w *world) tick() Stats {
	w.now = w.now.Add(sampleEvery)
	w.sample(context.Background(), w.now)
	return w.Stats()
}

// get makes a request from this machine; change may change it.
func (w *world) get(path string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080"+path, nil)
	r.RemoteAddr = "127.0.0.1:5000"
	return w.send(r, change...)
}

func (w *world) send(r *http.Request, change ...func(*http.Request)) *httptest.ResponseRecorder {
	for _, c := range change {
		c(r)
	}
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, r)
	return rec
}

func from(addr string) func(*http.Request) { return func(r *http.Request) { r.RemoteAddr = addr } }

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func bearer(token string) func(*http.Request) { return header("Authorization", "Bearer "+token) }

// login posts the form.
func (w *world) login(token string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "http://bot.example/dashboard/login", strings.NewReader("token="+token))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.send(r, change...)
}
