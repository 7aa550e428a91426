package chat

import (
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// TestAimock asks a server that others have written: .ci/aimock starts it and sets AIMOCK_URL.
func TestAimock(t *testing.T) {
	url := os.Getenv("AIMOCK_URL")
	if url == "" {
		t.Skip("AIMOCK_URL is not set; .ci/aimock does that")
	}
	client := func(model string) (*Client, *fixture) {
		b := &fixture{}
		c, err := New(Config{APIKey: testKey, BaseURL: url + "/v1", Model: model, RequestsPerMinute: 6000, Log: slog.New(slog.NewTextHandler(b, nil))})
		if err != nil {
			t.Fatal(err)
		}
		return c, b
	}
	for _, tt := range []struct {
		model string
		calls int
		step  string
	}{
		{"gpt-6-luna", 1, ""},
		{"gpt-4o", 1, ""},
		{"mock-thinks", 1, ""},
		{"mock-tags", 1, ""},
		{"mock-no-schema", 2, "json_object"},
		{"mock-busy-once", 2, ""},
	} {
		t.Run(tt.model, func(t *testing.T) {
			c, _ := client(tt.model)
			if _, err := c.Look(t.Context()); err != nil {
				t.Errorf("look for the model: %v", err)
			}
			q := about(2)
			reply, err := c.Ask(t.Context(), q.request())
			if err != nil || len(q.texts) != 2 || q.texts["Q1"] == "draft" || reply.Calls != tt.calls {
				t.Errorf("%d calls, texts %v, error %v", reply.Calls, q.texts, err)
			}
			if steps := strings.Join(c.Adapted(), "; "); !strings.Contains(steps, tt.step) || tt.step == "" && steps != "" {
				t.Errorf("adapted: %s", steps)
			}
			if c.Model().Unknown {
				t.Error("a model that answers counts as unknown")
			}
		})
	}
	for name, rates := range map[string]string{
		"dropped": `{"dropRate":1}`, "malformed": `{"malformedRate":1}`, "disconnected": `{"disconnectRate":1}`, "limited": `{"rateLimitRate":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			chaos(t, http.MethodPost, url, rates)
			defer chaos(t, http.MethodDelete, url, "")
			c, b := client("gpt-6-luna")
			start := time.Now()
			reply, err := c.Ask(t.Context(), about(2).request())
			if !errors.Is(err, ErrUnavailable) || reply.Calls != 2 || time.Since(start) > 10*time.Second {
				t.Errorf("%d calls in %v, error %v, log %s", reply.Calls, time.Since(start), err, b.log())
			}
		})
	}
}

// chaos sets or clears what the server does wrong.
func chaos(t *testing.T, method, url, rates string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url+"/__aimock/chaos", strings.NewReader(rates))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s chaos: status %d", method, res.StatusCode)
	}
}
