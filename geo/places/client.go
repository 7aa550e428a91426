package places

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
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

	defaultPerSecond = 15 // three at once that take 200 ms each
	defaultPerMinute = 150
)

// Kind names what a request asks for. The values are labels of metrics.
type Kind string

// Kinds.
const (
	KindSearch   Kind = "search"   // what stands here
	KindDetails  Kind = "details"  // intros of up to 20 pages
	KindEntities Kind = "entities" // Wikidata: names, descriptions, articles of up to 50 places
	KindLengths  Kind = "lengths"  // of up to 50 articles
	KindArticle  Kind = "article"  // a whole article
	KindCredits  Kind = "credits"  // Commons: who made up to 50 pictures
)

var kinds = [...]Kind{KindSearch, KindDetails, KindEntities, KindLengths, KindArticle, KindCredits}

// client sends requests to the Action APIs of Wikipedia, Wikidata and Commons, at the rate and with the retries that they ask for. All three
// share its limits.
type client struct {
	http             *http.Client
	url              string // of Wikipedia, with {lang}
	wikidata         string
	commons          string
	agent            string
	timeout          time.Duration
	log              *slog.Logger
	observe          func(outcome string)
	gate             *limiter.Gate
	pace             *limiter.Pace[struct{}] // requests a second
	quota            *quota                  // requests a minute
	requests, errors atomic.Uint64
	limited          atomic.Uint64
	byKind           [len(kinds)]atomic.Uint64
	took             [len(kinds)]atomic.Int64 // nanoseconds of the requests of a kind
}

func newClient(cfg Config) (*client, error) {
	c := &client{
		http:     cfg.HTTP,
		url:      cmp.Or(cfg.URL, "https://{lang}.wikipedia.org/w/api.php"),
		wikidata: cmp.Or(cfg.WikidataURL, "https://www.wikidata.org/w/api.php"),
		commons:  cmp.Or(cfg.CommonsURL, "https://commons.wikimedia.org/w/api.php"),
		agent:    "Excursobot/" + cmp.Or(cfg.Version, "dev"),
		timeout:  cfg.Timeout,
		log:      cfg.Log,
		observe:  cfg.Observe,
		gate:     cfg.Gate,
	}
	if cfg.Contact != "" {
		c.agent += " (" + cfg.Contact + ")"
	}
	for _, address := range []string{strings.ReplaceAll(c.url, "{lang}", "en"), c.wikidata, c.commons} {
		if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, fmt.Errorf("%q is not an address of an API", address)
		}
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
		perMinute = defaultPerMinute
	}
	if cfg.Contact == "" {
		perMinute = min(perMinute, lowTier)
	}
	perSecond := cfg.PerSecond
	if perSecond <= 0 {
		perSecond = defaultPerSecond
	}
	c.quota = &quota{most: max(1, int(perMinute))}
	c.pace = limiter.NewPace[struct{}](limiter.PaceConfig{Rate: perSecond, Burst: max(1, min(3, int(perSecond)))})
	return c, nil
}

// small reports whether so few requests are allowed that only the most needed ones are sent.
func (c *client) small() bool { return c.quota.most < smallBelow }

// NewGate returns a gate for the given number of requests at once. Requests of read-ahead go after the others and never take the last slot.
func NewGate(slots int) *limiter.Gate {
	return limiter.NewGate(limiter.GateConfig{Slots: slots, Classes: classes, Background: readAhead, InitialEstimate: 300 * time.Millisecond})
}

