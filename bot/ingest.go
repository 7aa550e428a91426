package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	tele "gopkg.in/telebot.v3"
)

// allowedUpdates is what Telegram is asked for, in both ways of ingest. Payments add "pre_checkout_query".
var allowedUpdates = []string{"message", "edited_message", "callback_query", "my_chat_member"}

// updateTimeout bounds the handling of one update, so that no lane is blocked for good. The guide's own limits are below a minute.
const updateTimeout = 2 * time.Minute

// verdict is what became of an update that came in.
type verdict uint8

const (
	accepted verdict = iota // in a lane
	repeated                // done already, or under way
	ignored                 // nothing for us in it
	parked                  // it can't be read
	dropped                 // over the person's limit
	chatFull                // the chat has too much under way
	roomFull                // the bot has
	stopping                // the bot takes nothing
	faulty                  // the store can't say whether it is done
)

var verdictNames = [...]string{"taken", "repeated", "ignored", "parked", "dropped", "chat_full", "room_full", "stopping", "fault"}

func (v verdict) String() string { return verdictNames[v] }

var errNoID = errors.New("no update_id")

// readID returns an update's id, which is all that must be readable for it to be dealt with.
func readID(raw []byte) (int64, error) {
	var head struct {
		ID *int64 `json:"update_id"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return 0, err
	}
	if head.ID == nil {
		return 0, errNoID
	}
	return *head.ID, nil
}

// accept decides on one update. Everything that refuses it without harm comes before what costs the person a token, and tokens come before any write.
func (b *Bot) accept(ctx context.Context, id int64, raw []byte) verdict {
	v, kind := b.consider(ctx, id, raw)
	b.observe.Update(kind, v.String())
	switch v {
	case parked:
		b.counts.parked.Add(1)
		b.log.Error("update_parked", "update", id, "bytes", len(raw))
	case dropped:
		b.counts.dropped.Add(1)
	case chatFull, roomFull, stopping, faulty:
		b.counts.refused.Add(1)
	}
	return v
}

func (b *Bot) consider(ctx context.Context, id int64, raw []byte) (v verdict, kind string) {
	arrived := time.Now()
	b.counts.heard.Store(arrived.UnixNano())
	u, err := decode(raw)
	if err != nil {
		return parked, "unreadable"
	}
	u.id, u.arrived = id, arrived
	job := b.route(u)
	if job.run == nil {
		return ignored, job.kind
	}
	if err := b.lanes.reserve(u.chat); err != nil {
		if errors.Is(err, errChatFull) {
			return chatFull, job.kind
		}
		return roomFull, job.kind
	}
	// Only now: what Run does not find open has been reserved before, and is waited for.
	if v := b.begin(id); v != accepted {
		b.lanes.cancel(u.chat)
		return v, job.kind
	}
	if v := b.admit(ctx, u, &job); v != accepted {
		b.forget(id)
		b.lanes.cancel(u.chat)
		return v, job.kind
	}
	// The durable inbox writes the update here, between the tokens and the answer to Telegram.
	if job.story && u.callback != nil && b.lanes.reserve(u.chat) == nil {
		b.lanes.run(u.chat, control, func() { b.acknowledge(u) }) // the button's story waits for its turn, its spinner does not
	}
	b.lanes.run(u.chat, job.lane, func() { b.perform(u, job) })
	return accepted, job.kind
}

// admit takes the person's tokens and asks the store whether the update is done.
func (b *Bot) admit(ctx context.Context, u *update, job *job) verdict {
	if !b.limits.updates.Allow(u.person) {
		return dropped
	}
	done, err := b.cfg.Store.Done(ctx, u.id)
	if err != nil {
		b.observe.Error("store")
		b.log.Error("update_unknown", "update", u.id, "error", fmt.Errorf("ask whether it is done: %w", err))
		return faulty
	}
	if done {
		return repeated
	}
	if job.story {
		switch {
		case !b.limits.stories.Allow(u.person):
			*job = b.refusal(job.kind, "limit.story", b.limits.storyIn)
		case !b.limits.all.Allow(struct{}{}):
			b.log.Warn("overload", "what", "story requests")
			u.brief = true // what is written already costs nothing; only without it are they asked to come again
		}
	}
	return accepted
}

// perform runs one job under the work context: in its lane, never panicking, and remembered as done unless the work was cut off.
func (b *Bot) perform(u *update, job job) {
	defer b.forget(u.id)
	ctx, cancel := context.WithTimeout(b.workContext(), updateTimeout)
	defer cancel()
	err := b.guarded(u, func() error {
		b.meet(ctx, u)
		if u.user.Banned {
			return nil
		}
		return job.run(ctx, u)
	})
	switch {
	case err != nil && b.workContext().Err() != nil:
		return // cut off by the stop: it is not done
	case errors.Is(err, errUnreachable):
		if u.private { // out of a group is not out of reach
			b.unreachable(ctx, u.person)
		}
	case err != nil:
		b.observe.Error("bot")
		b.log.Error("update", "update", u.id, "kind", job.kind, "error", err)
		_ = b.guarded(u, func() error { return b.apologise(ctx, u) })
	}
	if u.done {
		return
	}
	if err := b.cfg.Store.MarkDone(ctx, u.id); err != nil {
		b.observe.Error("store")
		b.log.Error("update_done", "update", u.id, "error", err)
	}
}

// acknowledge ends a button's spinner.
func (b *Bot) acknowledge(u *update) {
	_ = b.guarded(u, func() error {
		b.out.answer(b.workContext(), u.callback.ID, "")
		return nil
	})
}

// guarded turns a panic of a handler into an error: it fails that update alone.
func (b *Bot) guarded(u *update, run func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			b.counts.panics.Add(1)
			b.observe.Error("panic")
			b.log.Error("panic", "update", u.id, "value", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return run()
}

// decode reads a whole update. telebot's decoder panics on some odd shapes (a photo without sizes).
func decode(raw []byte) (u *update, err error) {
	defer func() {
		if r := recover(); r != nil {
			u, err = nil, fmt.Errorf("decode update: %v", r)
		}
	}()
	var full tele.Update
	if err := json.Unmarshal(raw, &full); err != nil {
		return nil, fmt.Errorf("decode update: %w", err)
	}
	return newUpdate(&full), nil
}

func (b *Bot) workContext() context.Context {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.work
}

// begin notes that an update is under way, unless it is already or nothing is taken any more.
func (b *Bot) begin(id int64) verdict {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open {
		return stopping
	}
	if _, ok := b.inflight[id]; ok {
		return repeated
	}
	b.inflight[id] = struct{}{}
	return accepted
}

func (b *Bot) forget(id int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.inflight, id)
}

// refusedToken says whether an error means that the token is wrong: 401, or 404 for one of another shape.
func refusedToken(err error) bool {
	var refusal *apiError
	return errors.As(err, &refusal) && (refusal.Code == http.StatusUnauthorized || refusal.Code == http.StatusNotFound)
}

func retryAfter(err error) time.Duration {
	var refusal *apiError
	if errors.As(err, &refusal) {
		return refusal.RetryAfter
	}
	return 0
}
