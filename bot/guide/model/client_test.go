package model

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo/places"
)

const testKey = "sk-secret-0123456789"

// towers describes n places of which each extract says enough for a story.
func towers(n int) []places.Place {
	all := make([]places.Place, n)
	for i := range all {
		all[i] = places.Place{ID: fmt.Sprintf("Q%d", i+1), Language: "en", Title: fmt.Sprintf("Tower %d", i+1), Kind: "landmark", Description: "bell tower",
			Extract: "The tower was built in 1894 by a rich merchant who had never climbed a stair in his life. It has four bells of different sizes. " +
				"The first of them broke on the day when it was hung, and its pieces are kept in the yard. The clock came from a railway station."}
	}
	return all
}

// bench is a client of a simulated server inside a bubble.
type bench struct {
	*Client
	server *sim.Model
	logged strings.Builder

	mu    sync.Mutex
	calls []Call
}

func (b *bench) outcomes() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, c := range b.calls {
		all = append(all, c.Outcome)
	}
	return all
}

// newBench returns a client of a server whose calls fail as listed, one after another, and then work.
func newBench(t *testing.T, cfg Config, server sim.ModelConfig, faults ...string) *bench {
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
	b := &bench{server: sim.NewModel(server)}
	b.Client = newTestClient(t, b, cfg, b.server)
	return b
}

func newTestClient(t *testing.T, b *bench, cfg Config, server http.Handler) *Client {
	t.Helper()
	cfg.APIKey, cfg.BaseURL = testKey, "http://model"
	cfg.HTTP = &http.Client{Transport: sim.Transport(map[string]http.Handler{"model": server})}
	cfg.Log = slog.New(slog.NewTextHandler(&b.logged, nil))
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

func ids(stories []Story) (all []string) {
	for _, s := range stories {
		all = append(all, s.Place)
	}
	return all
}

func TestWriteTellsTheFirstStoryBeforeTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, sim.ModelConfig{Latency: func(int) time.Duration { return 8 * time.Second }})
		start := time.Now()
		var at []time.Duration
		var heard []Story
		res, err := b.Write(t.Context(), Request{Language: "en", Places: towers(4)}, func(s Story) {
			at, heard = append(at, time.Since(start)), append(heard, s)
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"Q1", "Q2", "Q3", "Q4"}; !slices.Equal(ids(res.Stories), want) || !slices.Equal(heard, res.Stories) {
			t.Errorf("stories %v, heard %v, want %v; dropped %v", ids(res.Stories), ids(heard), want, res.Dropped)
		}
		if len(at) != 4 || at[0] > 2500*time.Millisecond || at[3] > 8*time.Second || at[3] < 7*time.Second {
			t.Errorf("stories came after %v of 8s", at)
		}
		if len(b.calls) != 1 || b.calls[0].Outcome != "ok" || b.calls[0].Duration != 8*time.Second ||
			b.calls[0].PromptTokens == 0 || int64(b.calls[0].PromptTokens+b.calls[0].CompletionTokens) != res.Tokens {
			t.Errorf("calls %+v, tokens %d", b.calls, res.Tokens)
		}
	})
}

func TestWriteInEveryLanguage(t *testing.T) {
	for _, language := range Languages {
		for _, long := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, Config{RequestsPerMinute: 600}, sim.ModelConfig{})
				res, err := b.Write(t.Context(), Request{Language: language, Long: long, Places: towers(4)}, nil)
				if err != nil || len(res.Stories) != 4 {
					t.Errorf("%s, long %v: %d stories, dropped %v, error %v", language, long, len(res.Stories), res.Dropped, err)
				}
			})
		}
	}
}

