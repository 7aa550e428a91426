package config

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// TelegramAPI is the Bot API server of Telegram itself.
const TelegramAPI = "https://api.telegram.org"

const (
	webhookPath = "/webhook" // for a webhook_url without a path
	dataDir     = "./data"
	// localMonitor is the address of the dashboard and the metrics without a token.
	localMonitor = "127.0.0.1:9090"
)

// Derive sets each key that is not set and follows from other keys or from the platform's variables.
func (c *Config) Derive(env Environment) {
	if c.Telegram.WebhookURL == "" && env["RAILWAY_PUBLIC_DOMAIN"] != "" {
		c.Telegram.WebhookURL = "https://" + env["RAILWAY_PUBLIC_DOMAIN"]
		c.origins["telegram.webhook_url"] = "environment variable RAILWAY_PUBLIC_DOMAIN"
	}
	c.Telegram.WebhookURL = withPath(c.Telegram.WebhookURL)
	c.OpenAI.BaseURL = withoutCall(c.OpenAI.BaseURL)
	if c.Telegram.WebhookSecret == "" && c.Telegram.Token != "" {
		c.Telegram.WebhookSecret = webhookSecret(c.Telegram.Token)
		c.origins["telegram.webhook_secret"] = "derived from telegram.token"
	}
	if c.Store.Dir == "" {
		c.Store.Dir = dataDir
		if volume := env["RAILWAY_VOLUME_MOUNT_PATH"]; volume != "" {
			c.Store.Dir = volume
			c.origins["store.dir"] = "environment variable RAILWAY_VOLUME_MOUNT_PATH"
		}
	}
	if c.Monitor.Token == "" && c.Monitor.Addr == "" { // never at http.addr, which may be behind a proxy that looks like this machine
		c.Monitor.Addr = localMonitor
		c.origins["monitor.addr"] = "because monitor.token is not set"
	}
	c.derivePrices()
	if c.Live.Default == 0 {
		c.Live.Default = Every(nearest(c.Live.Intervals, 10*time.Minute))
	}
}

// derivePrices sets the prices that are not set: from openai.price, or if nothing is known about prices, those of the default model at OpenAI.
func (c *Config) derivePrices() {
	const (
		known                = "price of gpt-6-luna at OpenAI"
		priceIn, priceOut    = 0.10, 0.50
		knownModel, knownURL = "gpt-6-luna", "https://api.openai.com/v1"
	)
	derive := func(key string, field *float64, price float64, origin string) {
		if c.IsDefault(key) {
			*field, c.origins[key] = price, origin
		}
	}
	switch {
	case !c.IsDefault("openai.price"):
		derive("openai.price_in", &c.OpenAI.PriceIn, c.OpenAI.Price, "openai.price")
		derive("openai.price_out", &c.OpenAI.PriceOut, c.OpenAI.Price, "openai.price")
	case c.OpenAI.Model == knownModel && strings.TrimRight(c.OpenAI.BaseURL, "/") == knownURL:
		derive("openai.price_in", &c.OpenAI.PriceIn, priceIn, known)
		derive("openai.price_out", &c.OpenAI.PriceOut, priceOut, known)
	}
}

// webhookSecret returns the same secret after every restart. The token cannot be derived from it.
func webhookSecret(token string) string {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte("excursobot webhook secret"))
	return hex.EncodeToString(mac.Sum(nil))
}

// nearest returns the entry that is closest to want: the first of equal ones, 0 of an empty list.
func nearest(list []time.Duration, want time.Duration) time.Duration {
	var best time.Duration
	for i, d := range list {
		if i == 0 || (d-want).Abs() < (best-want).Abs() {
			best = d
		}
	}
	return best
}

// onRailway reports whether the platform's own variables are set.
func onRailway(env Environment) bool {
	return env["RAILWAY_PROJECT_ID"] != "" || env["RAILWAY_SERVICE_ID"] != "" || env["RAILWAY_ENVIRONMENT_NAME"] != "" || env["RAILWAY_ENVIRONMENT"] != ""
}

// SoftMemory returns the soft limit of the process's memory in bytes, near which the garbage collector works harder: what the configuration lets the bot
// hold, and what it needs anyway. A limit below the live memory would keep the collector busy all the time.
func (c *Config) SoftMemory() int64 {
	const (
		anyway    = 20 << 20 // code, connections, the pack, 50 walks, 2000 small updates
		perWalk   = 64 << 10 // beyond 50: the session with its route
		perUpdate = 4 << 10  // beyond 2000: decoded, and its goroutine
	)
	limit := int64(anyway) + int64(c.Cache.MaxBytes)*5/4 + int64(c.Ingest.MaxBytes) // a quarter for the records of the cache itself
	limit += int64(max(0, c.Live.MaxSessions-50)) * perWalk
	limit += int64(max(0, c.Ingest.MaxInflight-2000)) * perUpdate
	return limit
}
