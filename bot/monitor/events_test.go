package monitor

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// readEvent returns the lines of the next event.
func readEvent(t *testing.T, lines *bufio.Scanner) string {
	t.Helper()
	var event strings.Builder
	for lines.Scan() && lines.Text() != "" {
		event.WriteString(lines.Text() + "\n")
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return event.String()
}

func TestEventsFollowSamples(t *testing.T) {
	w := newWorld(t, Config{})
	w.tick()
	srv := httptest.NewServer(w.mux)
	defer srv.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+"/dashboard/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("type %q", got)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	if first := readEvent(t, lines); !strings.HasPrefix(first, "event: page\ndata: ") || !strings.Contains(first, "People are being served") {
		t.Errorf("the first event: %.200s", first)
	}
	w.reasons = map[string]string{"store": "gone"}
	w.tick()
	if second := readEvent(t, lines); !strings.Contains(second, "store: gone") {
		t.Errorf("the second event: %.200s", second)
	}
}

func TestViewersAreBounded(t *testing.T) {
	w := newWorld(t, Config{})
	w.tick()
	for range maxViewers {
		if !w.addViewer() {
			t.Fatal("no room")
		}
	}
	if rec := w.get("/dashboard/events"); rec.Code != http.StatusServiceUnavailable {
		t.Errorf("one more: %d", rec.Code)
	}
	w.removeViewer()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if rec := w.get("/dashboard/events", func(r *http.Request) { *r = *r.WithContext(gone) }); rec.Code != http.StatusOK {
		t.Errorf("after one left: %d", rec.Code)
	}
	if w.viewers != maxViewers-1 {
		t.Errorf("%d viewers", w.viewers)
	}
}

func TestRunSamplesUntilTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Config{})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- w.Run(ctx) }()
		synctest.Wait()
		if got := len(w.current.Load().hour); got != 1 {
			t.Errorf("%d samples at once, want 1", got)
		}
		time.Sleep(2 * sampleEvery)
		synctest.Wait()
		if got := len(w.current.Load().hour); got != 3 {
			t.Errorf("%d samples, want 3", got)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestSpansAndEmptyPage(t *testing.T) {
	w := newWorld(t, Config{})
	if body := w.get("/dashboard").Body.String(); !strings.Contains(body, "Starting") {
		t.Error("before the first sample the page does not say so")
	}
	w.tick()
	for path, want := range map[string]string{
		"/dashboard": "60 min ago", "/dashboard?span=day": "24 h ago", "/dashboard?span=minutes": "10 min ago", "/dashboard?span=%3Cscript": "60 min ago",
	} {
		if body := w.get(path).Body.String(); !strings.Contains(body, want) {
			t.Errorf("%s lacks %q", path, want)
		}
	}
}