func TestWriteFaults(t *testing.T) {
	tests := []struct {
		name     string
		faults   []string
		want     error // nil = all stories
		outcomes string
		least    int // stories in spite of the error
	}{
		{name: "one 500 is tried again", faults: []string{"500"}, outcomes: "error ok"},
		{name: "an HTML page is tried again", faults: []string{"html"}, outcomes: "error ok"},
		{name: "a 429 is tried again", faults: []string{"429"}, outcomes: "error ok"},
		{name: "a broken connection is tried again", faults: []string{"reset"}, outcomes: "error ok"},
		{name: "a silent server is tried again", faults: []string{"hang"}, outcomes: "timeout ok"},
		{name: "three faults in a row", faults: []string{"500", "html", "500"}, want: ErrUnavailable, outcomes: "error error error"},
		{name: "a silent server for ever", faults: []string{"hang", "hang", "hang"}, want: ErrUnavailable, outcomes: "timeout timeout timeout"},
		{name: "a wrong key", faults: []string{"401"}, want: ErrRefused, outcomes: "refused"},
		{name: "a spent quota", faults: []string{"quota"}, want: ErrRefused, outcomes: "refused"},
		{name: "an unknown model", faults: []string{"404"}, want: ErrRefused, outcomes: "refused"},
		{name: "a stream that ends early", faults: []string{"cut"}, want: ErrAnswer, outcomes: "answer", least: 1},
		{name: "a connection that breaks half-way", faults: []string{"break"}, want: ErrAnswer, outcomes: "answer", least: 1},
		{name: "a stream that falls silent", faults: []string{"stall"}, want: ErrUnavailable, outcomes: "timeout", least: 1},
		{name: "an error inside the stream", faults: []string{"error"}, want: ErrAnswer, outcomes: "answer", least: 1},
		{name: "too long an answer", faults: []string{"length"}, want: ErrAnswer, outcomes: "answer", least: 1},
		{name: "a content filter", faults: []string{"filter"}, want: ErrAnswer, outcomes: "answer", least: 1},
		{name: "no finish reason", faults: []string{"nofinish"}, want: ErrAnswer, outcomes: "answer", least: 4},
		{name: "no choices", faults: []string{"empty"}, want: ErrAnswer, outcomes: "answer"},
		{name: "a refusal", faults: []string{"refusal"}, want: ErrAnswer, outcomes: "answer"},
		{name: "broken events", faults: []string{"garbage"}, want: ErrAnswer, outcomes: "answer"},
		{name: "prose once", faults: []string{"notjson"}, outcomes: "answer ok"},
		{name: "prose again", faults: []string{"notjson", "notjson"}, want: ErrAnswer, outcomes: "answer answer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, Config{}, sim.ModelConfig{}, tt.faults...)
				start := time.Now()
				res, err := b.Write(t.Context(), Request{Language: "en", Places: towers(4)}, nil)
				if !errors.Is(err, tt.want) || (tt.want == nil) != (err == nil) {
					t.Errorf("error %v, want %v", err, tt.want)
				}
				if tt.want == nil && len(res.Stories) != 4 || len(res.Stories) < tt.least {
					t.Errorf("%d stories, dropped %v", len(res.Stories), res.Dropped)
				}
				if got := strings.Join(b.outcomes(), " "); got != tt.outcomes {
					t.Errorf("outcomes %q, want %q", got, tt.outcomes)
				}
				if took := time.Since(start); took > 25*time.Second {
					t.Errorf("took %v, over the time-out", took)
				}
				if tt.least > 0 && res.Tokens == 0 {
					t.Error("no tokens counted for what was received")
				}
				if strings.Contains(b.logged.String()+fmt.Sprint(err), "<html>") || strings.Contains(b.logged.String(), "\\n") {
					t.Errorf("a page in the log: %s", b.logged.String())
				}
			})
		})
	}
}

func TestWriteDropsWhatFailsTheChecks(t *testing.T) {
	tests := map[string]string{"badyear": "year", "badlang": "script", "markup": "markup", "greeting": "phrase", "unknown": "place"}
	for fault, rule := range tests {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, Config{}, sim.ModelConfig{}, fault)
			res, err := b.Write(t.Context(), Request{Language: "en", Places: towers(2)}, func(s Story) { t.Errorf("%s: told %s", fault, s.Text) })
			if err != nil || len(res.Stories) != 0 || len(res.Dropped) != 2 {
				t.Fatalf("%s: stories %v, dropped %v, error %v", fault, res.Stories, res.Dropped, err)
			}
			for _, d := range res.Dropped {
				if d.Rule != rule {
					t.Errorf("%s: dropped for %v, want %s", fault, d, rule)
				}
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, sim.ModelConfig{}, "twice")
		res, err := b.Write(t.Context(), Request{Language: "en", Places: towers(2)}, nil)
		if err != nil || len(res.Stories) != 2 || len(res.Dropped) != 1 || res.Dropped[0].Rule != "place" {
			t.Errorf("twice: stories %v, dropped %v, error %v", ids(res.Stories), res.Dropped, err)
		}
	})
}

