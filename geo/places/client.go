package places

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"excursobot/limiter"
)

const (
	attempts     = 3                      // for one request
	backOff      = 190 * time.Millisecond // mean, before the second attempt; doubles after each
	defaultPause = 5 * time.Second        // of all requests after a 429 without Retry-After
	maxPause     = time.Hour              // a longer Retry-After is cut to this
	bodyLimit    = 2 << 20                // bytes of an uncompressed reply; 500 pages are about 100 KiB
	lowTier      = 10                     // requests a minute that Wikipedia allows a client without a contact
)

// client sends requests to the Action API, at the rate and with the retries that Wikipedia asks for.
type client struct {
	http    *http.Client
	url     string // with {lang}
	agent   string
	timeout time.Duration
	log     *slog.Logger
	observe func(outcome string)
	gate    *limiter.Gate
	// pace has a single key: the rate of the key bounds requests a minute, the common rate requests a second.
	pace *limiter.Pace[struct{}]

	requests, errors, limited atomic.Uint64
}

func newClient(cfg Config) (*client, error) {
	c := &client{
		http:    cfg.HTTP,
		url:     cmp.Or(cfg.URL, "https://{lang}.wikipedia.org/w/api.php"),
		agent:   "Excursobot/" + cmp.Or(cfg.Version, "dev"),
		timeout: cfg.Timeout,
		log:     cfg.Log,
		observe: cfg.Observe,
		gate:    cfg.Gate,
	}
	if cfg.Contact != "" {
		c.agent += " (" + cfg.Contact + ")"
	}
	if u, err := url.Parse(strings.ReplaceAll(c.url, "{lang}", "en")); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is not an address of an API", c.url)
	}
	if strings.ContainsFunc(c.agent, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, errors.New("the contact holds control characters")
	}
	if c.http == nil {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = 32
		c.http = &http.Client{Transport: transport, Timeout: cfg.Timeout}
	}
	if c.observe == nil {
		c.observe = func(string) {}
	}
	if c.gate == nil {
		c.gate = NewGate(3)
	}
	perMinute := cfg.PerMinute
	if perMinute <= 0 {
		perMinute = 150
	}
	if cfg.Contact == "" {
		perMinute = min(perMinute, lowTier)
	}
	// A full bucket and the refill of a minute together are the limit, so that no minute has more requests.
	burst := max(1, int(perMinute/5))
	perSecond := cfg.PerSecond
	if perSecond <= 0 {
		perSecond = 3
	}
	c.pace = limiter.NewPace[struct{}](limiter.PaceConfig{
		Rate: perSecond, Burst: max(1, int(perSecond)),
		KeyRate: max(perMinute-float64(burst), 1) / 60, KeyBurst: burst,
	})
	return c, nil
}

// Classes of the gate before Wikipedia.
const (
	foreground limiter.Class = iota
	background
)

// NewGate returns a gate for the given number of requests at once. Background requests go after the others and never take the last slot.
func NewGate(slots int) *limiter.Gate {
	return limiter.NewGate(limiter.GateConfig{Slots: slots, Classes: 2, Background: background, InitialEstimate: 300 * time.Millisecond})
}

type backgroundKey struct{}

// Background returns a context for requests whose answer nobody waits for.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

func classOf(ctx context.Context) limiter.Class {
	if ctx.Value(backgroundKey{}) != nil {
		return background
	}
	return foreground
}

// failure is the error of an attempt and what to do about it.
type failure struct {
	err     error
	retry   bool          // another attempt may succeed
	limited bool          // too many requests, as Wikipedia or our own limits count them
	after   time.Duration // how long all requests have to wait, from Retry-After
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// get sends a request, with up to three attempts within the timeout. Every error is ErrUnavailable.
func (c *client) get(ctx context.Context, language string, params url.Values) (*reply, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	address, err := c.address(language, params)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	for n := 1; ; n++ {
		r, fail := c.try(ctx, address)
		if fail == nil {
			return r, nil
		}
		if fail.limited {
			c.limited.Add(1)
		}
		if fail.after > 0 {
			c.pace.Pause(fail.after) // the next attempt waits for it, or fails at once if there is no time
		}
		if !fail.retry || n == attempts || fail.after == 0 && limiter.Sleep(ctx, limiter.Jitter(backOff<<(n-1))) != nil {
			c.log.Warn("wikipedia_failed", "language", language, "attempts", n, "limited", fail.limited, "error", fail.err)
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, fail)
		}
	}
}

// try makes one attempt, when the gate and the pace admit it.
func (c *client) try(ctx context.Context, address string) (*reply, *failure) {
	slot, err := c.gate.Acquire(ctx, limiter.Job{Class: classOf(ctx)})
	if err != nil {
		return nil, c.heldBack(ctx, err)
	}
	defer slot.Release()
	if err := c.pace.Wait(ctx, struct{}{}); err != nil {
		return nil, c.heldBack(ctx, err)
	}
	c.requests.Add(1)
	r, fail := c.send(ctx, address)
	switch {
	case fail == nil:
		c.observe("ok")
	case fail.limited:
		c.observe("limited")
	default:
		c.errors.Add(1)
		c.observe("error")
	}
	return r, fail
}

var errPaused = errors.New("asked to wait beyond the deadline")

// heldBack returns the failure of a request that our own limits or a pause did not admit in time.
func (c *client) heldBack(ctx context.Context, err error) *failure {
	late := errors.Is(err, context.DeadlineExceeded) || errors.Is(ctx.Err(), context.DeadlineExceeded)
	switch {
	case late && c.pace.Stats().Paused > 0:
		err = errPaused
	case late:
		err = limiter.ErrLate
	}
	return &failure{err: err, limited: late || errors.Is(err, limiter.ErrFull)}
}

// address returns the URL of a request to the Wikipedia in the language.
func (c *client) address(language string, params url.Values) (string, error) {
	host, _, _ := strings.Cut(language, "-")
	if len(host) < 2 || len(host) > 3 || strings.ContainsFunc(host, func(r rune) bool { return r < 'a' || r > 'z' }) {
		return "", fmt.Errorf("no Wikipedia in the language %q", language) // the language becomes part of the host name
	}
	if host == "nb" {
		host = "no"
	}
	u, err := url.Parse(strings.ReplaceAll(c.url, "{lang}", host))
	if err != nil {
		return "", err
	}
	query := u.Query()
	for name, values := range params {
		query[name] = values
	}
	for name, value := range map[string]string{"action": "query", "format": "json", "formatversion": "2", "maxlag": "5"} {
		query.Set(name, value)
	}
	u.RawQuery = query.Encode()
	return u.String(), nil
}
