package model

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"excursobot/bot/guide/chat"
	"excursobot/bot/sim"
	"excursobot/geo/places"
)

const testKey = "sk-secret-0123456789"

// towers returns n places with extracts that are long enough for a story.
func towers(n int) []places.Place {
	all := make([]places.Place, n)
	for i := range all {
		all[i] = places.Place{ID: fmt.Sprintf("Q%d", i+1), Language: "en", Title: fmt.Sprintf("Tower %d", i+1), Kind: "landmark", Description: "bell tower",
			Extract: "The tower was built in 1894 by a rich merchant who had never climbed a stair in his life. It has four bells of different sizes. " +
				"The first of them broke on the day when it was hung, and its pieces are kept in the yard. The clock came from a railway station."}
	}
	return all
}

// fixture is a client with a simulated server inside a bubble.
type fixture struct {
	*Client
	server *sim.Model
	logged strings.Builder

	mu    sync.Mutex
	calls []chat.Call
}

func (b *fixture) outcomes() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, c := range b.calls {
		all = append(all, c.Outcome)
	}
	return all
}

// newFixture returns a client of a server. Its first calls have the given faults; further calls work.
func newFixture(t *testing.T, cfg chat.Config, server sim.ModelConfig, faults ...string) *fixture {
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

func newTestClient(t *testing.T, b *fixture, cfg chat.Config, handler http.Handler) *Client {
	t.Helper()
	if cfg.RequestsPerMinute == 0 {
		cfg.RequestsPerMinute = 6000
	}
	cfg.APIKey, cfg.BaseURL = testKey, "http://model"
	cfg.HTTP = &http.Client{Transport: sim.Transport(map[string]http.Handler{"model": handler})}
	cfg.Log = slog.New(slog.NewTextHandler(&b.logged, nil))
	cfg.Observe = func(c chat.Call) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.calls = append(b.calls, c)
	}
	server, err := chat.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return New(server)
}

func ids(stories []Story) (all []string) {
	for _, s := range stories {
		all = append(all, s.Place)
	}
	return all
}