func TestWriteForServersWithoutSchemas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, sim.ModelConfig{NoSchema: true})
		for range 2 {
			res, err := b.Write(t.Context(), Request{Language: "ru", Places: towers(4)}, nil)
			if err != nil || len(res.Stories) != 4 {
				t.Fatalf("stories %v, dropped %v, error %v", ids(res.Stories), res.Dropped, err)
			}
		}
		if got, want := strings.Join(b.outcomes(), " "), "refused ok ok"; got != want {
			t.Errorf("outcomes %q, want %q: the format is remembered", got, want)
		}
	})
}

func TestWriteForServersThatTakeNoFormat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sim.NewModel(sim.ModelConfig{Latency: func(int) time.Duration { return time.Second }})
		b := &bench{}
		b.Client = newTestClient(t, b, Config{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if strings.Contains(string(body), `"response_format"`) {
				w.WriteHeader(http.StatusBadRequest)
				fmt.Fprint(w, `{"error":"unknown field response_format"}`)
				return
			}
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			server.ServeHTTP(w, r)
		}))
		res, err := b.Write(t.Context(), Request{Language: "en", Places: towers(2)}, nil)
		if got := strings.Join(b.outcomes(), " "); err != nil || len(res.Stories) != 2 || got != "refused refused ok" {
			t.Errorf("stories %v, error %v, outcomes %q", ids(res.Stories), err, got)
		}
	})
}

func TestWriteKeepsToTheTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{FirstToken: 2 * time.Second, Timeout: 7 * time.Second}, sim.ModelConfig{}, "hang", "stall")
		start := time.Now()
		_, err := b.Write(t.Context(), Request{Language: "en", Places: towers(1)}, nil)
		if took := time.Since(start); !errors.Is(err, ErrUnavailable) || took != 7*time.Second {
			t.Errorf("error %v after %v, want ErrUnavailable after 7s", err, took)
		}
	})
}

func TestWriteGivesUpWhenTheServerAsksForLongerThanItHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{}
		b.Client = newTestClient(t, b, Config{}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "40")
			w.WriteHeader(http.StatusTooManyRequests)
		}))
		start := time.Now()
		for range 2 { // the second does not even ask
			if _, err := b.Write(t.Context(), Request{Language: "en", Places: towers(1)}, nil); !errors.Is(err, ErrUnavailable) {
				t.Errorf("error %v, want ErrUnavailable", err)
			}
		}
		if took := time.Since(start); took > time.Second || len(b.calls) != 1 {
			t.Errorf("%d calls in %v, want 1 at once", len(b.calls), took)
		}
	})
}

func TestWriteEndsWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, sim.ModelConfig{})
		for range 2 * faultsInRow {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			_, err := b.Write(ctx, Request{Language: "en", Places: towers(4)}, nil)
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, ErrUnavailable) {
				t.Errorf("error %v, want the caller's and ErrUnavailable", err)
			}
			time.Sleep(time.Second)
		}
		if !b.Ready() {
			t.Error("callers who left opened the breaker")
		}
	})
}

func TestWriteKeepsThePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{RequestsPerMinute: 6}, sim.ModelConfig{Latency: func(int) time.Duration { return time.Second }})
		start := time.Now()
		for range 3 {
			if _, err := b.Write(t.Context(), Request{Language: "en", Places: towers(1)}, nil); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 21*time.Second {
			t.Errorf("three calls took %v, want 21s at 6 a minute", took)
		}
	})
}

func TestBreakerOpensAfterFaultsAndCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		faults := slices.Repeat([]string{"500"}, faultsInRow*(maxRetries+1))
		b := newBench(t, Config{RequestsPerMinute: 6000}, sim.ModelConfig{}, faults...)
		write := func() error {
			_, err := b.Write(t.Context(), Request{Language: "en", Places: towers(1)}, nil)
			return err
		}
		for i := range faultsInRow {
			if !b.Ready() {
				t.Fatalf("open after %d calls", i)
			}
			if err := write(); !errors.Is(err, ErrUnavailable) {
				t.Fatalf("error %v", err)
			}
		}
		start := time.Now()
		if err := write(); b.Ready() || !errors.Is(err, ErrUnavailable) || time.Since(start) != 0 {
			t.Errorf("ready %v, error %v after %v, want an open breaker at once", b.Ready(), err, time.Since(start))
		}
		if got := b.outcomes(); got[len(got)-1] != "breaker" || len(got) != len(faults)+1 {
			t.Errorf("outcomes %q", got)
		}
		time.Sleep(faultPause + time.Millisecond)
		if err := write(); !b.Ready() || err != nil {
			t.Errorf("ready %v, error %v, want a closed breaker", b.Ready(), err)
		}
	})
}

func TestBreakerOpensLongerAfterARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, sim.ModelConfig{}, "401")
		if _, err := b.Write(t.Context(), Request{Language: "en", Places: towers(1)}, nil); !errors.Is(err, ErrRefused) {
			t.Fatalf("error %v", err)
		}
		time.Sleep(faultPause + time.Millisecond)
		if b.Ready() {
			t.Error("ready again after the pause of a fault")
		}
		time.Sleep(refusalPause)
		if res, err := b.Write(t.Context(), Request{Language: "en", Places: towers(1)}, nil); !b.Ready() || err != nil || len(res.Stories) != 1 {
			t.Errorf("ready %v, error %v", b.Ready(), err)
		}
	})
}

func TestAnErrorWhoseBodyBreaksKeepsItsStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{}
		b.Client = newTestClient(t, b, Config{}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, "{")
			panic(http.ErrAbortHandler)
		}))
		if _, err := b.Write(t.Context(), Request{Language: "en", Places: towers(1)}, nil); !errors.Is(err, ErrRefused) || b.Ready() || len(b.calls) != 1 {
			t.Errorf("error %v, ready %v, %d calls", err, b.Ready(), len(b.calls))
		}
	})
}

func TestTheKeyIsNeverShown(t *testing.T) {
	answers := map[string]func(w http.ResponseWriter){
		"json error": func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, `{"error":{"message":"Incorrect API key provided: %s","type":"invalid_request_error"}}`, testKey)
		},
		"text error": func(w http.ResponseWriter) { w.WriteHeader(http.StatusForbidden); fmt.Fprint(w, "bad key "+testKey) },
		"ollama": func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprintf(w, `{"error":"no %s"}`, testKey)
		},
		"in a stream": func(w http.ResponseWriter) { fmt.Fprintf(w, "data: {\"error\":{\"message\":\"key %s\"}}\n\n", testKey) },
		"content type": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", testKey)
			fmt.Fprint(w, "hello")
		},
		"finish reason": func(w http.ResponseWriter) {
			fmt.Fprintf(w, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":%q}]}\n\n", testKey)
		},
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &bench{}
				b.Client = newTestClient(t, b, Config{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if got := r.Header.Get("Authorization"); got != "Bearer "+testKey {
						t.Errorf("authorization %q", got)
					}
					answer(w)
				}))
				_, err := b.Write(t.Context(), Request{Language: "en", Places: towers(1)}, nil)
				if err == nil || strings.Contains(err.Error()+b.logged.String(), "0123456789") {
					t.Errorf("error %v, log %s", err, b.logged.String())
				}
			})
		})
	}
}

func TestWriteRefusesBadRequests(t *testing.T) {
	b := newBench(t, Config{}, sim.ModelConfig{})
	tests := map[string]Request{
		"unknown language": {Language: "xx", Places: towers(1)},
		"no places":        {Language: "en"},
		"too many places":  {Language: "en", Places: towers(MaxPlaces + 1)},
		"no id":            {Language: "en", Places: []places.Place{{Title: "Tower"}}},
	}
	for name, req := range tests {
		if _, err := b.Write(t.Context(), req, nil); !errors.Is(err, ErrRefused) || !b.Ready() {
			t.Errorf("%s: error %v, ready %v", name, err, b.Ready())
		}
	}
	if got := b.server.Stats().Calls; got != 0 {
		t.Errorf("%d calls", got)
	}
}

