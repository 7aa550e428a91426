// Package model makes one streamed call to a language model that tells stories of several places, and checks what it
// wrote. It decides whether a text may be told; it knows no people, keeps nothing and does not queue.
package model

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"excursobot/geo/places"
	"excursobot/limiter"
)

// DefaultModel is asked when Config names none: small, quick to the first token, follows a strict schema.
const DefaultModel = "gpt-4.1-mini"

// DefaultBaseURL is OpenAI's own API.
const DefaultBaseURL = "https://api.openai.com/v1"

// MaxPlaces is how many places one request may hold.
const MaxPlaces = 8

// Errors of Write, for errors.Is; they carry their cause.
var (
	ErrUnavailable = errors.New("model: unavailable")     // network, 5xx, time-out, breaker open: another try may work later
	ErrRefused     = errors.New("model: refused")         // key, quota, unknown model, bad request: the operator must act
	ErrAnswer      = errors.New("model: unusable answer") // empty, cut, not JSON, refusal
)

// Config sets a Client.
type Config struct {
	// APIKey may be empty for a server of one's own. BaseURL without a path gets /v1; default DefaultBaseURL. Model defaults to DefaultModel.
	APIKey, BaseURL, Model string
	HTTP                   *http.Client  // default one with timeouts to connect
	FirstToken             time.Duration // of each HTTP call, default 10 s
	Timeout                time.Duration // for one call in all with its retries, from its start after the pace, default 25 s
	RequestsPerMinute      float64       // default 60
	Log                    *slog.Logger
	Observe                func(Call) // called after each HTTP call; nil = nobody listens
}

// Call is what one HTTP call came to, for the metrics.
type Call struct {
	// Outcome is "ok", "error", "timeout", "refused", "answer", "cancelled" (by the caller), or "breaker" when it was open and nothing was sent.
	Outcome                        string
	Duration                       time.Duration
	PromptTokens, CompletionTokens int
}

// Request asks for stories of up to MaxPlaces places in one language.
type Request struct {
	Language string // BCP 47 code from Languages
	Long     bool
	Places   []places.Place
}

// Story is a text that passed the checks.
type Story struct {
	Place string // id of one of the request's places
	Text  string
}

// Result is what a call came to.
type Result struct {
	Stories []Story
	Dropped []*CheckError // written, but failed the checks
	Tokens  int64         // prompt and completion, as the server counted them (estimated if it did not)
}

// Client speaks the chat completions protocol through go-openai.
type Client struct {
	cfg     Config
	api     *openai.Client
	pace    *limiter.Pace[struct{}]
	breaker *breaker
	format  atomic.Int32 // of answers, as the server takes it; see format.go
}

// New returns a Client. It starts nothing.
func New(cfg Config) (*Client, error) {
	if cfg.APIKey == "" && cfg.BaseURL == "" {
		return nil, errors.New("model: no API key")
	}
	base, err := baseURL(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	if cfg.Model == "" {
		cfg.Model = DefaultModel
	}
	if cfg.FirstToken <= 0 {
		cfg.FirstToken = 10 * time.Second
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 25 * time.Second
	}
	if cfg.RequestsPerMinute <= 0 {
		cfg.RequestsPerMinute = 60
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Observe == nil {
		cfg.Observe = func(Call) {}
	}

	api := openai.DefaultConfig(cfg.APIKey)
	api.BaseURL = base
	api.HTTPClient = watched(cfg.HTTP)
	// Three calls may start together, which is what the slots before the model allow by default.
	burst := 3
	if cfg.RequestsPerMinute < 30 {
		burst = 1
	}
	return &Client{
		cfg:     cfg,
		api:     openai.NewClientWithConfig(api),
		pace:    limiter.NewPace[struct{}](limiter.PaceConfig{Rate: cfg.RequestsPerMinute / 60, Burst: burst}),
		breaker: newBreaker(base + " " + cfg.Model),
	}, nil
}

// baseURL checks an address and completes it to what go-openai appends "/chat/completions" to.
func baseURL(given string) (string, error) {
	if given == "" {
		return DefaultBaseURL, nil
	}
	u, err := url.Parse(given)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" {
		return "", errors.New("model: base URL must be http(s)://host[/path]") // not repeated: it may hold a password
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1"
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// Ready says whether a call may be tried now: false while the breaker is open.
func (c *Client) Ready() bool { return c.breaker.ready() }

// Name returns the model's name.
func (c *Client) Name() string { return c.cfg.Model }

// Write makes one call (and a bounded number of retries while nothing was received). onStory is called from Write's own goroutine
// as soon as each story is complete and has passed the checks. The error is nil if the answer ended properly, even if
// stories were dropped; stories given to onStory before an error are good. When ctx ends, the error holds ctx's error too.
func (c *Client) Write(ctx context.Context, req Request, onStory func(Story)) (Result, error) {
	ans, err := newAnswer(req, onStory)
	if err != nil {
		return Result{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	leave, err := c.breaker.enter()
	if err != nil {
		c.cfg.Observe(Call{Outcome: "breaker"})
		return Result{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	failed := c.write(ctx, ans)
	leave(failed, len(ans.result.Stories) > 0)
	if failed == nil {
		return ans.result, nil
	}
	if !c.breaker.ready() {
		c.cfg.Log.Warn("model breaker open", "model", c.cfg.Model, "error", failed.Error())
	}
	return ans.result, failed
}
