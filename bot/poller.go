package bot

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
	pollLimit = 100             // updates in one answer: Telegram's most
	pollPause = 1 * time.Second // between two answers that came at once with nothing to go on from, should a server not hold the request open
	fullPause = 2 * time.Second // at most, while there is no room: among what waits there may be a checkout
)

// poll asks for updates until ctx ends. An offset confirms what lies below it, so it moves only past updates that are in a lane (or need
// none); one that was refused is asked for again when there is room.
func (b *Bot) poll(ctx context.Context) error {
	// Telegram refuses to be polled while a webhook is set. What waits for us must stay.
	if err := b.persist(ctx, "deleteWebhook", b.deleteWebhook); err != nil {
		return err
	}
	var describing sync.WaitGroup
	defer describing.Wait()
	described := false
	var offset int64
	for ctx.Err() == nil {
		if !b.replicas.polls() { // another one does; what it hears of our chats it hands to us
			b.heard()
			b.setReady(nil)
			_ = limiter.Sleep(ctx, pollPause)
			continue
		}
		asked := time.Now()
		wait := telegram.PollWait
		if b.Ready() != nil {
			wait = 0 // learn at once whether we are heard
		}
		var updates []json.RawMessage
		err := b.persist(ctx, "getUpdates", func(ctx context.Context) (err error) {
			updates, err = b.getUpdates(ctx, offset, wait)
			return err
		})
		if err != nil {
			return err
		}
		b.counts.heard.Store(time.Now().UnixNano())
		b.heard()
		b.setReady(nil)
		if !described {
			described = true
			describing.Go(func() { b.guard(func() { b.menus.describe(ctx) }) })
		}
		before := offset
		var full bool
		if offset, full = b.take(ctx, offset, updates); full {
			waiting, cancel := context.WithTimeout(ctx, fullPause)
			_ = b.lanes.room(waiting)
			cancel()
		} else if offset == before && wait > 0 && time.Since(asked) < pollPause {
			_ = limiter.Sleep(ctx, pollPause)
		}
	}
	return nil
}

// take accepts updates in order, with one write for all of them, and returns the offset to ask from next, and whether it stopped because the
// room is full.
func (b *Bot) take(ctx context.Context, offset int64, updates []json.RawMessage) (next int64, full bool) {
	batch := make([]received, 0, len(updates))
	for _, raw := range updates {
		id, err := readID(raw)
		if err != nil {
			b.log.Error("update_without_id", "error", err)
			continue
		}
		batch = append(batch, received{id, raw})
	}
	for i, v := range b.accept(ctx, batch...) {
		switch v {
		case roomFull:
			b.log.Warn("overload", "what", "updates under way")
			return offset, true
		case stopping:
			return offset, false
		case faulty:
			_ = limiter.Sleep(ctx, backoffFirst) // the store's error is in the log; ask again, without a storm
			return offset, false
		case chatFull:
			// Lost: polling has one order for all chats, and an offset confirms all below it. To ask again would hold up everybody for one
			// who has 20 questions open, and to keep them would let one fill the disk. A webhook's posts have an order in each chat: they wait.
			b.log.Warn("chat_full", "update", batch[i].id)
			b.lost(batch[i].raw)
		}
		offset = batch[i].id + 1
	}
	return offset, false
}

// chatFullKey names the notice of lost updates: one a chat in Limits.NoticeInterval.
const chatFullKey = "chat_full"

// lost says in a chat that is full that it must ask again. It takes room beyond the chat's, as little as notices are many.
func (b *Bot) lost(raw []byte) {
	u, err := decode(raw)
	if err != nil || u.Person == 0 || u.Edited != nil || u.Member != nil || !b.reply.notices.Allow(notice{u.Chat, chatFullKey}) {
		return
	}
	u.Arrived = time.Now()
	b.lanes.force(u.Chat)
	b.lanes.run(u.Chat, control, func() {
		b.guard(func() {
			ctx, cancel := context.WithTimeout(b.workContext(), apologyMost)
			defer cancel()
			if b.people.meet(ctx, u); u.user.Banned {
				return
			}
			if _, err := b.out.Send(ctx, u.Chat, telegram.Message{HTML: u.words.Say("limit.story", "wait", overloadAgain)}); err != nil {
				b.log.Warn("chat_full", "error", err)
			}
		})
	})
}

func (b *Bot) getUpdates(ctx context.Context, offset int64, wait time.Duration) ([]json.RawMessage, error) {
	var updates []json.RawMessage
	err := b.out.Call(ctx, "getUpdates", map[string]any{
		"offset":          offset,
		"limit":           pollLimit,
		"timeout":         int(wait.Seconds()),
		"allowed_updates": allowedUpdates,
	}, &updates)
	var refusal *telegram.APIError
	if !errors.As(err, &refusal) || refusal.Code != http.StatusConflict {
		return updates, err
	}
	if strings.Contains(refusal.Description, "webhook") {
		return nil, errors.Join(fmt.Errorf("somebody set a webhook for this token: %w", err), b.deleteWebhook(ctx))
	}
	return nil, fmt.Errorf("another process polls with this token; stop it, or use another token here: %w", err)
}

func (b *Bot) deleteWebhook(ctx context.Context) error {
	return b.out.Call(ctx, "deleteWebhook", map[string]any{"drop_pending_updates": false}, nil)
}
