package live

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/boltstore"
)

// TestSoak runs 50 walks in real time, for as long as LIVE_SOAK says: an edit each 2 s and a story each second from each, a
// restart in the middle. It reports how late the stories were asked for and what memory and goroutines it took.
func TestSoak(t *testing.T) {
	d, err := time.ParseDuration(os.Getenv("LIVE_SOAK"))
	if err != nil {
		t.Skip("LIVE_SOAK is no duration")
	}
	const walkers = 50
	var mu sync.Mutex
	var late []time.Duration
	numbers := map[string]int{}
	path := filepath.Join(t.TempDir(), "walks.db")
	shares := make([]Share, walkers)
	for i := range shares {
		shares[i] = share(int64(i+1), 10)
		shares[i].Period = Forever
	}
	run := func(d time.Duration) Stats {
		s, err := boltstore.Open(boltstore.Config{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		l, err := New(Config{Store: s, Intervals: []time.Duration{time.Second}}, Hooks{
			Deliver: func(ctx context.Context, tick Tick, done func(Outcome)) {
				go func() {
					mu.Lock()
					if !tick.First {
						late = append(late, time.Since(tick.Due))
					}
					if tick.Number != numbers[tick.Walk]+1 {
						t.Errorf("story %d of %s after %d", tick.Number, tick.Walk, numbers[tick.Walk])
					}
					numbers[tick.Walk] = tick.Number
					mu.Unlock()
					time.Sleep(20 * time.Millisecond)
					err := s.Delivered(context.WithoutCancel(ctx), store.Delivery{
						Person: tick.Person, Place: tick.Due.String(), Walk: tick.Walk, Number: tick.Number, At: time.Now(),
					})
					if err != nil {
						t.Error(err)
					}
					done(Delivered)
				}()
			},
			Prepare: func(store.Walk, geo.Point) {},
			Chosen:  func(store.Walk) {},
			Ended:   func(_ store.Walk, done func(error)) { done(nil) },
			Quiet:   func(store.Walk) {},
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), d)
		defer stop()
		ended := make(chan error, 1)
		go func() { ended <- l.Run(ctx) }()
		for i := range shares {
			if _, err := l.Start(t.Context(), shares[i]); err != nil {
				t.Fatal(err)
			}
		}
		for tick := time.NewTicker(2 * time.Second / walkers); ctx.Err() == nil; <-tick.C {
			i := time.Now().UnixNano() / int64(2*time.Second/walkers) % walkers
			shares[i].Edited, shares[i].Point = time.Now(), geo.Offset(shares[i].Point, 90, 3)
			if _, err := l.Edit(t.Context(), shares[i]); err != nil {
				t.Error(err)
			}
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		return l.Stats()
	}
	for range 2 {
		st := run(d / 2)
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		mu.Lock()
		slices.Sort(late)
		t.Logf("%d stories, asked for late by %v (median), %v (p95), %v (most); heap %d KiB, system %d KiB, goroutines %d; %+v",
			len(late), late[len(late)/2], late[len(late)*95/100], late[len(late)-1], m.HeapAlloc>>10, m.Sys>>10, runtime.NumGoroutine(), st)
		mu.Unlock()
	}
	for id, n := range numbers {
		if want := int(d.Seconds()) - 6; n < want {
			t.Errorf("%s: got %d stories in %v, want %d", id, n, d, want)
		}
	}
}
