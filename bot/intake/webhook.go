package intake

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"excursobot/bot/telegram"
	"excursobot/limiter"
)

// Bounds of the webhook.
const (
	maxUpdate          = 1 << 20 // bytes of one update
	webhookConnections = 40      // at once, as Telegram is told
	// webhookEvery is how often Telegram is asked whether it still posts to us.
	webhookEvery = time.Minute
	// webhookRetry is longer than Telegram's longest pause between two tries to post.
	webhookRetry = 3 * time.Minute
)

// ServeHTTP takes one update as Telegram posts it. Any 2xx tells Telegram that the update has arrived. After any other answer Telegram posts it again.
func (s *source) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	if !s.knows(r.Header.Get("X-Telegram-Bot-Api-Secret-Token")) {
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
	in, err := readUpdate(body)
	if err != nil {
		s.log.Warn("webhook_body_refused", "bytes", len(body), "json", json.Valid(body), "error", err)
		http.Error(w, "not an update", http.StatusBadRequest)
		return
	}
	switch s.door.accept(r.Context(), in)[0] {
	case chatFull, allFull, stopping, faulty:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "come again", http.StatusServiceUnavailable)
	default:
		w.WriteHeader(http.StatusOK)
	}
}

// readUpdate reads the body of a post. Of an update that cannot be decoded only the id is read.
func readUpdate(body []byte) (received, error) {
	in := received{raw: body}
	if u, err := telegram.Decode(body); err == nil && u.ID != 0 {
		in.id, in.update = u.ID, u
		return in, nil
	}
	var err error
	in.id, err = telegram.UpdateID(body)
	return in, err
}

// knows compares the secret in a time that tells nothing about it, not even its length.
func (s *source) knows(secret string) bool {
	if s.cfg.WebhookSecret == "" {
		return false // polling: nobody has a reason to post
	}
	got, want := sha256.Sum256([]byte(secret)), sha256.Sum256([]byte(s.cfg.WebhookSecret))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// keepWebhook tells Telegram where to post, and asks it again and again whether it does, until ctx ends.
func (s *source) keepWebhook(ctx context.Context) error {
	if err := s.retryUntil(ctx, "setWebhook", s.setWebhook); err != nil {
		return err
	}
	s.state.setReady(nil)
	s.heard.now()
	var connecting sync.WaitGroup
	defer connecting.Wait()
	s.connected(ctx, &connecting)
	for set := time.Now(); ctx.Err() == nil; {
		s.noteWebhook(ctx, s.checkWebhook(ctx, set))
		_ = limiter.Sleep(ctx, webhookEvery)
	}
	return nil
}

// noteWebhook notes whether Telegram posts to us; err is why it does not. After the end of ctx there is nothing to note.
func (s *source) noteWebhook(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil:
		return
	case err == nil:
		s.heard.now()
	default:
		s.cfg.Observe.Error("telegram")
		s.log.Error("webhook_not_reached", "error", err)
	}
	s.state.setReady(err)
}

func (s *source) setWebhook(ctx context.Context) error {
	return s.cfg.API.Call(ctx, "setWebhook", map[string]any{
		"url":                  s.cfg.WebhookURL,
		"secret_token":         s.cfg.WebhookSecret,
		"allowed_updates":      telegram.AllowedUpdates(),
		"max_connections":      webhookConnections,
		"drop_pending_updates": false,
	}, nil)
}

// checkWebhook returns why Telegram does not post to the webhook, which was set at the time. One that somebody removed or moved is set again. A new
// one is given webhookEvery: posts until then failed because there was no process, and some platforms let nothing in before the bot is ready.
func (s *source) checkWebhook(ctx context.Context, set time.Time) error {
	var info struct {
		URL       string `json:"url"`
		Pending   int    `json:"pending_update_count"`
		ErrorDate int64  `json:"last_error_date"`
		Error     string `json:"last_error_message"`
	}
	if err := s.cfg.API.Call(ctx, "getWebhookInfo", struct{}{}, &info); err != nil {
		return err
	}
	if info.URL != s.cfg.WebhookURL {
		s.log.Error("webhook_gone", "is", info.URL, "hint", "another process uses this token, or somebody removed the webhook; it is set again")
		return s.setWebhook(ctx)
	}
	failing := info.Pending > 0 && time.Since(time.Unix(info.ErrorDate, 0)) < webhookRetry
	if last := s.counts.ingestedAt(); failing && time.Since(last) > webhookEvery && time.Since(set) >= webhookEvery {
		return fmt.Errorf("%w, %d updates wait: %s", errNoPosts, info.Pending, info.Error)
	}
	return nil
}
