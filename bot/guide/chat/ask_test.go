package chat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
)

func TestAskFaults(t *testing.T) {
	tests := []struct {
		name     string
		faults   []string
		want     error // nil = all texts
		outcomes string
		least    int // texts that arrive despite the error
	}{
		{name: "one 500 is repeated", faults: []string{"500"}, outcomes: "error ok"},
		{name: "an HTML page is repeated", faults: []string{"html"}, outcomes: "error ok"},
		{name: "a 429 is repeated", faults: []string{"429"}, outcomes: "error ok"},
		{name: "a broken connection is repeated", faults: []string{"reset"}, outcomes: "error ok"},
		{name: "two faults in a row are left for later", faults: []string{"500", "html"}, want: ErrUnavailable, outcomes: "error error"},
		{name: "a wrong key", faults: []string{"401"}, want: ErrRefused, outcomes: "refused"},
		{name: "a spent quota", faults: []string{"quota"}, want: ErrRefused, outcomes: "refused"},
		{name: "an unknown model", faults: []string{"404"}, want: ErrRefused, outcomes: "refused"},
		{name: "a stream that ends early is repeated for the rest", faults: []string{"cut"}, outcomes: "answer ok"},
		{name: "a connection that breaks half-way is repeated for the rest", faults: []string{"break"}, outcomes: "answer ok"},
		{name: "a stream that breaks twice", faults: []string{"break", "break"}, want: ErrUnavailable, outcomes: "answer answer", least: 1},
		{name: "a stream that falls silent", faults: []string{"stall"}, want: ErrUnavailable, outcomes: "timeout", least: 1},
		{name: "an error inside the stream is repeated", faults: []string{"error"}, outcomes: "error ok"},
		{name: "too long an answer", faults: []string{"length"}, want: ErrAnswer, outcomes: "answer", least: 1},
		{name: "a content filter, then one by one", faults: []string{"filter"}, outcomes: "adapted ok", least: 2},
		{name: "no finish reason", faults: []string{"nofinish"}, outcomes: "ok"},
		{name: "no choices", faults: []string{"empty"}, outcomes: "answer ok"},
		{name: "a refusal", faults: []string{"refusal", "refusal"}, want: ErrDeclined, outcomes: "adapted answer"},
		{name: "broken events are repeated", faults: []string{"garbage"}, outcomes: "answer ok"},
		{name: "prose once", faults: []string{"notjson"}, outcomes: "adapted ok"},
		{name: "prose for ever", faults: []string{"notjson", "notjson", "notjson"}, want: ErrAnswer, outcomes: "adapted adapted answer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newFixture(t, Config{}, sim.ModelConfig{}, tt.faults...)
				q := about(4)
				start := time.Now()
				reply, err := b.Ask(t.Context(), q.request())
				if !errors.Is(err, tt.want) || (tt.want == nil) != (err == nil) {
					t.Errorf("error %v, want %v", err, tt.want)
				}
				if tt.want == nil && !reply.Single && len(q.texts) != 4 || len(q.texts) < tt.least {
					t.Errorf("%d texts", len(q.texts))
				}
				if got := b.outcomes(); got != tt.outcomes {
					t.Errorf("outcomes %q, want %q", got, tt.outcomes)
				}
				if took := time.Since(start); took > 25*time.Second || took != reply.Took {
					t.Errorf("took %v, the reply says %v", took, reply.Took)
				}
				if tt.least > 0 && reply.PromptTokens == 0 {
					t.Error("no tokens counted for what was received")
				}
				if strings.Contains(b.log()+fmt.Sprint(err), "<html>") || strings.Contains(b.log(), "\\n") {
					t.Errorf("a page in the log: %s", b.log())
				}
			})
		})
	}
}

