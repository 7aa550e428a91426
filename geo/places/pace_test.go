package places

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/limiter"
)

// A Retry-After beyond the deadline is an error at once, and no request is sent before it is over.
func TestLongRetryAfterPausesAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{retry: 120, fault: func(n int) string {
			if n == 1 {
				return "429"
			}
			return ""
		}})
		start := time.Now()
		if _, err := w.Near(t.Context(), square, 300, "ru"); !errors.Is(err, ErrUnavailable) || errors.Is(err, limiter.ErrLate) {
			t.Errorf("err = %v, want ErrUnavailable that is not our own doing", err)
		}
		if got := w.Stats(); got.Pause != 2*time.Minute || got.Limited == 0 {
			t.Errorf("Stats() = %+v, want a pause of two minutes", got)
		}
		for i := range 3 {
			if _, err := w.Near(t.Context(), geo.Point{Lat: float64(i + 1)}, 300, "ru"); !errors.Is(err, errPaused) {
				t.Errorf("err = %v, want errPaused", err)
			}
		}
		if time.Since(start) > 0 || w.sent() != 1 {
			t.Errorf("%d requests in %v, want one and no waiting", w.sent(), time.Since(start))
		}
		time.Sleep(2 * time.Minute)
		if _, err := w.Near(t.Context(), square, 300, "ru"); err != nil {
			t.Errorf("after the pause: %v", err)
		}
	})
}

// crowd searches distant areas from many goroutines and returns the times of the requests.
func crowd(t *testing.T, w *world, n int, every time.Duration) []time.Time {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		time.Sleep(every)
		p := geo.CellAt(geo.Point{Lat: float64(i%120) - 60, Lon: float64(i/120) * 7}, geo.LevelFar).Center()
		wg.Go(func() { _, _ = w.Near(t.Context(), p, 10, "ru") })
	}
	wg.Wait()
	return w.times
}

// most returns the largest number of times within one window.
func most(times []time.Time, window time.Duration) int {
	best := 0
	for i, from := range times {
		n := 0
		for _, at := range times[i:] {
			if at.Sub(from) < window {
				n++
			}
		}
		best = max(best, n)
	}
	return best
}

func TestPaceKeepsToTheLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{latency: 100 * time.Millisecond})
		times := crowd(t, w, 600, 200*time.Millisecond)
		if got := most(times, time.Minute); got > 150 || got < 100 {
			t.Errorf("%d requests in one minute, the limit is 150", got)
		}
		if got := most(times, time.Second); got > 18 { // 15 a second and a burst of 3
			t.Errorf("%d requests in a second", got)
		}
		if got := w.wiki.Stats().Peak; got > 3 {
			t.Errorf("%d requests at once, the limit is 3", got)
		}
	})
}

func TestLowTierWithoutContact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		wiki := sim.NewWikipedia(sim.WikipediaConfig{})
		w := newWorld(t, setting{})
		w.times = nil
		f, err := New(Config{
			Store: w.store, Log: slog.New(slog.NewTextHandler(&log, nil)), PerMinute: 150,
			HTTP: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				w.mu.Lock()
				w.times = append(w.times, time.Now())
				w.mu.Unlock()
				if r.Header.Get("User-Agent") != "Excursobot/dev" {
					t.Errorf("agent %q", r.Header.Get("User-Agent"))
				}
				return sim.Transport(map[string]http.Handler{"*.wikipedia.org": wiki}).RoundTrip(r)
			})},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if strings.Contains(log.String(), "level=WARN") { // the configuration warns of it
			t.Errorf("warnings at the start: %s", log.String())
		}
		w.Finder = f
		times := crowd(t, w, 60, 3*time.Second)
		if got := most(times, time.Minute); got > 10 || got < 8 {
			t.Errorf("%d requests in one minute, the limit is 10", got)
		}
	})
}