// failure is the error of an attempt and what to do about it.
type failure struct {
	err     error
	retry   bool          // another attempt may succeed
	limited bool          // too many requests, as Wikipedia or our own limits count them
	after   time.Duration // how long all requests have to wait, from Retry-After
	lag     time.Duration // how long a request of read-ahead has to wait, because a database is behind
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// question is a request before it has an address.
type question struct {
	kind   Kind
	site   string // "" = Wikipedia in the language
	lang   string
	params url.Values
}

// get asks the Wikipedia in the language.
func (c *client) get(ctx context.Context, kind Kind, language string, params url.Values) (*reply, error) {
	return c.ask(ctx, question{kind: kind, lang: language, params: params})
}

// ask sends a request, with up to three attempts within the timeout. Every error is ErrUnavailable.
func (c *client) ask(ctx context.Context, q question) (*reply, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	for n := 1; ; n++ {
		address, err := c.address(q, classOf(ctx) >= readAhead)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		r, fail := c.try(ctx, q.kind, address)
		if fail == nil {
			return r, nil
		}
		if fail.limited {
			c.limited.Add(1)
		}
		if fail.after > 0 {
			c.pace.Pause(fail.after) // the next attempt waits for it, or fails at once if there is no time
		}
		pause := limiter.Jitter(backOff << (n - 1))
		switch {
		case fail.after > 0:
			pause = 0
		case fail.lag > 0 && classOf(ctx) >= readAhead: // only those who asked to be refused step back
			pause = fail.lag
		}
		if !fail.retry || n == attempts || limiter.Sleep(ctx, pause) != nil {
			level := slog.LevelWarn
			if fail.limited && classOf(ctx) > people { // our own limits hold back what nobody waits for: that is their purpose
				level = slog.LevelDebug
			}
			c.log.Log(ctx, level, "wikipedia_failed", "kind", string(q.kind), "language", q.lang, "attempts", n, "limited", fail.limited, "error", fail.err)
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, fail)
		}
	}
}

// try makes one attempt, when the quota, the gate and the pace admit it. The quota is asked before the gate, so that a request that has to
// wait for the next minute holds no slot, and counted inside it, when the request is sent.
func (c *client) try(ctx context.Context, kind Kind, address string) (*reply, *failure) {
	article := kind == KindArticle
	for {
		if err := c.quota.wait(ctx, article); err != nil {
			return nil, c.heldBack(ctx, err)
		}
		class := classOf(ctx)
		slot, err := c.gate.Acquire(ctx, limiter.Job{Class: class})
		if err != nil {
			return nil, c.heldBack(ctx, err)
		}
		if err := c.pace.Wait(ctx, struct{}{}); err != nil {
			slot.Release()
			return nil, c.heldBack(ctx, err)
		}
		if c.quota.take(time.Now(), class, article) > 0 {
			slot.Release()
			continue
		}
		r, fail := c.count(ctx, kind, address)
		slot.Release()
		return r, fail
	}
}

// count sends the request and counts it.
func (c *client) count(ctx context.Context, kind Kind, address string) (*reply, *failure) {
	c.requests.Add(1)
	start := time.Now()
	r, fail := c.send(ctx, address)
	if i := slices.Index(kinds[:], kind); i >= 0 {
		c.byKind[i].Add(1)
		c.took[i].Add(int64(time.Since(start)))
	}
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

// address returns the URL of a request. Those that nobody waits for carry maxlag, so that a loaded server refuses them.
func (c *client) address(q question, background bool) (string, error) {
	base, common := q.site, map[string]string{"action": "query", "format": "json", "formatversion": "2"}
	if base == "" {
		host, _, _ := strings.Cut(q.lang, "-")
		if len(host) < 2 || len(host) > 3 || strings.ContainsFunc(host, func(r rune) bool { return r < 'a' || r > 'z' }) {
			return "", fmt.Errorf("no Wikipedia in the language %q", q.lang) // the language becomes part of the host name
		}
		if host == "nb" {
			host = "no"
		}
		base = strings.ReplaceAll(c.url, "{lang}", host)
	}
	if background {
		common["maxlag"] = "5"
	}
	u, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	query := u.Query()
	for name, value := range common {
		query.Set(name, value)
	}
	for name, values := range q.params {
		query[name] = values
	}
	u.RawQuery = query.Encode()
	return u.String(), nil
}
