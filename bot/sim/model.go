package sim

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// ModelConfig holds the settings of a simulated model server.
type ModelConfig struct {
	// Latency returns the time of a whole answer with that number of stories; default: uniform 3-10 s, times 1 + 0.55*(stories-1)/3, a quarter more
	// with quotes, after the prompt was read: 3000 characters a second beyond the first 5000.
	Latency  func(stories int) time.Duration
	Seed     uint64
	NoSchema bool // refuse json_schema as older servers do
	// Shutdown is the day on which the models are shut down, "2006-01-02"; "" = none is known.
	Shutdown string
	// Fault makes the n-th call (from 1) fail; "" = no fault.
	//
	// Instead of an answer: "500", "html" (502 with a page), "429" (Retry-After: 1), "quota" (429 insufficient_quota), "401", "404",
	// "hang" (no answer until the client leaves), "reset" (the connection breaks).
	//
	// In the stream: "cut" (ends half-way as if complete), "break" (the connection breaks half-way), "stall" (sends nothing more
	// after half), "length" and "filter" (finish reasons), "error" (an error object inside the stream), "nofinish", "empty" (no
	// choices), "refusal", "garbage" (a stream of broken JSON), "notjson" (prose).
	//
	// In the stories: "badyear", "badlang", "markup", "greeting", "unknown" (place), "twice" (the first place again).
	Fault func(n int) string
	// Lie returns the kind of lie that a story holds beside what is true, one of Lies; "" = none. It is called for each story with the place's id.
	Lie func(place string) string
	// Object returns the words of a story to which the server objects when it is asked for verdicts; nil = it never objects.
	Object func(place, source, story string) []string
}

// Model is an OpenAI-compatible server: GET /v1/models and /v1/models/{model}, and POST /v1/chat/completions, streamed or not. It reads the places from the enum of the json_schema and from
// the prompt, and writes a story of an allowed length about each, in the words of its extract.
//
// Asked for the schema "verdicts", it judges the stories in the prompt, in 1-3 s. Asked for "answer", it answers the prompt's question with the sentence
// of the extract that shares the most words with it, if at least half of the question's words are there. Asked for "sight", it reads in the bytes of the picture what it shows: see SightOf.
//
// The prompt's data is a JSON object in the last user message: {"language": English name, "length": "60-80 words", "places": [{"id", "title",
// "language", "extract"}]}. If a place is described in another language than the requested one, its story has neutral sentences in that one.
// It refuses the requests that OpenAI refuses: a strict schema without required or additionalProperties false, json_object
// without the word JSON, max_tokens for reasoning models. An answer that exceeds the token limit ends with "length".
type Model struct {
	cfg ModelConfig

	mu    sync.Mutex
	stats ModelStats
}

// NewModel returns a server. It starts nothing.
func NewModel(cfg ModelConfig) *Model { return &Model{cfg: cfg} }

// ModelStats counts calls: all, the running ones, the most at once, those for verdicts, and the stories of complete answers.
type ModelStats struct{ Calls, Running, Peak, Judged, Stories int }

// Stats returns the counters.
func (m *Model) Stats() ModelStats {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.stats
}

// ServeHTTP serves the API.
func (m *Model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/v1/models/") && r.Method == http.MethodGet:
		m.writeModel(w, strings.TrimPrefix(r.URL.Path, "/v1/models/"))
	case r.URL.Path == "/v1/models" && r.Method == http.MethodGet:
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"object":"list","data":[{"id":"gpt-6-luna","object":"model","created":1744317547,"owned_by":"system"}]}`)
	case r.URL.Path != "/v1/chat/completions":
		writeModelError(w, modelError{Status: http.StatusNotFound, Type: "invalid_request_error",
			Message: "Invalid URL (" + r.Method + " " + r.URL.Path + ")"})
	case r.Method != http.MethodPost:
		writeModelError(w, modelError{Status: http.StatusMethodNotAllowed, Type: "invalid_request_error",
			Message: "Not allowed to " + r.Method + " on /v1/chat/completions"})
	default:
		m.chat(w, r)
	}
}

// writeModel writes the page of a model. Every name is known but "unknown".
func (m *Model) writeModel(w http.ResponseWriter, name string) {
	if name == "unknown" {
		writeModelError(w, modelError{Status: http.StatusNotFound, Type: "invalid_request_error", Param: "model", Code: "model_not_found",
			Message: "The model 'unknown' does not exist"})
		return
	}
	page := map[string]any{"id": name, "object": "model", "created": 1744317547, "owned_by": "system", "shutdown_date": nil}
	if m.cfg.Shutdown != "" {
		page["shutdown_date"] = m.cfg.Shutdown
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(page) // it fails only if the client left
}

func (m *Model) chat(w http.ResponseWriter, r *http.Request) {
	n := m.begin()
	defer m.end()

	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxModelRequest))
	if err != nil {
		writeModelError(w, modelError{Status: http.StatusRequestEntityTooLarge, Type: "invalid_request_error", Message: "Request too large"})
		return
	}
	var req chatRequest
	if err := json.Unmarshal(body, &req); err != nil {
		writeModelError(w, modelError{Status: http.StatusBadRequest, Type: "invalid_request_error",
			Message: "We could not parse the JSON body of your request."})
		return
	}
	if refused := req.validate(m.cfg.NoSchema); refused != nil {
		writeModelError(w, *refused)
		return
	}

	fault := ""
	if m.cfg.Fault != nil {
		fault = m.cfg.Fault(n)
	}
	if m.failed(w, r, fault) {
		return
	}
	rng := rand.New(rand.NewPCG(m.cfg.Seed, uint64(n)))
	var ans modelAnswer
	var reading, latency time.Duration
	switch {
	case req.wants("verdicts"):
		ans, latency = rule(req, fault, m.cfg.Object), verdictLatency(rng)
		m.judged()
	case req.wants("answer"):
		ans, latency = answerQuestion(req, fault), m.latency(1, rng)/2 // an answer is half as long as a story
		if m.cfg.Latency == nil {
			reading = req.reading()
		}
	case req.wants("sight"):
		ans, latency = look(req, fault), m.latency(1, rng)/3
		if m.cfg.Latency == nil {
			reading = req.reading()
		}
	default:
		ans = compose(req, fault, m.cfg.Lie)
		latency = m.latency(max(1, ans.stories), rng)
		if m.cfg.Latency == nil {
			reading = req.reading()
			if req.quotes() {
				latency += latency / 4
			}
		}
	}
	if ans.play(w, r, req, n, reading, latency) {
		m.wrote(ans.stories)
	}
}

// begin counts a call and returns its number, from 1.
func (m *Model) begin() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stats.Calls++
	m.stats.Running++
	m.stats.Peak = max(m.stats.Peak, m.stats.Running)
	return m.stats.Calls
}

func (m *Model) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stats.Running--
}

func (m *Model) judged() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stats.Judged++
}

func (m *Model) wrote(stories int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stats.Stories += stories
}

func (m *Model) latency(stories int, rng *rand.Rand) time.Duration {
	if m.cfg.Latency != nil {
		return m.cfg.Latency(stories)
	}
	one := 3 + 7*rng.Float64() // seconds
	return time.Duration(one * (1 + 0.55*float64(stories-1)/3) * float64(time.Second))
}
