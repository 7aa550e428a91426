package intake

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/limiter"
)

func TestWebhookStatuses(t *testing.T) {
	t.Parallel()
	b, stop := newFront(t, discardAPI{}, nil)
	defer stop()
	tests := []struct {
		name, method, secret, body string
		want                       int
	}{
		{"an update", http.MethodPost, hookSecret, say(1, 5, "/help"), 200},
		{"the same again", http.MethodPost, hookSecret, say(1, 5, "/help"), 200},
		{"no secret", http.MethodPost, "", say(2, 5, "/help"), 401},
		{"a wrong secret", http.MethodPost, hookSecret + "x", say(2, 5, "/help"), 401},
		{"another method", http.MethodGet, hookSecret, "", 405},
		{"not JSON", http.MethodPost, hookSecret, "update_id=1", 400},
		{"nothing", http.MethodPost, hookSecret, "", 400},
		{"JSON without an id", http.MethodPost, hookSecret, `{"message":{}}`, 400},
		{"JSON of another kind", http.MethodPost, hookSecret, `[1]`, 400},
		{"an id that is no number", http.MethodPost, hookSecret, `{"update_id":"1"}`, 400},
		{"too large", http.MethodPost, hookSecret, `{"update_id":3,"x":"` + strings.Repeat("x", maxUpdate) + `"}`, 413},
		{"poison", http.MethodPost, hookSecret, `{"update_id":4,"message":{"message_id":"x"}}`, 200},
		{"a photo without sizes", http.MethodPost, hookSecret, `{"update_id":5,"message":{"message_id":1,"photo":[]}}`, 200},
		{"nothing for us", http.MethodPost, hookSecret, `{"update_id":6,"poll":{}}`, 200},
		{"null parts", http.MethodPost, hookSecret, `{"update_id":7,"message":null}`, 200},
	}
	for _, tt := range tests {
		r := httptest.NewRequest(tt.method, "/hook", strings.NewReader(tt.body))
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", tt.secret)
		w := httptest.NewRecorder()
		b.ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("%s: status %d, want %d (%s)", tt.name, w.Code, tt.want, w.Body)
		}
	}
	if got := b.Stats().DeadLetters; got != 2 {
		t.Errorf("%d dead letters, want 2", got)
	}
}

func TestWebhookBackPressure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &gatedAPI{open: make(chan struct{})}
		b, stop := newFront(t, api, func(c *Config) { c.MaxInflight, c.PerChat = 3, 2 })
		want := func(name string, status int, body string) {
			t.Helper()
			w := post(b, hookSecret, body)
			if w.Code != status {
				t.Errorf("%s: status %d, want %d", name, w.Code, status)
			}
			if got := w.Header().Get("Retry-After"); status == 503 && got != "1" {
				t.Errorf("%s: Retry-After %q, want 1", name, got)
			}
		}
		want("first", 200, say(1, 1, "/help"))
		want("second", 200, say(2, 1, "/help"))
		want("first again while under way", 503, say(1, 1, "/help")) // its room is full, and Telegram may come again
		want("third of the chat", 503, say(3, 1, "/help"))
		want("another chat", 200, say(4, 2, "/help"))
		want("over all", 503, say(5, 3, "/help"))
		close(api.open)
		synctest.Wait()
		want("the refused one comes again", 200, say(3, 1, "/help"))
		want("a done one comes again", 200, say(1, 1, "/help"))
		synctest.Wait()
		stop()
		want("after the stop", 503, say(9, 1, "/help"))
		if got := api.sends.Load(); got != 4 {
			t.Errorf("%d answers, want 4", got)
		}
	})
}

func TestPersonsOverflowIsDropped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &gatedAPI{open: make(chan struct{})}
		close(api.open)
		b, stop := newFront(t, api, func(c *Config) { c.PerChat = 100 })
		for i := range 60 {
			if w := post(b, hookSecret, say(i+1, 1, "/help")); w.Code != 200 {
				t.Fatalf("status %d", w.Code)
			}
		}
		if got := b.Stats().Dropped; got != 40 {
			t.Errorf("%d dropped, want 40", got)
		}
		stop()
		if got := api.sends.Load(); got != 20 {
			t.Errorf("%d answers, want 20", got)
		}
	})
}

func TestStopDrainsAndThenCancels(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, closeStore := newBare(t, discardAPI{}, func(c *Config) { c.WebhookURL, c.WebhookSecret = hookURL, hookSecret })
		defer closeStore()
		b.handlers["/wait"] = func(ctx context.Context, _ *Task) error { return limiter.Sleep(ctx, 10*time.Second) }
		b.handlers["/hang"] = func(ctx context.Context, _ *Task) error { <-ctx.Done(); return ctx.Err() }
		intake, stopIntake := context.WithCancel(t.Context())
		work, stopWork := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.Run(intake, work) }()
		synctest.Wait()
		post(b, hookSecret, say(1, 1, "/wait"))
		post(b, hookSecret, say(2, 2, "/hang"))
		start := time.Now()
		stopIntake()
		time.AfterFunc(20*time.Second, stopWork)
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
		if took := time.Since(start); took != 20*time.Second {
			t.Errorf("stopped after %v, want 20s", took)
		}
		for id, want := range map[int64]bool{1: true, 2: false} {
			if done, err := b.store.Done(t.Context(), id); err != nil || done != want {
				t.Errorf("update %d done %v (%v), want %v", id, done, err, want)
			}
		}
	})
}

// BenchmarkRefusedUpdate is one update's way to its lane without the store's write behind it.
func BenchmarkRefusedUpdate(b *testing.B) {
	front, stop := newFront(b, discardAPI{}, nil)
	defer stop()
	body := []byte(say(1, 1, "/help"))
	for range 30 { // the person's bucket is empty from here on
		front.door.accept(b.Context(), received{id: 1, raw: body})
	}
	front.parts.limits = newBuckets(Limits{UpdateRate: 1e-9, UpdateBurst: 1, StoryRate: 1})
	b.ReportAllocs()
	for b.Loop() {
		front.door.accept(b.Context(), received{id: 1, raw: body})
	}
}

// gatedAPI holds sendMessage until it is opened, and counts.
type gatedAPI struct {
	open  chan struct{}
	sends atomic.Int64
	mu    sync.Mutex
	said  []string
}

func (g *gatedAPI) Call(ctx context.Context, method string, payload any) ([]byte, error) {
	if method == "sendMessage" {
		select {
		case <-g.open:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		g.sends.Add(1)
		g.mu.Lock()
		g.said = append(g.said, textOf(payload))
		g.mu.Unlock()
	}
	return []byte(`{"ok":true,"result":{"message_id":1}}`), nil
}

// textOf returns the text of a payload of sendMessage.
func textOf(payload any) string {
	var message struct{ Text string }
	if raw, err := json.Marshal(payload); err != nil || json.Unmarshal(raw, &message) != nil {
		return "no message"
	}
	return message.Text
}

func (g *gatedAPI) texts() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.said
}