func TestNewChecksItsConfig(t *testing.T) {
	tests := []struct {
		cfg  Config
		base string // "" = an error
	}{
		{Config{APIKey: "k"}, DefaultBaseURL},
		{Config{APIKey: "k", BaseURL: "https://api.openai.com"}, "https://api.openai.com/v1"},
		{Config{BaseURL: "http://127.0.0.1:11434/v1/"}, "http://127.0.0.1:11434/v1"},
		{Config{BaseURL: "https://host/openai/api"}, "https://host/openai/api"},
		{Config{}, ""},
		{Config{APIKey: "k", BaseURL: "api.openai.com"}, ""},
		{Config{APIKey: "k", BaseURL: "ftp://host"}, ""},
	}
	for _, tt := range tests {
		c, err := New(tt.cfg)
		if (err == nil) != (tt.base != "") {
			t.Errorf("%+v: error %v", tt.cfg, err)
			continue
		}
		if err == nil && c.Name() != DefaultModel {
			t.Errorf("name %q", c.Name())
		}
		if got, _ := baseURL(tt.cfg.BaseURL); tt.base != "" && got != tt.base {
			t.Errorf("base URL %q, want %q", got, tt.base)
		}
	}
}

func TestRequestsOfReasoningModels(t *testing.T) {
	ans, err := newAnswer(Request{Language: "en", Places: towers(4)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, reasoning := range map[string]bool{"gpt-4.1-mini": false, "gpt-4o": false, "llama3": false, "gpt-5-mini": true, "openai/gpt-5.1": true, "o3": true,
		"o4-mini": true, "gpt-5-chat-latest": true, "olmo-3": false} {
		c := &Client{cfg: Config{Model: name}}
		text, err := json.Marshal(c.request(ans, bySchema))
		if err != nil {
			t.Fatal(err)
		}
		for field, want := range map[string]bool{"max_completion_tokens": reasoning, "max_tokens": !reasoning, "temperature": !reasoning} {
			if got := strings.Contains(string(text), `"`+field+`":`); got != want {
				t.Errorf("%s: %s sent %v, want %v", name, field, got, want)
			}
		}
	}
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{Model: "gpt-5-mini"}, sim.ModelConfig{})
		if res, err := b.Write(t.Context(), Request{Language: "uk", Long: true, Places: towers(4)}, nil); err != nil || len(res.Stories) != 4 {
			t.Errorf("stories %v, error %v", ids(res.Stories), err)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name, value string
		want        time.Duration
	}{
		{"Retry-After", "7", 7 * time.Second},
		{"Retry-After", "0.5", 500 * time.Millisecond},
		{"Retry-After", now.Add(90 * time.Second).Format(http.TimeFormat), 90 * time.Second},
		{"Retry-After", now.Add(-time.Hour).Format(http.TimeFormat), 0},
		{"Retry-After", "-3", 0},
		{"Retry-After", "soon", 0},
		{"Retry-After", "1e300", 24 * time.Hour},
		{"Retry-After-Ms", "250", 250 * time.Millisecond},
		{"X-Other", "7", 0},
	}
	for _, tt := range tests {
		if got := retryAfter(http.Header{tt.name: {tt.value}}, now); got != tt.want {
			t.Errorf("%s: %s gives %v, want %v", tt.name, tt.value, got, tt.want)
		}
	}
}

func TestSchemaIsStrict(t *testing.T) {
	f := responseFormat(bySchema, []string{"Q1", "wp:ru:2"})
	got, err := f.JSONSchema.Schema.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"type":"object","properties":{"stories":{"type":"array","items":{"type":"object","properties":{"place":{"type":"string","enum":["Q1","wp:ru:2"]},` +
		`"text":{"type":"string"}},"required":["place","text"],"additionalProperties":false}}},"required":["stories"],"additionalProperties":false}`
	if string(got) != want || f.JSONSchema.Name != "stories" || !f.JSONSchema.Strict {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if f := responseFormat(byObject, nil); f.Type != "json_object" || f.JSONSchema != nil || responseFormat(byWords, nil) != nil {
		t.Error("other formats carry a schema")
	}
}
