// Package model makes one streamed call to a language model that tells stories of several places, and checks what it
// wrote. It decides whether a text may be told; it knows no people, keeps nothing and does not queue.
package model

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"excursobot/geo/places"
)

// Errors of Write, for errors.Is; they carry their cause.
var (
	ErrUnavailable = errors.New("model: unavailable")     // network, 5xx, time-out, breaker open: another try may work later
	ErrRefused     = errors.New("model: refused")         // key, quota, unknown model, bad request: the operator must act
	ErrAnswer      = errors.New("model: unusable answer") // empty, cut, not JSON, refusal
)

// Config sets a Client.
type Config struct {
	APIKey, BaseURL, Model string
	HTTP                   *http.Client  // default one with timeouts to connect
	FirstToken             time.Duration // default 10 s
	Timeout                time.Duration // for one call in all with its retries, default 25 s
	RequestsPerMinute      float64       // default 60
	Log                    *slog.Logger
	Observe                func(Call) // called after each HTTP call; nil = nobody listens
}

// Call is what one HTTP call came to, for the metrics.
type Call struct {
	Outcome                        string // "ok", "error", "timeout", "refused", "answer", "breaker"
	Duration                       time.Duration
	PromptTokens, CompletionTokens int
}

// Request asks for stories of up to 8 places in one language.
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

// CheckError says why a story was dropped.
type CheckError struct{ Place, Rule, Detail string }

func (e *CheckError) Error() string { return "story of " + e.Place + ": " + e.Rule + ": " + e.Detail }

// Client speaks the chat completions protocol through go-openai.
type Client struct{ _ int }

// New returns a Client. It starts nothing.
func New(cfg Config) (*Client, error) { panic("contract") }

// Write makes one call (and a bounded number of retries while nothing was received). onStory is called from Write's own goroutine
// as soon as each story is complete and has passed the checks. The error is nil if the answer ended properly, even if
// stories were dropped; stories given to onStory before an error are good.
func (c *Client) Write(ctx context.Context, req Request, onStory func(Story)) (Result, error) {
	panic("contract")
}

// Ready says whether a call may be tried now: false while the breaker is open.
func (c *Client) Ready() bool { panic("contract") }

// Name returns the model's name.
func (c *Client) Name() string { panic("contract") }

// Languages are the codes in which stories can be told.
var Languages = []string{"ru", "en", "fr", "pt", "uk", "es", "de", "it", "ja", "ko", "zh", "ar", "hi", "tr", "pl"}

// Check returns nil or a *CheckError: whether text may be told of place in the language (DESIGN 5.7).
func Check(place places.Place, language string, text string) error { panic("contract") }
