package intake

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"excursobot/bot/telegram"
	"excursobot/limiter"
	"excursobot/store"
	"excursobot/store/boltstore"
)

const (
	hookURL    = "https://bot.test/hook"
	hookSecret = "s3cret_-"
)

// front is an Intake on a real store. Each text has a handler; a text without one is repeated.
type front struct {
	*Intake
	store    *boltstore.Store
	out      *telegram.Sender
	handlers map[string]Handler
	route    func(u *telegram.Update) Job // instead of handlers; nil = none
	paused   bool
	failures []Failure
}

// newBare returns a front that polls the API and was not started. The function closes its store.
func newBare(t testing.TB, api telegram.API, edit func(*Config)) (*front, func()) {
	t.Helper()
	db, err := boltstore.Open(boltstore.Config{Path: filepath.Join(t.TempDir(), "bot.db")})
	if err != nil {
		t.Fatal(err)
	}
	f := &front{store: db, handlers: map[string]Handler{}}
	f.out = telegram.NewSender(telegram.SenderConfig{
		API: api, Pace: limiter.NewPace[int64](limiter.PaceConfig{}), Log: slog.New(slog.DiscardHandler),
		Observe: func(string, string) {}, Guard: func(run func()) { run() },
	})
	cfg := Config{API: f.out, Store: db, Hooks: f.hooks()}
	cfg.Guard = NewGuard(slog.New(slog.DiscardHandler), func(string) {})
	if edit != nil {
		edit(&cfg)
	}
	if f.Intake, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	return f, func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

func (f *front) hooks() Hooks {
	return Hooks{
		Route: func(u *telegram.Update) Job {
			switch {
			case f.route != nil:
				return f.route(u)
			case u.Person == 0 || u.Message == nil:
				return Nothing{Kind: "other"}
			}
			run, ok := f.handlers[u.Message.Text]
			if !ok {
				run = f.repeat
			}
			return Reply{Kind: "text", Run: run}
		},
		Paused: func(context.Context, *telegram.Update) bool { return f.paused },
		Refuse: func(Refusal) Handler {
			return func(ctx context.Context, t *Task) error { return f.say(ctx, t, "refused") }
		},
		Failed:     func(_ context.Context, _ *Task, failure Failure) { f.failures = append(f.failures, failure) },
		Lost:       func(*telegram.Update) func(context.Context) { return nil },
		Connected:  func(context.Context) {},
		DeadLetter: func(context.Context, *Task) error { return nil },
		Checkout:   func(context.Context, *telegram.Update, func() bool) error { return nil },
	}
}

func (f *front) repeat(ctx context.Context, t *Task) error { return f.say(ctx, t, t.Message.Text) }

func (f *front) say(ctx context.Context, t *Task, text string) error {
	_, err := f.out.Send(ctx, t.To(), telegram.Message{HTML: text})
	return err
}

// newFront returns a front that takes updates by webhook until the function is called. The API must answer the calls of the start at once.
func newFront(t testing.TB, api telegram.API, edit func(*Config)) (*front, func()) {
	t.Helper()
	f, closeStore := newBare(t, api, func(c *Config) {
		c.WebhookURL, c.WebhookSecret = hookURL, hookSecret
		if edit != nil {
			edit(c)
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx, context.Background()) }()
	for f.Ready() != nil {
		time.Sleep(time.Millisecond)
	}
	return f, func() {
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

// discardAPI answers every call with success.
type discardAPI struct{}

func (discardAPI) Call(context.Context, string, any) ([]byte, error) {
	return []byte(`{"ok":true,"result":{"message_id":1}}`), nil
}

// panicAPI panics in the calls of some methods.
type panicAPI struct {
	telegram.API
	in map[string]bool
}

func (p panicAPI) Call(ctx context.Context, method string, payload any) ([]byte, error) {
	if p.in[method] {
		panic(method)
	}
	return p.API.Call(ctx, method, payload)
}

// fullStore is a store whose disk has no room left.
type fullStore struct{ Store }

func (fullStore) Accept(context.Context, ...store.Entry) ([]bool, error) { return nil, store.ErrFull }
func (fullStore) Note(context.Context, int64, string, int) error         { return store.ErrFull }
func (fullStore) Delivered(context.Context, store.Delivery) error        { return store.ErrFull }
func (fullStore) MarkDone(context.Context, ...int64) error               { return store.ErrFull }
