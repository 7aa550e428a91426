package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// API is one call to the Bot API. The body may come with an error, because Telegram's refusals are JSON. A nil error promises nothing about
// the body: the caller must read it with Parse.
type API interface {
	Call(ctx context.Context, method string, payload any) ([]byte, error)
}

// ErrToken means that Telegram does not know the token. Repeating the call does not help.
var ErrToken = errors.New("telegram: the token is not known (or telegram.api_url is not a Bot API server)")

// PollWait is how long getUpdates may hold a request open. Telegram allows no more.
const PollWait = 50 * time.Second

// Bounds of one HTTP call.
const (
	callTimeout  = 15 * time.Second
	pollTimeout  = PollWait + 15*time.Second // a whole getUpdates, so that the answer has time to arrive
	maxReplySize = 16 << 20                  // bytes of an answer: 100 updates of 64 KiB and more
)

const defaultURL = "https://api.telegram.org"

// ClientConfig names a Bot API server.
type ClientConfig struct {
	Token     string               // required
	URL       string               // default https://api.telegram.org; a slash at its end means nothing
	Test      bool                 // the token is of Telegram's test environment
	Transport http.RoundTripper    // default: one that keeps 32 idle connections to the host
	Uptime    func() time.Duration // a clock that nobody sets and that goes on while the machine is suspended; default Go's monotonic clock
}

// Client calls a Bot API server over HTTP. Its errors never hold the token. It repeats nothing; a Sender does.
type Client struct {
	base  *url.URL // of the methods, with the stand-in for the token
	files *url.URL // of files, likewise
	wire  *wire
	http  *http.Client
}

var _ API = (*Client)(nil)

// NewClient returns a client. It makes no call.
func NewClient(cfg ClientConfig) (*Client, error) {
	if cfg.Token == "" {
		return nil, errors.New("telegram: no token")
	}
	if cfg.URL == "" {
		cfg.URL = defaultURL
	}
	base, err := url.Parse(cfg.URL)
	if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") {
		return nil, fmt.Errorf("telegram: %q is not the address of a Bot API server", cfg.URL)
	}
	base = base.JoinPath("/") // or its path could lack the slash before it
	files := base.JoinPath("file", "bot"+standIn)
	base = base.JoinPath("bot" + standIn)
	if cfg.Test {
		base, files = base.JoinPath("test"), files.JoinPath("test")
	}
	if cfg.Transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = 32
		cfg.Transport = t
	}
	if cfg.Uptime == nil {
		began := time.Now()
		cfg.Uptime = func() time.Duration { return time.Since(began) }
	}
	w := &wire{next: cfg.Transport, token: cfg.Token, uptime: cfg.Uptime}
	// A Bot API server sends no redirections: one is taken for the answer.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{base: base, files: files, wire: w, http: &http.Client{Transport: w, CheckRedirect: stay}}, nil
}

// Call makes one call. It is bounded by ctx and by 15 s (getUpdates: 65 s). A Form is posted as multipart/form-data, any other payload as JSON.
func (c *Client) Call(ctx context.Context, method string, payload any) ([]byte, error) {
	timeout := callTimeout
	if method == "getUpdates" {
		timeout = pollTimeout
	}
	if ends, ok := ctx.Deadline(); !ok || time.Until(ends) > timeout {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	body, contentType, err := encode(payload)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "", body)
	if err != nil {
		return nil, err
	}
	at := *c.base
	at.Path += "/" + method
	req.URL, req.Host = &at, at.Host
	req.Header.Set("Content-Type", contentType)
	if u := at.User; u != nil {
		password, _ := u.Password()
		req.SetBasicAuth(u.Username(), password)
	}
	resp, err := c.wire.RoundTrip(req) // an http.Client would add nothing but copies
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body) // bounded by the wire
}

// ClockSkew returns by how much this machine's wall clock is ahead of Telegram's (negative: behind it), judged by the Date header of the last
// answer. It returns 0 before the first answer.
func (c *Client) ClockSkew() time.Duration {
	last := c.wire.clock.Load()
	if last == nil {
		return 0
	}
	return time.Now().Round(0).Sub(last.telegram.Add(c.wire.uptime() - last.here))
}
