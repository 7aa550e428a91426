package model

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo/places"
)

func TestWriteTellsTheFirstStoryBeforeTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFixture(t, Config{}, sim.ModelConfig{Latency: func(int) time.Duration { return 8 * time.Second }})
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
			b.calls[0].PromptTokens == 0 || int64(b.calls[0].PromptTokens) != res.PromptTokens || int64(b.calls[0].CompletionTokens) != res.AnswerTokens {
			t.Errorf("calls %+v, tokens %d", b.calls, res.AnswerTokens)
		}
	})
}

func TestWriteInEveryLanguage(t *testing.T) {
	for _, language := range Languages {
		for _, long := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				b := newFixture(t, Config{RequestsPerMinute: 600}, sim.ModelConfig{})
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
		least    int // stories that arrive despite the error
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
				b := newFixture(t, Config{}, sim.ModelConfig{}, tt.faults...)
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
				if tt.least > 0 && res.PromptTokens == 0 {
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
			b := newFixture(t, Config{}, sim.ModelConfig{}, fault)
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
		b := newFixture(t, Config{}, sim.ModelConfig{}, "twice")
		res, err := b.Write(t.Context(), Request{Language: "en", Places: towers(2)}, nil)
		if err != nil || len(res.Stories) != 2 || len(res.Dropped) != 1 || res.Dropped[0].Rule != "place" {
			t.Errorf("twice: stories %v, dropped %v, error %v", ids(res.Stories), res.Dropped, err)
		}
	})
}

func TestWriteForServersWithoutSchemas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFixture(t, Config{}, sim.ModelConfig{NoSchema: true})
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
		b := &fixture{}
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
		b := newFixture(t, Config{FirstToken: 2 * time.Second, Timeout: 7 * time.Second}, sim.ModelConfig{}, "hang", "stall")
		start := time.Now()
		_, err := b.Write(t.Context(), Request{Language: "en", Places: towers(1)}, nil)
		if took := time.Since(start); !errors.Is(err, ErrUnavailable) || took != 7*time.Second {
			t.Errorf("error %v after %v, want ErrUnavailable after 7s", err, took)
		}
	})
}

func TestWriteGivesUpWhenTheServerAsksForLongerThanItHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &fixture{}
		b.Client = newTestClient(t, b, Config{}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "40")
			w.WriteHeader(http.StatusTooManyRequests)
		}))
		start := time.Now()
		for range 2 { // the second sends nothing
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
		b := newFixture(t, Config{}, sim.ModelConfig{})
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
		b := newFixture(t, Config{RequestsPerMinute: 6}, sim.ModelConfig{Latency: func(int) time.Duration { return time.Second }})
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

func TestWriteRefusesBadRequests(t *testing.T) {
	b := newFixture(t, Config{}, sim.ModelConfig{})
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
