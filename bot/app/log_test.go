package app

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"excursobot/bot/config"
)

func TestLogsHoldNoSecret(t *testing.T) {
	const key, dashboard, password = "sk-live-0123456789", "open sesame/please", "pa55word!"
	cfg := config.Defaults()
	cfg.Telegram.Token = testToken
	cfg.Telegram.WebhookSecret = derivedSecret(testToken)
	cfg.OpenAI.APIKey = key
	cfg.Monitor.Token = dashboard
	cfg.Store.Postgres = "postgres://bot:" + password + "@db/x"
	type nested struct{ Inner *struct{ Token string } }
	deep := nested{Inner: &struct{ Token string }{testToken}}

	for _, format := range []string{"json", "text"} {
		cfg.Log.Format = format
		t.Run(format, func(t *testing.T) {
			var out bytes.Buffer
			log := NewLogger(&out, cfg, config.Environment{})
			log.With("kept", "a "+testToken).WithGroup("g").Info("message with "+key,
				"string", "x"+dashboard+"x",
				"escaped", "https://x/?t="+url.QueryEscape(testToken)+"&d="+url.PathEscape(dashboard),
				"error", fmt.Errorf("send: %w", &url.Error{Op: "Post", URL: "https://api.telegram.org/bot" + testToken + "/getMe", Err: errors.New("refused")}),
				"any", map[string]string{"k": cfg.Telegram.WebhookSecret},
				"pointer", deep,
				"bytes", []byte(key),
				"url", mustParse(t, cfg.Store.Postgres),
				"driver", "dial db as bot:"+password,
				slog.Group("group", "inner", testToken),
				"config", cfg,
				"number", 7, "nothing", nil,
			)
			text := out.String()
			for _, secret := range cfg.Secrets() {
				for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
					if strings.Contains(text, form) {
						t.Errorf("%q is in the log:\n%s", form, text)
					}
				}
			}
			for _, want := range []string{"message with", "getMe", "refused", config.Mask} {
				if !strings.Contains(text, want) {
					t.Errorf("%q is missing in the log:\n%s", want, text)
				}
			}
		})
	}
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestPlaceholdersAreNoSecrets(t *testing.T) {
	cfg := config.Defaults()
	cfg.OpenAI.APIKey = "none"
	var out bytes.Buffer
	NewLogger(&out, cfg, config.Environment{}).Info("there is none")
	if got := out.String(); !strings.Contains(got, "there is none") || !strings.HasPrefix(got, "{") {
		t.Errorf("got %s", got)
	}
}

func TestDurationsInJSONAreSeconds(t *testing.T) {
	var out bytes.Buffer
	NewLogger(&out, config.Defaults(), config.Environment{}).Info("fact_requested", "duration", 3688*time.Millisecond)
	if got := out.String(); !strings.Contains(got, `"duration":3.688}`) {
		t.Errorf("got %s", got)
	}
}

func TestLogLevel(t *testing.T) {
	cfg := config.Defaults()
	cfg.Log.Level = "warn"
	var out bytes.Buffer
	log := NewLogger(&out, cfg, config.Environment{})
	log.Info("left out")
	log.Warn("said")
	if got := out.String(); strings.Contains(got, "left out") || !strings.Contains(got, "said") {
		t.Errorf("got %s", got)
	}
}

func BenchmarkLogLine(b *testing.B) {
	cfg := config.Defaults()
	cfg.Telegram.Token, cfg.OpenAI.APIKey = testToken, "sk-live-0123456789"
	cfg.Telegram.WebhookSecret = derivedSecret(testToken)
	log := NewLogger(discard{}, cfg, config.Environment{})
	err := errors.New("dial tcp 10.0.0.1:443: connect: connection refused")
	b.ReportAllocs()
	for b.Loop() {
		log.Info("fact_requested", "user_id", int64(42), "duration", 0.25, "source", "library", "error", err)
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// derivedSecret returns the webhook secret of a bot without a configured one.
func derivedSecret(token string) string {
	cfg := config.Defaults()
	cfg.Telegram.Token = token
	cfg.Derive(config.Environment{})
	return cfg.Telegram.WebhookSecret
}
