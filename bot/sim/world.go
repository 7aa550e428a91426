package sim

import (
	"net/http"
	"time"
)

// Transport returns an http.RoundTripper that serves requests by host name in memory: no sockets, so that it works inside a synctest bubble.
// Bodies stream; a handler ends when its client leaves. A host without a handler is a connection error.
func Transport(hosts map[string]http.Handler) http.RoundTripper { panic("contract") }

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

// Article is one page of the simulated Wikipedia.
type Article struct {
	PageID         int64
	Language       string
	Title          string
	Lat, Lon       float64
	Type           string
	Dim            int
	QID            string
	Description    string
	Extract        string
	Length         int
	Picture        string
	Disambiguation bool
}

// WikipediaConfig sets a simulated Wikipedia.
type WikipediaConfig struct {
	Articles []Article
	Latency  time.Duration
	// Fault makes the n-th request fail: "429", "503", "html", "ratelimited", "maxlag", "hang", "cut"; "" = none.
	Fault func(n int) string
}

// Wikipedia is the Action API at /w/api.php; the language is the first label of the request's host, or the query parameter "lang".
type Wikipedia struct{ _ int }

// NewWikipedia returns a server. It starts nothing.
func NewWikipedia(cfg WikipediaConfig) *Wikipedia { panic("contract") }

// ServeHTTP is the API.
func (s *Wikipedia) ServeHTTP(w http.ResponseWriter, r *http.Request) { panic("contract") }

// WikipediaStats counts requests.
type WikipediaStats struct{ Requests, Searches, Details, Peak int }

// Stats returns the counters.
func (s *Wikipedia) Stats() WikipediaStats { panic("contract") }

// City returns seeded articles clustered round a point: n places in every language given, with the same Q-ids.
func City(seed uint64, lat, lon float64, n int, languages ...string) []Article { panic("contract") }
