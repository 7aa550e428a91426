// Package chat asks a language model through the chat completions protocol, which every server speaks in its own way. Requests are put in the best form
// that a server accepts (form.go), lose what it refuses (adapt.go), and answers are read whatever shape they have (reader.go). What was learnt about a
// server holds for all kinds of questions. ask.go decides what is repeated. The package knows nothing of places and stories, and has no queue.
package chat

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
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
	APIKey    string       // empty for a server that needs none
	BaseURL   string       // default DefaultBaseURL; without a path it gets /v1
	Model     string       // default DefaultModel
	Reasoning string       // ReasoningAuto (default), ReasoningOff, or an effort: "none", "minimal", "low", "medium", "high"
	HTTP      *http.Client // default: a client with time-outs for connecting
	// FirstToken is the most time to the first sign of life of an HTTP call, default 10 s. For a server that never answered or was idle for minutes it is
	// Timeout, because the server may have to load the model.
	FirstToken        time.Duration
	Timeout           time.Duration // most time for one Ask with its repeats, after the wait for the pace, default 25 s
	RequestsPerMinute float64       // default 60
	Log               *slog.Logger
	Observe           func(Call) // called after each HTTP call; may be nil
}

// withDefaults returns cfg with defaults in place of what is missing.
func (cfg Config) withDefaults() Config {
	if cfg.Model == "" {
		cfg.Model = DefaultModel
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 25 * time.Second
	}
	if cfg.FirstToken <= 0 {
		cfg.FirstToken = 10 * time.Second
	}
	cfg.FirstToken = min(cfg.FirstToken, cfg.Timeout)
	if cfg.RequestsPerMinute <= 0 {
		cfg.RequestsPerMinute = 60
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Observe == nil {
		cfg.Observe = func(Call) {}
	}
	return cfg
}

// Client asks one model of one server.
type Client struct {
	cfg     Config
	base    string
	http    *http.Client
	api     *openai.Client
	pace    *limiter.Pace[struct{}]
	breaker *breaker
	memory  *memory
	watch   watch
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
	cfg = cfg.withDefaults()
	client := observedClient(cfg.HTTP)
	api := openai.DefaultConfig(cfg.APIKey)
	api.BaseURL, api.HTTPClient = base, client
	// Three calls may start together: that is the default number of slots in the gate before the model.
	burst := 3
	if cfg.RequestsPerMinute < 30 {
		burst = 1
	}
	c := &Client{
		cfg:     cfg,
		base:    base,
		http:    client,
		api:     openai.NewClientWithConfig(api),
		pace:    limiter.NewPace[struct{}](limiter.PaceConfig{Rate: cfg.RequestsPerMinute / 60, Burst: burst}),
		breaker: newBreaker(base + " " + cfg.Model),
		memory:  &memory{form: firstForm(cfg.Model, cfg.Reasoning)},
	}
	if familyOf(cfg.Model).openAI {
		c.memory.thinks = thinkNever // OpenAI's models keep their thoughts to themselves
	}
	return c, nil
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

// Ready reports whether a call may be tried now: false while the breaker is open or the server has asked for a pause.
func (c *Client) Ready() bool { return c.breaker.ready() && c.paused() <= maxRepeatPause }

// Refused reports whether the server refuses every call until the operator acts: the key, the quota or the model.
func (c *Client) Refused() bool { return c.breaker.refused() }

// paused returns the rest of a pause that the server asked for.
func (c *Client) paused() time.Duration { return c.pace.Stats().Paused }

// Name returns the model's name.
func (c *Client) Name() string { return c.cfg.Model }

// Server returns the host of the server.
func (c *Client) Server() string {
	u, err := url.Parse(c.base)
	if err != nil {
		return ""
	}
	return u.Host
}

// Adapted returns what was changed in requests because the server refused it, in words, oldest first.
func (c *Client) Adapted() []string { return c.memory.list() }

// Limits returns how much the server takes in one call, as far as it is known.
func (c *Client) Limits() Limits { return c.memory.limits() }
