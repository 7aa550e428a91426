package app

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/monitor"
	"excursobot/bot/sim"
)

// here makes a request from this machine.
func here(a *App, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+path, nil)
	r.RemoteAddr = "127.0.0.1:5000"
	w := httptest.NewRecorder()
	a.mux.ServeHTTP(w, r)
	return w
}

// After one location, every part's numbers are in the stats, in the metrics and on the page.
func TestMonitorSeesARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := config.Defaults()
		cfg.Derive(config.Environment{})
		cfg.Store.Dir = t.TempDir()
		telegram, world := newSimWorld(&cfg)
		a, err := New(cfg, world, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		stop := running(t, a)
		time.Sleep(time.Second)
		telegram.Person(sim.Profile{ID: 1, LanguageCode: "en"}).Locate(centre.Lat, centre.Lon)
		time.Sleep(30 * time.Second)
		synctest.Wait()

		s := a.monitor.Stats()
		if s.State != monitor.Serving {
			t.Errorf("state %s: %v", s.State, s.Reasons)
		}
		if s.Requests.Total["generated"] != 1 || s.First.Count != 1 || s.Story.Count != 1 || s.Updates["location"] != 1 {
			t.Errorf("requests %v, first %+v, story %+v, updates %v", s.Requests.Total, s.First, s.Story, s.Updates)
		}
		if s.Calls.Total["ok"] == 0 || s.Calls.Tokens["prompt"] == 0 || s.Budget.Spent == 0 || s.Model.Name != "test" || s.Guide.Written == 0 {
			t.Errorf("calls %+v, budget %+v, model %+v, guide %+v", s.Calls, s.Budget, s.Model, s.Guide)
		}
		if s.Telegram.Total["ok"] == 0 || s.PlacesCalls["ok"] == 0 || s.Cache.Lookups() == 0 || s.Store.SizeBytes == 0 || s.Disk.TotalBytes == 0 {
			t.Errorf("telegram %v, places %v, cache %+v, store %+v, disk %+v", s.Telegram.Total, s.PlacesCalls, s.Cache, s.Store, s.Disk)
		}
		if s.Gate.Slots != a.cfg.OpenAI.MaxConcurrent || s.Gate.Room != queueSize || s.Live.Cap != a.cfg.Live.MaxSessions || !s.Ingest.Polling {
			t.Errorf("gate %+v, live %+v, ingest %+v", s.Gate, s.Live, s.Ingest)
		}
		if text := here(a, "/metrics").Body.String(); !strings.Contains(text, `excursobot_requests_total{kind="static",source="generated"} 1`) {
			t.Error("the metrics do not count the request")
		}
		if text := here(a, "/metrics").Body.String(); !strings.Contains(text, "\nexcursobot_model_days_left 39\n") {
			t.Error("the metrics do not have the days until the model's end")
		}
		page := here(a, "/dashboard").Body.String()
		if !strings.Contains(page, "People are being served") || !strings.Contains(page, "shut down on 2000-02-10, 39 days left") {
			t.Error("the page does not say that people are served, or that the model ends")
		}
		if code, _ := status(a, "/metrics"); code != http.StatusForbidden {
			t.Errorf("from elsewhere: %d", code)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestMonitorElsewhere(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	a := newAppAt(t, taken.Addr().String())
	defer a.Close()
	if code := here(a, "/dashboard").Code; code != http.StatusNotFound {
		t.Errorf("the public address answers %d", code)
	}
	var log bytes.Buffer
	a.log = slog.New(slog.NewTextHandler(&log, nil))
	over, end := context.WithCancel(t.Context())
	end()
	if err := a.runMonitor(over); err != nil {
		t.Errorf("an address that is taken: %v", err)
	}

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.serveMonitor(ctx, l) }()
	resp, err := http.Get("http://" + l.Addr().String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); err != nil || !strings.Contains(string(text), "excursobot_build_info") {
		t.Errorf("its own address answers %d: %v", resp.StatusCode, err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// newAppAt builds a bot in a simulated world with monitor.addr.
func newAppAt(t *testing.T, addr string) *App {
	t.Helper()
	cfg := config.Defaults()
	cfg.Derive(config.Environment{})
	cfg.Store.Dir = t.TempDir()
	_, world := newSimWorld(&cfg)
	cfg.Monitor.Addr = addr
	a, err := New(cfg, world, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return a
}
