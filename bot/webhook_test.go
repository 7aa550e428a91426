package bot

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/limiter"
	"excursobot/store"
	"excursobot/store/boltstore"
)

// newBare returns a bot that polls the API and was not started; its guide knows no places. The function closes its store.
func newBare(t testing.TB, api telegram.API, edit func(*Config)) (*Bot, func()) {
	t.Helper()
	fail := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	db, err := boltstore.Open(boltstore.Config{Path: filepath.Join(t.TempDir(), "bot.db")})
	fail(err)
	cache, err := geo.NewCache[[]store.Story](geo.CacheConfig{})
	fail(err)
	g, err := guide.New(guide.Config{Store: db, Cache: cache})
	fail(err)
	words, err := text.Load()
	fail(err)
	cfg := Config{API: api, Store: db, Guide: g, Words: words}
	if edit != nil {
		edit(&cfg)
	}
	b, err := New(cfg)
	fail(err)
	return b, func() {
		cache.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// newFront returns a bot that takes updates by webhook until the function is called. The API must answer the calls of the start at once.
func newFront(t testing.TB, api telegram.API, edit func(*Config)) (*Bot, func()) {
	t.Helper()
	b, closeStore := newBare(t, api, func(c *Config) {
		c.WebhookURL, c.WebhookSecret = hookURL, hookSecret
		if edit != nil {
			edit(c)
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx, context.Background()) }()
	for b.Ready() != nil {
		time.Sleep(time.Millisecond)
	}
	return b, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
		closeStore()
	}
}

func post(h http.Handler, secret, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/hook", strings.NewReader(body))
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func say(id int, person int64, text string) string {
	return fmt.Sprintf(`{"update_id":%d,"message":{"message_id":1,"date":1,"from":{"id":%d,"language_code":"en"},"chat":{"id":%d,"type":"private"},"text":%q}}`,
		id, person, person, text)
}

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
	if got := b.Stats().Parked; got != 2 {
		t.Errorf("%d parked, want 2", got)
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

func TestAPanicFailsItsUpdateAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &gatedAPI{open: make(chan struct{})}
		close(api.open)
		b, stop := newFront(t, api, nil)
		b.mux.commands["boom"] = func(context.Context, *update) error { panic("boom") }
		post(b, hookSecret, say(1, 1, "/boom"))
		post(b, hookSecret, say(2, 1, "/help"))
		stop()
		if got := b.Stats().Panics; got != 1 {
			t.Errorf("%d panics, want 1", got)
		}
		words := b.cfg.Words.Words("en")
		want := []string{words.Say("error.broken"), words.Say("help.text")}
		if got := api.texts(); strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("answers %q, want %q", got, want)
		}
	})
}

func TestStopDrainsAndThenCancels(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, closeStore := newBare(t, discardAPI{}, func(c *Config) { c.WebhookURL, c.WebhookSecret = hookURL, hookSecret })
		defer closeStore()
		b.mux.commands["wait"] = func(ctx context.Context, _ *update) error { return limiter.Sleep(ctx, 10*time.Second) }
		b.mux.commands["hang"] = func(ctx context.Context, _ *update) error { <-ctx.Done(); return ctx.Err() }
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
			if done, err := b.cfg.Store.Done(t.Context(), id); err != nil || done != want {
				t.Errorf("update %d done %v (%v), want %v", id, done, err, want)
			}
		}
	})
}

