package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/intake"
	"excursobot/bot/telegram"

	"excursobot/bot/guide"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/boltstore"
)

// newFront returns a bot that takes updates by webhook until the function is called; its guide knows no places. The API must answer the calls of
// the start at once.
func newFront(t testing.TB, api telegram.API, edit func(*Config)) (*Bot, func()) {
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
	cfg := Config{API: api, Store: db, Guide: g, Words: words, WebhookURL: hookURL, WebhookSecret: hookSecret}
	if edit != nil {
		edit(&cfg)
	}
	b, err := New(cfg)
	fail(err)
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
		cache.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

func post(h http.Handler, secret, body string) *httptest.ResponseRecorder {
	return postIn(context.Background(), h, secret, body)
}

func postIn(ctx context.Context, h http.Handler, secret, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/hook", strings.NewReader(body)).WithContext(ctx)
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func say(id int, person int64, text string) string {
	return fmt.Sprintf(`{"update_id":%d,"message":{"message_id":1,"date":1,"from":{"id":%d,"language_code":"en"},"chat":{"id":%d,"type":"private"},"text":%q}}`,
		id, person, person, text)
}

func TestAPanicFailsItsUpdateAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &textsAPI{}
		b, stop := newFront(t, api, nil)
		b.router.commands["boom"] = func(context.Context, *update) error { panic("boom") }
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
		c.Limits = Limits{Limits: intake.Limits{StoryRate: -1, UpdateRate: -1, AllStoryRate: -1}, ChatRate: -1, OutRate: -1}
	})
	f.Cleanup(stop)
	f.Fuzz(func(t *testing.T, body []byte) {
		w := post(b, hookSecret, string(body))
		switch w.Code {
		case 200, 400, 413:
		default:
			t.Errorf("status %d for %q", w.Code, body)
		}
		b.waitIdle()
		if b.Stats().Panics > 0 {
			t.Fatalf("panic for %q", body)
		}
	})
}

func TestWebhookOfTelegram(t *testing.T) {
	inWorld(t, newWorld, worldConfig{webhook: true}, func(t *testing.T, w *world) {
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
		c.Limits = Limits{Limits: intake.Limits{StoryRate: -1, UpdateRate: -1, AllStoryRate: -1}, ChatRate: -1, OutRate: -1}
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
			front.waitIdle()
			r.Body = http.NoBody
			r = httptest.NewRequest(http.MethodPost, "/hook", strings.NewReader(body))
			r.Header.Set("X-Telegram-Bot-Api-Secret-Token", hookSecret)
		}
	}
	front.waitIdle()
}

type discardAPI struct{}

func (discardAPI) Call(context.Context, string, any) ([]byte, error) {
	return []byte(`{"ok":true,"result":{"message_id":1}}`), nil
}

// textsAPI answers every call with success, and keeps the texts of messages.
type textsAPI struct {
	discardAPI
	mu   sync.Mutex
	said []string
}

func (a *textsAPI) Call(ctx context.Context, method string, payload any) ([]byte, error) {
	if method == "sendMessage" {
		a.mu.Lock()
		a.said = append(a.said, textOf(payload))
		a.mu.Unlock()
	}
	return a.discardAPI.Call(ctx, method, payload)
}

// textOf returns the text of a payload of sendMessage.
func textOf(payload any) string {
	var message struct{ Text string }
	if raw, err := json.Marshal(payload); err != nil || json.Unmarshal(raw, &message) != nil {
		return "no message"
	}
	return message.Text
}

func (a *textsAPI) texts() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.said
}

// waitIdle waits until no update is under way.
func (b *Bot) waitIdle() {
	for s := b.Stats(); s.Tasks > 0 || s.Checkouts > 0; s = b.Stats() {
		runtime.Gosched()
	}
}
