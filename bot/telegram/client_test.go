package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const secretToken = "123456:very-secret-token"

type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func respond(status int, kind, body string) (*http.Response, error) {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {kind}, "Location": {"https://evil.test/"}}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func dial(t *testing.T, f transportFunc) *Client {
	t.Helper()
	c, err := NewClient(ClientConfig{Token: secretToken, URL: "https://api.test", Transport: f})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClientSendsTheTokenAndNeverShowsIt(t *testing.T) {
	t.Parallel()
	asked := ""
	c := dial(t, func(r *http.Request) (*http.Response, error) {
		asked = r.URL.String()
		return nil, fmt.Errorf("proxy: cannot reach %s", r.URL)
	})
	_, err := c.Call(t.Context(), "getMe", nil)
	if want := "https://api.test/bot" + secretToken + "/getMe"; asked != want {
		t.Errorf("asked %s, want %s", asked, want)
	}
	if err == nil || strings.Contains(fmt.Sprintf("%v %+v %q", err, err, err), "secret") {
		t.Errorf("error %v, want one without the token", err)
	}
}

func TestClientAddressesOfMethods(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		url  string
		test bool
		want string
	}{
		{"http://127.0.0.1:81", false, "http://127.0.0.1:81/bot7:x/getMe"},
		{"http://127.0.0.1:81/", false, "http://127.0.0.1:81/bot7:x/getMe"},
		{"http://127.0.0.1:81//", false, "http://127.0.0.1:81/bot7:x/getMe"},
		{"https://api.test/base", false, "https://api.test/base/bot7:x/getMe"},
		{"https://api.test/base/", false, "https://api.test/base/bot7:x/getMe"},
		{"", true, "https://api.telegram.org/bot7:x/test/getMe"},
		{"https://api.test/base/", true, "https://api.test/base/bot7:x/test/getMe"},
	} {
		asked := ""
		c, err := NewClient(ClientConfig{Token: "7:x", URL: tt.url, Test: tt.test, Transport: transportFunc(func(r *http.Request) (*http.Response, error) {
			asked = r.URL.String()
			return respond(http.StatusOK, "application/json", `{"ok":true,"result":1}`)
		})})
		if err == nil {
			_, err = c.Call(t.Context(), "getMe", nil)
		}
		if asked != tt.want || err != nil {
			t.Errorf("%q: asked %s (%v), want %s", tt.url, asked, err, tt.want)
		}
	}
}

func TestClientKnowsTelegramsClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		behind := -time.Hour // Telegram's clock to ours
		c := dial(t, func(*http.Request) (*http.Response, error) {
			resp, err := respond(http.StatusOK, "application/json", `{"ok":true,"result":1}`)
			resp.Header.Set("Date", time.Now().Add(behind).UTC().Format(http.TimeFormat))
			return resp, err
		})
		if got := c.ClockSkew(); got != 0 {
			t.Errorf("ahead by %v before the first answer", got)
		}
		for _, want := range []time.Duration{time.Hour, -30 * time.Minute} {
			behind = -want
			if _, err := c.Call(t.Context(), "getMe", nil); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Minute)
			if got := c.ClockSkew(); got.Round(time.Second) != want {
				t.Errorf("ahead by %v, want %v", got, want)
			}
		}
	})
}

func TestClientAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, kind string
		status     int
		body       string
		outcome    string
	}{
		{"success", "application/json", 200, `{"ok":true,"result":1}`, "ok"},
		{"flood", "application/json", 429, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 3","parameters":{"retry_after":3}}`, "flood"},
		{"flood with a strange wait", "application/json", 429, `{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":"soon"}}`, "network"},
		{"forbidden", "application/json", 403, `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`, "forbidden"},
		{"gateway's page", "text/html", 502, `<html>`, "gateway"},
		{"page with a good status", "text/html", 200, `<html>`, "gateway"},
		{"redirect is not followed", "text/html", 302, ``, "gateway"},
		{"nothing", "application/json", 200, ``, "gateway"},
		{"internal error", "application/json", 500, `{"ok":false,"error_code":500,"description":"Internal Server Error"}`, "server"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := dial(t, func(*http.Request) (*http.Response, error) { return respond(tt.status, tt.kind, tt.body) })
			body, err := c.Call(t.Context(), "getMe", nil)
			_, err = Parse(body, err)
			if got := outcome(err); got != tt.outcome {
				t.Errorf("outcome %q (%v), want %q", got, err, tt.outcome)
			}
		})
	}
}

func TestClientCallsAreBounded(t *testing.T) {
	t.Parallel()
	hang := transportFunc(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	for method, want := range map[string]time.Duration{"sendMessage": 15 * time.Second, "getUpdates": 65 * time.Second} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				_, err := dial(t, hang).Call(t.Context(), method, nil)
				if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took != want {
					t.Errorf("%v after %v, want a deadline after %v", err, took, want)
				}
			})
		})
	}
}

func TestDialRefuses(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]ClientConfig{
		"no token":       {},
		"no host":        {Token: "t", URL: "api"},
		"no http":        {Token: "t", URL: "ftp://api.test"},
		"not an address": {Token: "t", URL: "https://a b\x7f"},
	} {
		if _, err := NewClient(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func BenchmarkClientCall(b *testing.B) {
	c, err := NewClient(ClientConfig{Token: secretToken, Transport: transportFunc(func(*http.Request) (*http.Response, error) {
		return respond(200, "application/json", `{"ok":true,"result":{"message_id":1}}`)
	})})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Call(b.Context(), "sendMessage", Outgoing{Text: "x"}); err != nil {
			b.Fatal(err)
		}
	}
}
