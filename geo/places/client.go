package places

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"excursobot/limiter"
)

const (
	attempts   = 3                      // of one request
	backOff    = 250 * time.Millisecond // before the second attempt; doubles
	pause      = 5 * time.Second        // of all, when Wikipedia says "too many" and not for how long
	pauseLimit = time.Hour              // a longer Retry-After is taken as this
	bodyLimit  = 2 << 20                // of a reply, unpacked; 500 pages are about 100 KiB
	lowTier    = 10                     // requests a minute that Wikipedia gives those who do not say who they are
)

// client asks the Action API, at the pace and with the patience that Wikipedia wants.
type client struct {
	http    *http.Client
	url     string // with {lang}
	agent   string
	timeout time.Duration
	log     *slog.Logger
	observe func(outcome string)
	gate    *limiter.Gate
	// pace has one key: its own rate keeps to the minute, the common one to the second.
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
	// A full bucket and a minute's refill together are the limit, so that no minute holds more.
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
	urgent limiter.Class = iota
	ahead
)

// NewGate returns a gate before Wikipedia for so many requests at once: those made Ahead let the others pass and never take the last slot.
func NewGate(slots int) *limiter.Gate {
	return limiter.NewGate(limiter.GateConfig{Slots: slots, Classes: 2, Background: ahead, InitialEstimate: 300 * time.Millisecond})
}

type aheadKey struct{}

// Ahead returns a context for questions that nobody waits for.
func Ahead(ctx context.Context) context.Context { return context.WithValue(ctx, aheadKey{}, true) }

func classOf(ctx context.Context) limiter.Class {
	if ctx.Value(aheadKey{}) != nil {
		return ahead
	}
	return urgent
}

// trouble is why a request failed and what may be done about it.
type trouble struct {
	err     error
	again   bool          // asking again may help
	limited bool          // too many requests, by Wikipedia's count or ours
	after   time.Duration // all have to wait, from a Retry-After
}

func (t *trouble) Error() string { return t.err.Error() }
func (t *trouble) Unwrap() error { return t.err }

// get asks one question, up to three times, for at most the timeout. Every error is ErrUnavailable.
func (c *client) get(ctx context.Context, language string, params url.Values) (*reply, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	address, err := c.address(language, params)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	for n := 1; ; n++ {
		r, t := c.try(ctx, address)
		if t == nil {
			return r, nil
		}
		if t.limited {
			c.limited.Add(1)
		}
		if t.after > 0 {
			c.pace.Pause(t.after) // the next try waits for it, or gives up at once if it cannot
		}
		if !t.again || n == attempts || t.after == 0 && !sleep(ctx, jitter(backOff<<(n-1))) {
			c.log.Warn("Wikipedia did not answer", "language", language, "attempts", n, "limited", t.limited, "err", t.err)
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, t)
		}
	}
}

// try sends the request once, when the gate and the pace let it.
func (c *client) try(ctx context.Context, address string) (*reply, *trouble) {
	slot, err := c.gate.Acquire(ctx, limiter.Job{Class: classOf(ctx)})
	if err != nil {
		return nil, c.heldBack(ctx, err)
	}
	defer slot.Release()
	if err := c.pace.Wait(ctx, struct{}{}); err != nil {
		return nil, c.heldBack(ctx, err)
	}
	c.requests.Add(1)
	r, t := c.send(ctx, address)
	switch {
	case t == nil:
		c.observe("ok")
	case t.limited:
		c.observe("limited")
	default:
		c.errors.Add(1)
		c.observe("error")
	}
	return r, t
}

var errPaused = errors.New("asked to wait longer than there is time")

// heldBack is the trouble of a request that our own limits, or Wikipedia's pause, did not let out in time.
func (c *client) heldBack(ctx context.Context, err error) *trouble {
	late := errors.Is(err, context.DeadlineExceeded) || errors.Is(ctx.Err(), context.DeadlineExceeded)
	switch {
	case late && c.pace.Stats().Paused > 0:
		err = errPaused
	case late:
		err = limiter.ErrLate
	}
	return &trouble{err: err, limited: late || errors.Is(err, limiter.ErrFull)}
}

// address returns the URL of a question to the Wikipedia in the language.
func (c *client) address(language string, params url.Values) (string, error) {
	host, _, _ := strings.Cut(language, "-")
	if len(host) < 2 || len(host) > 3 || strings.ContainsFunc(host, func(r rune) bool { return r < 'a' || r > 'z' }) {
		return "", fmt.Errorf("no Wikipedia in the language %q", language) // it becomes a part of the host's name
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

// jitter returns between half of d and d, so that those who failed together do not come back together.
func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d/2) }

// sleep waits and says whether ctx is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
