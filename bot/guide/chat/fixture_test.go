package chat

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"excursobot/bot/sim"
)

const testKey = "sk-secret-0123456789"

// fixture is a client with a simulated server inside a bubble.
type fixture struct {
	*Client
	server *sim.Model

	mu     sync.Mutex
	logged strings.Builder
	calls  []Call
}

// Write collects the log.
func (b *fixture) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.logged.Write(p)
}

func (b *fixture) log() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.logged.String()
}

func (b *fixture) outcomes() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, c := range b.calls {
		all = append(all, c.Outcome)
	}
	return strings.Join(all, " ")
}

// newFixture returns a client of a simulated server. Its first calls have the given faults; further calls work.
func newFixture(t *testing.T, cfg Config, server sim.ModelConfig, faults ...string) *fixture {
	t.Helper()
	if server.Latency == nil {
		server.Latency = func(stories int) time.Duration { return time.Duration(stories) * time.Second }
	}
	if faults != nil {
		server.Fault = func(n int) string {
			if n <= len(faults) {
				return faults[n-1]
			}
			return ""
		}
	}
	b := &fixture{server: sim.NewModel(server)}
	b.Client = newTestClient(t, b, cfg, b.server)
	return b
}

// newQuirky returns a client of a server with a peculiarity.
func newQuirky(t *testing.T, cfg Config, quirk string) *fixture {
	t.Helper()
	b := &fixture{server: sim.NewModel(sim.ModelConfig{Latency: func(n int) time.Duration { return time.Duration(n) * time.Second }})}
	handler, err := sim.Quirk(quirk, b.server)
	if err != nil {
		t.Fatal(err)
	}
	b.Client = newTestClient(t, b, cfg, handler)
	return b
}

func newTestClient(t *testing.T, b *fixture, cfg Config, server http.Handler) *Client {
	t.Helper()
	cfg.APIKey, cfg.BaseURL = testKey, "http://model"
	cfg.HTTP = &http.Client{Transport: sim.Transport(map[string]http.Handler{"model": server})}
	cfg.Log = slog.New(slog.NewTextHandler(b, nil))
	if cfg.RequestsPerMinute == 0 {
		cfg.RequestsPerMinute = 6000
	}
	cfg.Observe = func(c Call) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.calls = append(b.calls, c)
	}
	client, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// quiz is a question about n subjects, in the form that the simulated server understands, and what was answered.
type quiz struct {
	n     int
	texts map[string]string // by id
	text  strings.Builder
	asked []int // how many subjects each call was about
}

func about(n int) *quiz { return &quiz{n: n, texts: map[string]string{}} }

func (q *quiz) request() Request {
	return Request{Waiting: true, Prompt: q.prompt, Text: func(piece string) { q.text.WriteString(piece) }, Object: func(raw []byte) bool {
		var d struct{ Place, Text *string }
		if json.Unmarshal(raw, &d) != nil || d.Place == nil || d.Text == nil {
			return false
		}
		q.texts[*d.Place] = *d.Text
		return true
	}}
}

// prompt asks about the subjects that have no text yet, as many as fit.
func (q *quiz) prompt(l Limits) (Prompt, bool) {
	type subject struct {
		ID       string `json:"id"`
		Title    string `json:"title"`
		Language string `json:"language"`
		Extract  string `json:"extract"`
	}
	var places []subject
	var ids []string
	for i := range q.n {
		id := fmt.Sprintf("Q%d", i+1)
		if q.texts[id] == "" {
			ids = append(ids, id)
			places = append(places, subject{id, "Tower", "en", strings.Repeat("The tower has four bells of different sizes, and nobody rings them now. ", 15)})
		}
	}
	for {
		n := len(places)
		if l.Single {
			n = min(n, 1)
		}
		user, _ := json.Marshal(map[string]any{"language": "English", "length": "60-80 words", "places": places[:n]}) // strings can always be marshalled
		enum, _ := json.Marshal(ids[:n])
		p := Prompt{System: "Tell about each of the places.", User: string(user), Room: 200 + 600*n, Schema: Schema{Name: "stories", Words: "Answer with JSON.", JSON: json.RawMessage(
			`{"type":"object","properties":{"stories":{"type":"array","items":{"type":"object","properties":{"place":{"type":"string","enum":` + string(enum) +
				`},"text":{"type":"string"}},"required":["place","text"],"additionalProperties":false}}},"required":["stories"],"additionalProperties":false}`)}}
		if l.Bytes == 0 || p.Size() <= l.Bytes || n <= 1 {
			q.asked = append(q.asked, n)
			return p, n > 0
		}
		places = places[:n-1]
	}
}