// FuzzWebhook feeds bodies of any shape to the whole way in and through the handlers.
func FuzzWebhook(f *testing.F) {
	for _, seed := range []string{
		say(1, 1, "/start"), `{"update_id":1}`, `{"update_id":-1,"message":{}}`, `[]`, `{"update_id":1e99}`,
		`{"update_id":1,"message":{"message_id":1,"from":{"id":1},"chat":{"id":1,"type":"private"},"location":{"latitude":1,"longitude":2,"live_period":60}}}`,
		`{"update_id":1,"message":{"message_id":1,"from":{"id":1},"chat":{"id":1,"type":"private"},"venue":{"location":{"latitude":999,"longitude":2}}}}`,
		`{"update_id":1,"edited_message":{"message_id":1,"from":{"id":1},"chat":{"id":1,"type":"private"},"location":{}}}`,
		`{"update_id":1,"callback_query":{"id":"1","from":{"id":1},"data":"vote:a:b:short:2","message":{"message_id":1,"chat":{"id":1,"type":"private"},"reply_markup":{"inline_keyboard":[[{"text":"x","callback_data":"vote:a:b:short:2"}]]}}}}`,
		`{"update_id":1,"callback_query":{"id":"1","from":{"id":1},"data":"more:1,2"}}`,
		`{"update_id":1,"my_chat_member":{"from":{"id":1},"chat":{"id":1,"type":"private"},"new_chat_member":{"status":"kicked"}}}`,
		`{"update_id":1,"message":{"message_id":1,"photo":[],"from":{"id":1},"chat":{"id":1,"type":"private"}}}`,
	} {
		f.Add([]byte(seed))
	}
	b, stop := newFront(f, discardAPI{}, func(c *Config) {
		c.Limits = Limits{StoryRate: -1, UpdateRate: -1, AllStoryRate: -1, ChatRate: -1, OutRate: -1}
	})
	f.Cleanup(stop)
	f.Fuzz(func(t *testing.T, body []byte) {
		w := post(b, hookSecret, string(body))
		switch w.Code {
		case 200, 400, 413:
		default:
			t.Errorf("status %d for %q", w.Code, body)
		}
		b.lanes.wait()
		if b.Stats().Panics > 0 {
			t.Fatalf("panic for %q", body)
		}
	})
}

func TestWebhookOfTelegram(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{webhook: true})
		defer w.close()
		p := w.person(1, "en")
		p.Locate(cityLat, cityLon)
		w.waitStory(p, 0)
		w.until("all taken", func() bool { return w.tg.Pending() == 0 })
		if got := w.tg.Calls()["getUpdates"]; got != 0 {
			t.Errorf("%d polls beside the webhook", got)
		}
	})
}

// BenchmarkUpdate is one command through the webhook, its lane, the real store and the answer.
func BenchmarkUpdate(b *testing.B) {
	front, stop := newFront(b, discardAPI{}, func(c *Config) {
		c.Limits = Limits{StoryRate: -1, UpdateRate: -1, AllStoryRate: -1, ChatRate: -1, OutRate: -1}
	})
	defer stop()
	id := 0
	b.ReportAllocs()
	for b.Loop() {
		id++
		body := say(id, int64(id%64+1), "/help")
		r := httptest.NewRequest(http.MethodPost, "/hook", bytes.NewReader([]byte(body)))
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", hookSecret)
		for {
			w := httptest.NewRecorder()
			front.ServeHTTP(w, r)
			if w.Code == 200 {
				break
			}
			front.lanes.wait()
			r.Body = http.NoBody
			r = httptest.NewRequest(http.MethodPost, "/hook", strings.NewReader(body))
			r.Header.Set("X-Telegram-Bot-Api-Secret-Token", hookSecret)
		}
	}
	front.lanes.wait()
}

// BenchmarkRefusedUpdate is one update's way to its lane without the store's write behind it.
func BenchmarkRefusedUpdate(b *testing.B) {
	front, stop := newFront(b, discardAPI{}, nil)
	defer stop()
	body := []byte(say(1, 1, "/help"))
	for range 30 { // the person's bucket is empty from here on
		front.accept(b.Context(), received{1, body})
	}
	front.limits = newBuckets(Limits{UpdateRate: 1e-9, UpdateBurst: 1, StoryRate: 1, NoticeInterval: time.Minute}.withDefaults())
	b.ReportAllocs()
	for b.Loop() {
		front.accept(b.Context(), received{1, body})
	}
}

type discardAPI struct{}

func (discardAPI) Call(context.Context, string, any) ([]byte, error) {
	return []byte(`{"ok":true,"result":{"message_id":1}}`), nil
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
		g.said = append(g.said, payload.(telegram.Outgoing).Text)
		g.mu.Unlock()
	}
	return []byte(`{"ok":true,"result":{"message_id":1}}`), nil
}

func (g *gatedAPI) texts() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.said
}
