package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	tele "gopkg.in/telebot.v3"
)

// API is what the bot needs of Telegram: one call. The body may come with an error (Telegram's refusals are JSON) and a nil error
// promises nothing about the body: who calls must look for "ok": true.
//
// It differs from telebot's Raw by its context, without which neither a long poll nor a send could be ended at the stop.
type API interface {
	Call(ctx context.Context, method string, payload any) ([]byte, error)
}

// Form is a payload with a file. It is posted as multipart/form-data, every other payload as JSON.
type Form struct {
	Fields map[string]string
	Field  string // of the file: "photo", "document"
	Name   string // the file's
	Data   []byte
}

// ErrToken says that Telegram does not know the token: no retry will help.
var ErrToken = errors.New("bot: Telegram does not know this token (or telegram.api_url is not a Bot API server)")

// Bounds of one HTTP call.
const (
	callTimeout  = 15 * time.Second          // a send, an edit, an answer
	pollWait     = 50 * time.Second          // what getUpdates may hold a request open: Telegram's own most
	pollTimeout  = pollWait + 15*time.Second // and the whole call, so that the answer has time to arrive
	maxReplySize = 16 << 20                  // bytes of an answer: 100 updates of 64 KiB and more
)

// DialConfig names a Bot API server.
type DialConfig struct {
	Token     string
	URL       string            // default https://api.telegram.org
	Transport http.RoundTripper // default one with 32 idle connections for the host
}

// Client calls the Bot API through telebot. Its errors never hold the token.
type Client struct {
	base *url.URL
	wire *wire
}

var _ API = (*Client)(nil)

// Dial returns a client. It makes no call.
func Dial(cfg DialConfig) (*Client, error) {
	if cfg.Token == "" {
		return nil, errors.New("bot: no token")
	}
	if cfg.URL == "" {
		cfg.URL = tele.DefaultApiURL
	}
	base, err := url.Parse(cfg.URL)
	if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") {
		return nil, fmt.Errorf("bot: %q is not the address of a Bot API server", cfg.URL)
	}
	if cfg.Transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = 32
		cfg.Transport = t
	}
	return &Client{base: base, wire: &wire{next: cfg.Transport, token: cfg.Token}}, nil
}

// Call makes one call, bounded by ctx and by 15 s (a long poll: 65 s).
//
// telebot knows no contexts, so each call has a telebot of its own, offline, whose transport carries the context: some microseconds beside a
// round trip. It is given a stand-in for the token, since its errors quote addresses.
func (c *Client) Call(ctx context.Context, method string, payload any) (body []byte, err error) {
	timeout := callTimeout
	if method == "getUpdates" {
		timeout = pollTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if form, ok := payload.(Form); ok {
		return c.post(ctx, method, form)
	}
	bot, err := tele.NewBot(tele.Settings{
		URL:     c.base.String(),
		Token:   standIn,
		Offline: true,
		Updates: 1,
		Client:  &http.Client{Transport: bound{ctx: ctx, next: c.wire}, CheckRedirect: stay},
	})
	if err != nil {
		return nil, err
	}
	// telebot asserts that retry_after and its like are numbers; a server that sends something else must not end the process.
	defer func() {
		if r := recover(); r != nil {
			body, err = nil, fmt.Errorf("%s: unreadable answer: %v", method, r)
		}
	}()
	return bot.Raw(method, payload)
}

// Ahead returns by how much this machine's wall clock is ahead of Telegram's, now, as far as the last answer told the time; negative if it is behind.
func (c *Client) Ahead() time.Duration {
	last := c.wire.told.Load()
	if last == nil {
		return 0
	}
	now := time.Now()
	return now.Round(0).Sub(last.telegram.Add(now.Sub(last.here)))
}

// stay takes a redirection for the answer: a Bot API server sends none.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