// A failing server costs a waiting person about a second, whatever it does.
func TestNobodyWaitsForRepeats(t *testing.T) {
	answer := func(status int, retryAfter string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if retryAfter != "" {
				w.Header().Set("Retry-After", retryAfter)
			}
			w.WriteHeader(status)
		})
	}
	for name, tt := range map[string]struct {
		server http.Handler
		calls  int
		after  time.Duration
	}{
		"500 for ever":           {answer(500, ""), 2, 0},
		"429 for ever":           {answer(429, ""), 2, 0},
		"429 with half a second": {answer(429, "0.5"), 2, 500 * time.Millisecond},
		"429 with a minute":      {answer(429, "60"), 1, time.Minute},
		"503 with an hour":       {answer(503, "3600"), 1, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &fixture{}
				b.Client = newTestClient(t, b, Config{}, tt.server)
				start := time.Now()
				_, err := b.Ask(t.Context(), about(2).request())
				if took := time.Since(start); took > time.Second || !errors.Is(err, ErrUnavailable) || len(b.calls) != tt.calls {
					t.Errorf("%d calls in %v, error %v; want %d within 1s", len(b.calls), took, err, tt.calls)
				}
				after, ok := Again(err)
				if !ok || after != tt.after {
					t.Errorf("again after %v, %v; want %v", after, ok, tt.after)
				}
				if tt.after <= time.Second {
					return
				}
				start = time.Now()
				if _, err := b.Ask(t.Context(), about(2).request()); !errors.Is(err, ErrUnavailable) || len(b.calls) != tt.calls || time.Since(start) != 0 || b.Ready() {
					t.Errorf("during the pause: %d calls, error %v after %v, ready %v", len(b.calls), err, time.Since(start), b.Ready())
				}
				time.Sleep(maxPause)
				if !b.Ready() {
					t.Error("not ready after the pause")
				}
			})
		})
	}
}

func TestAskKeepsToTheTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFixture(t, Config{FirstToken: 2 * time.Second, Timeout: 7 * time.Second}, sim.ModelConfig{}, "", "hang", "hang", "stall")
		if _, err := b.Ask(t.Context(), about(1).request()); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, err := b.Ask(t.Context(), about(1).request())
		if took := time.Since(start); !errors.Is(err, ErrUnavailable) || took < 4*time.Second || took > 5*time.Second {
			t.Errorf("silent twice: error %v after %v, want ErrUnavailable after two times 2s", err, took)
		}
		start = time.Now()
		_, err = b.Ask(t.Context(), about(1).request())
		if took := time.Since(start); !errors.Is(err, ErrUnavailable) || took != 7*time.Second {
			t.Errorf("silent after half: error %v after %v, want ErrUnavailable after 7s", err, took)
		}
		if _, ok := Again(err); ok {
			t.Error("a question that took all its time would be asked again")
		}
	})
}

// A server that may have to load its model gets the whole time of a call.
func TestFirstAnswerMayTakeTheWholeTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newQuirky(t, Config{FirstToken: 5 * time.Second, Timeout: time.Minute}, "slow to load")
		if _, err := b.Ask(t.Context(), about(1).request()); err != nil || len(b.calls) != 1 {
			t.Fatalf("%d calls, error %v: the load was aborted", len(b.calls), err)
		}
		b.Client.memory.answered = time.Now().Add(-idleAfter - time.Second)
		if !b.memory.loading() {
			t.Error("after minutes without an answer the model may be gone")
		}
		b.memory.alive()
		if b.memory.loading() {
			t.Error("a server that has just answered is not loading")
		}
	})
}

func TestAskEndsWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFixture(t, Config{}, sim.ModelConfig{})
		for range 2 * faultsInRow {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			_, err := b.Ask(ctx, about(4).request())
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

func TestAskKeepsThePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFixture(t, Config{RequestsPerMinute: 6}, sim.ModelConfig{Latency: func(int) time.Duration { return time.Second }})
		start := time.Now()
		for range 3 {
			if _, err := b.Ask(t.Context(), about(1).request()); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 21*time.Second {
			t.Errorf("three calls took %v, want 21s at 6 a minute", took)
		}
	})
}

func TestTextIsPassedOnAsItArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFixture(t, Config{}, sim.ModelConfig{})
		q := about(2)
		reply, err := b.Ask(t.Context(), q.request())
		if err != nil || !strings.HasPrefix(q.text.String(), `{"stories":[{"place":"Q1"`) {
			t.Errorf("text %.40q, error %v", q.text.String(), err)
		}
		if reply.Calls != 1 || reply.FirstToken <= 0 || reply.FirstToken >= reply.Took || reply.AnswerTokens == 0 {
			t.Errorf("reply %+v", reply)
		}
	})
}
