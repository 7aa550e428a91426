// Package model asks a language model for stories about several places in one streamed call, and checks every story. It decides whether a text may be
// told. It does not know people, stores nothing and has no queue.
package model

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"excursobot/limiter"
)

// DefaultModel is used if Config names no model: it is small, has a short time to the first token and follows a strict schema.
const DefaultModel = "gpt-6-luna"

// DefaultBaseURL is OpenAI's API.
const DefaultBaseURL = "https://api.openai.com/v1"

// Config holds the settings of a Client. APIKey or BaseURL is required.
type Config struct {
	APIKey            string        // empty for a server that needs none
	BaseURL           string        // default DefaultBaseURL; without a path it gets /v1
	Model             string        // default DefaultModel
	Reasoning         string        // ReasoningAuto (default), ReasoningOff, or an effort: "none", "minimal", "low", "medium", "high"
	HTTP              *http.Client  // default: a client with time-outs for connecting
	FirstToken        time.Duration // most time to the first token of an HTTP call, default 10 s
	Timeout           time.Duration // most time for one Write with its retries, after the wait for the pace, default 25 s
	RequestsPerMinute float64       // default 60
	Log               *slog.Logger
	Observe           func(Call) // called after each HTTP call; may be nil
}

// Call describes one HTTP call, for metrics.
type Call struct {
	// Outcome is "ok", "error", "timeout", "refused", "answer", "cancelled" (by the caller), or "breaker" if the breaker was open and nothing was sent.
	Outcome                        string
	Duration                       time.Duration
	PromptTokens, CompletionTokens int
}

// Client calls a server that has the chat completions API.
type Client struct {
	cfg     Config
	api     *openai.Client
	pace    *limiter.Pace[struct{}]
	breaker *breaker
	format  atomic.Int32 // of answers, as far as the server's abilities are known; see schema.go
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
	api.HTTPClient = observedClient(cfg.HTTP)
	// Three calls may start together: that is the default number of slots in the gate before the model.
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

// baseURL checks an address and completes it to the prefix of "/chat/completions".
func baseURL(given string) (string, error) {
	if given == "" {
		return DefaultBaseURL, nil
	}
	u, err := url.Parse(given)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" {
		return "", errors.New("model: base URL must be http(s)://host[/path]") // without the URL, which may hold a password
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1"
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// Ready reports whether a call may be tried now: false while the breaker is open.
func (c *Client) Ready() bool { return c.breaker.ready() }

// Name returns the model's name.
func (c *Client) Name() string { return c.cfg.Model }
