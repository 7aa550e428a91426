package bot

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// Bounds of the webhook.
const (
	maxUpdate          = 1 << 20 // bytes of one update
	webhookConnections = 40      // at once, as Telegram is told
)

// ServeHTTP takes one update as Telegram posts it. Any 2xx tells Telegram that the update is ours; any other answer makes it come again.
func (b *Bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	if !b.knows(r.Header.Get("X-Telegram-Bot-Api-Secret-Token")) {
		http.Error(w, "wrong secret", http.StatusUnauthorized)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	case err != nil: // cut off on the way; Telegram sends it again
		http.Error(w, "unreadable", http.StatusBadRequest)
		return
	}
	id, err := readID(body)
	if err != nil {
		b.log.Warn("webhook_body", "bytes", len(body), "json", json.Valid(body))
		http.Error(w, "not an update", http.StatusBadRequest)
		return
	}
	switch b.accept(r.Context(), received{id, body})[0] {
	case chatFull, roomFull, stopping, faulty:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "come again", http.StatusServiceUnavailable)
	default:
		w.WriteHeader(http.StatusOK)
	}
}

// knows compares the secret in a time that says nothing about it, its length included.
func (b *Bot) knows(secret string) bool {
	if b.cfg.WebhookSecret == "" {
		return false // polling: nobody has a reason to post
	}
	got, want := sha256.Sum256([]byte(secret)), sha256.Sum256([]byte(b.cfg.WebhookSecret))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// register tells Telegram where to post, until it takes it.
func (b *Bot) register(ctx context.Context) error {
	return b.persist(ctx, "setWebhook", b.setWebhook)
}

func (b *Bot) setWebhook(ctx context.Context) error {
	return b.out.Call(ctx, "setWebhook", map[string]any{
		"url":                  b.cfg.WebhookURL,
		"secret_token":         b.cfg.WebhookSecret,
		"allowed_updates":      allowedUpdates,
		"max_connections":      webhookConnections,
		"drop_pending_updates": false,
	}, nil)
}
