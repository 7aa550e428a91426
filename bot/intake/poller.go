package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"excursobot/bot/telegram"
	"excursobot/limiter"
)

// Bounds of polling.
const (
	pollLimit = 100             // updates in one answer; Telegram gives no more
	pollBytes = 1 << 20         // in one answer, as far as the answer before tells; it is in memory several times while it is decoded
	pollPause = 1 * time.Second // between two answers that came at once without a new offset, in case a server does not hold the request open
	fullPause = 2 * time.Second // at most, while there is no room: among the updates that wait there may be a checkout
)

// source makes updates come in, by polling or by the webhook.
type source struct {
	*parts
	door *door
}

// run makes updates come in until ctx ends.
func (s *source) run(ctx context.Context) error {
	if s.cfg.WebhookURL == "" {
		return s.poll(ctx)
	}
	return s.keepWebhook(ctx)
}

// retryUntil repeats fn with growing pauses until it succeeds, ctx ends (its error) or the token is refused (telegram.ErrToken).
func (s *source) retryUntil(ctx context.Context, doing string, fn func(context.Context) error) error {
	var pause backoff
	for {
		err := fn(ctx)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case telegram.RefusedToken(err):
			return fmt.Errorf("%w: %w", telegram.ErrToken, err)
		}
		s.state.setReady(fmt.Errorf("telegram: %w", err))
		after := max(pause.next(), telegram.RetryAfter(err))
		s.cfg.Observe.Error("telegram")
		s.log.Error("telegram_unreachable", "doing", doing, "again_in", after.Round(time.Millisecond), "error", err)
		if err := limiter.Sleep(ctx, after); err != nil {
			return err
		}
	}
}

// poll asks for updates until ctx ends. An offset confirms the updates below it. So it moves only past updates that are in a lane or need none; an
// update that was refused is asked for again when there is room.
func (s *source) poll(ctx context.Context) error {
	// Telegram refuses to be polled while a webhook is set. The updates that wait must stay.
	if err := s.retryUntil(ctx, "deleteWebhook", s.deleteWebhook); err != nil {
		return err
	}
	var connecting sync.WaitGroup
	defer connecting.Wait()
	connected := false
	var offset int64
	limit := pollLimit
	for ctx.Err() == nil {
		if !s.member.Polls() { // another replica does, and hands over what it hears of our chats
			s.heard.now()
			s.state.setReady(nil)
			_ = limiter.Sleep(ctx, pollPause)
			continue
		}
		asked := time.Now()
		wait := telegram.PollWait
		if s.state.readiness() != nil {
			wait = 0 // learn at once whether Telegram answers
		}
		var updates []json.RawMessage
		err := s.retryUntil(ctx, "getUpdates", func(ctx context.Context) (err error) {
			updates, err = s.getUpdates(ctx, offset, limit, wait)
			return err
		})
		if err != nil {
			return err
		}
		s.counts.lastIngest.Store(time.Now().UnixNano())
		s.heard.now()
		s.state.setReady(nil)
		if !connected {
			connected = true
			s.connected(ctx, &connecting)
		}
		limit = nextLimit(updates)
		before := offset
		var refused int
		if offset, refused = s.take(ctx, offset, updates); refused > 0 {
			s.waitForRoom(ctx, refused, offset == before)
		} else if offset == before && wait > 0 && time.Since(asked) < pollPause {
			_ = limiter.Sleep(ctx, pollPause)
		}
	}
	return nil
}

// connected calls the hook beside what keeps the updates coming: it may wait for hours.
func (s *source) connected(ctx context.Context, running *sync.WaitGroup) {
	running.Go(func() { s.guard.Run(func() { s.cfg.Hooks.Connected(ctx) }) })
}

// waitForRoom waits until there is room for an update of size bytes, at most fullPause. After an answer of which nothing was taken it waits roomAgain
// at least: what was short may be neither tasks nor bytes but checkouts, of which it knows nothing.
func (s *source) waitForRoom(ctx context.Context, size int, nothingTaken bool) {
	began := time.Now()
	waiting, cancel := context.WithTimeout(ctx, fullPause)
	defer cancel()
	_ = s.lanes.waitForRoom(waiting, func() bool { return s.state.fits(size) })
	if waited := time.Since(began); nothingTaken && waited < roomAgain {
		_ = limiter.Sleep(ctx, roomAgain-waited)
	}
}

// take accepts updates in order, with one write for all of them. It returns the offset to ask from next, and the size in bytes of the update for which
// there was no room, 0 if there was room for all.
func (s *source) take(ctx context.Context, offset int64, updates []json.RawMessage) (next int64, refused int) {
	batch := make([]received, 0, len(updates))
	for _, raw := range updates {
		id, err := telegram.UpdateID(raw)
		if err != nil {
			s.log.Error("update_without_id", "error", err)
			continue
		}
		batch = append(batch, received{id: id, raw: raw})
	}
	for i, v := range s.door.accept(ctx, batch...) {
		switch v {
		case allFull:
			s.log.Warn("overload", "what", "updates under way")
			return offset, len(batch[i].raw)
		case stopping:
			return offset, 0
		case faulty:
			_ = limiter.Sleep(ctx, backoffFirst) // the store's error is in the log
			return offset, 0
		case chatFull:
			// Lost: polling has one order for all chats, and an offset confirms all updates below it. To ask again would hold up everybody for
			// one person who has 20 questions open, and to keep the updates would let one person fill the disk. A webhook's posts have an order
			// in each chat: they wait.
			s.log.Warn("chat_full", "update", batch[i].id)
			s.lose(batch[i].raw)
		}
		offset = batch[i].id + 1
	}
	return offset, 0
}

// lose lets the hook tell a chat that is full that an update is lost. That takes room beyond the chat's.
func (s *source) lose(raw []byte) {
	u, err := telegram.Decode(raw)
	if err != nil || u.Person == 0 || u.Edited != nil || u.Member != nil {
		return
	}
	u.Arrived = time.Now()
	say := s.cfg.Hooks.Lost(u)
	if say == nil {
		return
	}
	s.lanes.force(u.Chat)
	s.lanes.run(u.Chat, Control, func() { s.guard.Run(func() { say(s.state.workContext()) }) })
}

// nextLimit returns how many updates to ask for after an answer: as many as fit into pollBytes if they are as large.
func nextLimit(updates []json.RawMessage) int {
	size := 0
	for _, raw := range updates {
		size += len(raw)
	}
	if size <= pollBytes {
		return pollLimit
	}
	return max(1, len(updates)*pollBytes/size)
}

func (s *source) getUpdates(ctx context.Context, offset int64, limit int, wait time.Duration) ([]json.RawMessage, error) {
	var updates []json.RawMessage
	err := s.cfg.API.Call(ctx, "getUpdates", map[string]any{
		"offset":          offset,
		"limit":           limit,
		"timeout":         int(wait.Seconds()),
		"allowed_updates": telegram.AllowedUpdates(),
	}, &updates)
	var refusal *telegram.APIError
	if !errors.As(err, &refusal) || refusal.Code != http.StatusConflict {
		return updates, err
	}
	if strings.Contains(refusal.Description, "webhook") {
		return nil, errors.Join(fmt.Errorf("somebody set a webhook for this token: %w", err), s.deleteWebhook(ctx))
	}
	return nil, fmt.Errorf("another process polls with this token; stop it, or use another token here: %w", err)
}

func (s *source) deleteWebhook(ctx context.Context) error {
	return s.cfg.API.Call(ctx, "deleteWebhook", map[string]any{"drop_pending_updates": false}, nil)
}
