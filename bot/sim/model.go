package sim

import (
	"net/http"
	"time"
)

// ModelConfig sets a simulated model server.
type ModelConfig struct {
	// Latency of a whole answer for that many stories; default: uniform 3-10 s, times 1 + 0.55*(stories-1)/3.
	Latency  func(stories int) time.Duration
	Seed     uint64
	NoSchema bool // refuses json_schema as older servers do
	// Fault makes the n-th call (from 1) fail: "500", "html", "429", "401", "hang", "cut", "empty", "notjson", "refusal", "garbage", "badyear", "badlang", "markup", "unknown"; "" = none.
	Fault func(n int) string
}

// Model is an OpenAI-compatible server: POST /v1/chat/completions, streamed or not. It reads the candidates out of the json_schema's enum and the
// prompt's extracts, and writes a story of a legal length about each from the extract's own words.
type Model struct{ _ int }

// NewModel returns a server. It starts nothing.
func NewModel(cfg ModelConfig) *Model { panic("contract") }

// ServeHTTP is the API.
func (m *Model) ServeHTTP(w http.ResponseWriter, r *http.Request) { panic("contract") }

// ModelStats counts calls.
type ModelStats struct{ Calls, Running, Peak, Stories int }

// Stats returns the counters.
func (m *Model) Stats() ModelStats { panic("contract") }
