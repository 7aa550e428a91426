package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"excursobot/limiter"
)

// ErrSilent says that no update could have come in for Config.Silence: a new process may do better.
var ErrSilent = errors.New("bot: Telegram was not heard for too long")

const (
	// hookEvery is how often Telegram is asked whether it still posts to us.
	hookEvery = time.Minute
	// hookRetry is longer than Telegram's longest pause between two tries to post.
	hookRetry = 3 * time.Minute
)

// heard notes that updates come in, or would if there were any. It keeps the monotonic clock: one that is set does not look like silence.
func (b *Bot) heard() {
	now := time.Now()
	b.alive.Store(&now)
}

// watched runs ingest and ends it with ErrSilent when Telegram has not been heard for Config.Silence.
func (b *Bot) watched(ctx context.Context, ingest func(context.Context) error) error {
	b.heard()
	if b.cfg.Silence < 0 {
		return ingest(ctx)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		for {
			left := b.cfg.Silence - time.Since(*b.alive.Load())
			if left <= 0 {
				cancel(fmt.Errorf("%w (%v): %w", ErrSilent, b.cfg.Silence, b.Ready()))
				return
			}
			if limiter.Sleep(ctx, left) != nil {
				return
			}
		}
	}()
	err := ingest(ctx)
	cancel(nil)
	<-watching
	if cause := context.Cause(ctx); errors.Is(cause, ErrSilent) {
		return cause
	}
	return err
}

// keepWebhook asks Telegram again and again whether it posts to us, and says so if not, until ctx ends.
func (b *Bot) keepWebhook(ctx context.Context) {
	set := time.Now()
	for {
		err := b.checkWebhook(ctx, set)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			b.heard()
		default:
			b.observe.Error("telegram")
			b.log.Error("webhook", "error", err)
		}
		b.setReady(err)
		if limiter.Sleep(ctx, hookEvery) != nil {
			return
		}
	}
}

// checkWebhook says why Telegram does not post to the webhook set at the time. One that somebody removed or moved is set again. A new one is
// given hookEvery: what failed until then failed because no process was there, and some platforms let nothing in before the bot is ready.
func (b *Bot) checkWebhook(ctx context.Context, set time.Time) error {
	var info struct {
		URL       string `json:"url"`
		Pending   int    `json:"pending_update_count"`
		ErrorDate int64  `json:"last_error_date"`
		Error     string `json:"last_error_message"`
	}
	if err := b.out.Call(ctx, "getWebhookInfo", struct{}{}, &info); err != nil {
		return err
	}
	if info.URL != b.cfg.WebhookURL {
		b.log.Error("webhook_gone", "is", info.URL, "hint", "another process uses this token, or somebody removed the webhook; it is set again")
		return b.setWebhook(ctx)
	}
	failing := info.Pending > 0 && time.Since(time.Unix(info.ErrorDate, 0)) < hookRetry
	if last := b.Stats().LastIngest; failing && time.Since(last) > hookEvery && time.Since(set) >= hookEvery {
		return fmt.Errorf("telegram cannot post to the webhook, %d updates wait: %s", info.Pending, info.Error)
	}
	return nil
}
