package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/telegram"
	"excursobot/limiter"
	"excursobot/store"
)

// large is a message of size bytes or a few more.
func large(id int, person int64, size int) string {
	return say(id, person, "/x"+strings.Repeat("y", size))
}

func TestBytesUnderWayAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &gatedAPI{open: make(chan struct{})}
		f, stop := newFront(t, api, func(c *Config) { c.MaxBytes = 10_000 })
		for i, tt := range []struct {
			size, status int
		}{{4000, 200}, {4000, 200}, {4000, 503}, {1000, 200}} {
			if w := post(f, hookSecret, large(i+1, int64(i+1), tt.size)); w.Code != tt.status {
				t.Errorf("update %d of %d bytes: status %d, want %d", i+1, tt.size, w.Code, tt.status)
			}
		}
		close(api.open)
		synctest.Wait()
		if f.parts.state.bytes != 0 {
			t.Errorf("%d bytes are under way after all answers", f.parts.state.bytes)
		}
		if w := post(f, hookSecret, large(9, 9, 20_000)); w.Code != http.StatusOK {
			t.Errorf("an update larger than the bound, alone: status %d", w.Code)
		}
		stop()
	})
}

func TestPollingWaitsForBytesWithoutHurry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const updates = 40
		var handled atomic.Int64
		api := &pollAPI{}
		api.answer = func(n int, offset int64) ([]byte, error) {
			if n > 10*updates {
				return nil, nil // it asks without a pause: the clock would stand still forever
			}
			var batch []string
			for id := max(offset, 1); id <= updates; id++ {
				batch = append(batch, large(int(id), id, 60_000))
			}
			if len(batch) == 0 {
				return nil, nil
			}
			return fmt.Appendf(nil, `{"ok":true,"result":[%s]}`, strings.Join(batch, ",")), nil
		}
		f, closeStore := newBare(t, api, func(c *Config) { c.MaxBytes = 200_000 })
		defer closeStore()
		most := 0
		f.route = func(*telegram.Update) Job {
			return Reply{Kind: "text", Run: func(ctx context.Context, _ *Task) error {
				f.parts.state.mu.Lock()
				most = max(most, f.parts.state.bytes)
				f.parts.state.mu.Unlock()
				handled.Add(1)
				return limiter.Sleep(ctx, time.Second)
			}}
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		if err := f.Run(ctx, t.Context()); err != nil {
			t.Fatal(err)
		}
		if handled.Load() != updates || most > 200_000 {
			t.Errorf("%d of %d handled, at most %d bytes at once", handled.Load(), updates, most)
		}
		if n := len(api.polls); n > 2*updates {
			t.Errorf("%d polls for %d updates", n, updates)
		}
	})
}

func TestPollingWaitsForCheckoutsWithoutHurry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const updates, takes, enough = maxCheckouts + 1, 5 * time.Second, 200
		api := &pollAPI{}
		api.answer = func(n int, offset int64) ([]byte, error) {
			var batch []string
			for id := max(offset, 1); id <= updates && len(batch) < pollLimit; id++ {
				batch = append(batch, fmt.Sprintf(`{"update_id":%d,"pre_checkout_query":{"id":"q%d","from":{"id":%d},"currency":"XTR","total_amount":1,"invoice_payload":"p"}}`, id, id, id))
			}
			if len(batch) == 0 || n > enough {
				return nil, nil
			}
			return fmt.Appendf(nil, `{"ok":true,"result":[%s]}`, strings.Join(batch, ",")), nil
		}
		var answered atomic.Int64
		f, closeStore := newBare(t, api, func(c *Config) {
			c.Hooks.Checkout = func(ctx context.Context, _ *telegram.Update, _ func() bool) error {
				answered.Add(1)
				return limiter.Sleep(ctx, takes)
			}
		})
		defer closeStore()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := f.Run(ctx, t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(api.polls); answered.Load() != updates || n > enough/2 {
			t.Errorf("%d of %d answered with %d polls", answered.Load(), updates, n)
		}
	})
}

func TestALargeInboxIsResumedWithinTheBytes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, closeStore := newBare(t, &pollAPI{answer: func(int, int64) ([]byte, error) { return nil, nil }}, func(c *Config) { c.MaxBytes = 20_000 })
		defer closeStore()
		handled := 0
		f.route = func(*telegram.Update) Job {
			return Reply{Kind: "text", Run: func(context.Context, *Task) error { handled++; return nil }}
		}
		for id := range int64(10) {
			if _, err := f.store.Accept(t.Context(), store.Entry{Update: id + 1, Chat: 1, Arrived: time.Now(), Raw: []byte(large(int(id+1), 1, 8000))}); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := f.Run(ctx, t.Context()); err != nil || handled != 10 {
			t.Errorf("%d of 10 handled, error %v", handled, err)
		}
	})
}

func TestLargeUpdatesArePolledInSmallerBatches(t *testing.T) {
	t.Parallel()
	for size, want := range map[int]int{500: pollLimit, 64 << 10: 16, 2 << 20: 1} {
		var updates []json.RawMessage
		for range pollLimit {
			updates = append(updates, make(json.RawMessage, size))
		}
		if got := nextLimit(updates); got != want {
			t.Errorf("after %d updates of %d bytes: %d, want %d", pollLimit, size, got, want)
		}
	}
}
