package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"excursobot/limiter"
)

// Bounds of a send.
const (
	SendTries       = 5                      // calls for one message, refusals for flood included
	retryFirst      = 500 * time.Millisecond // pause before the second try, doubled each time, ±50 %
	retryMost       = 8 * time.Second
	OptionalReserve = 2                // tokens of the common bucket (5) that optional calls leave to messages
	typingEvery     = 4 * time.Second  // "typing" fades after 5 s
	typingMost      = 2 * time.Minute  // no answer takes longer
	answerMost      = 10 * time.Second // for the answer to a button, with its repetitions
)

// SenderConfig configures a Sender. All fields are required.
type SenderConfig struct {
	API     API
	Pace    *limiter.Pace[int64] // by chat
	Log     *slog.Logger
	Observe func(method, outcome string) // called after each call
	Guard   func(run func())             // calls run and survives its panic
}

// Sender makes every call to Telegram. It keeps to Telegram's rates, obeys its pauses, and knows which failures may be repeated.
type Sender struct {
	api     API
	pace    *limiter.Pace[int64]
	log     *slog.Logger
	observe func(method, outcome string)
	guard   func(run func())

	mu    sync.Mutex
	flood struct { // the last 429: a second one in another chat soon after it means that all chats are meant
		chat int64
		at   time.Time
	}
}

// NewSender returns a Sender. It makes no call.
func NewSender(cfg SenderConfig) *Sender {
	return &Sender{api: cfg.API, pace: cfg.Pace, log: cfg.Log, observe: cfg.Observe, guard: cfg.Guard}
}

// Call makes one call, without pace or repetition, and decodes Telegram's result into result unless that is nil. Its errors wrap the errors of this
// package.
func (s *Sender) Call(ctx context.Context, method string, payload, result any) error {
	body, err := s.api.Call(ctx, method, payload)
	raw, err := Parse(body, err)
	if err == nil && result != nil {
		if err = json.Unmarshal(raw, result); err != nil {
			err = &gatewayError{Status: http.StatusGatewayTimeout} // the call was made, and its answer cannot be read
		}
	}
	s.observe(method, outcome(err))
	if err != nil {
		return fmt.Errorf("%s: %w", method, classify(err))
	}
	return nil
}

// Request is a call and how it is repeated.
type Request struct {
	Chat       int64 // whose pace it keeps to; 0 = no chat's
	Method     string
	Payload    any
	Idempotent bool          // making the call twice has the same effect as once
	within     time.Duration // bounds the wait for its turn and between tries, not the call itself; 0 = only ctx bounds them
}

// Do repeats the call until it succeeds, is refused for good, or may have had its effect (ErrAmbiguous). An edit that changes nothing is a success.
func (s *Sender) Do(ctx context.Context, req Request, result any) error {
	turn := ctx
	if req.within > 0 {
		var cancel context.CancelFunc
		turn, cancel = context.WithTimeout(ctx, req.within)
		defer cancel()
	}
	pause := retryFirst
	for try := 1; ; try++ {
		if req.Chat != 0 {
			if err := s.pace.Wait(turn, req.Chat); err != nil {
				return fmt.Errorf("%s: wait for the pace: %w", req.Method, err)
			}
		}
		err := s.Call(ctx, req.Method, req.Payload, result)
		if err == nil || Unchanged(err) {
			return nil
		}
		after, again := s.again(req, err, pause)
		if !again || try == SendTries || turn.Err() != nil {
			return ambiguous(err)
		}
		s.log.Warn("telegram_retry", "method", req.Method, "try", try, "after", after, "error", err)
		if ended := limiter.Sleep(turn, after); ended != nil {
			return fmt.Errorf("%s: %w: %w", req.Method, ended, ambiguous(err))
		}
		pause = min(2*pause, retryMost)
	}
}

// ambiguous marks a failure after which the message may be there. That includes an edit whose last try got no answer.
func ambiguous(err error) error {
	if mayHaveArrived(err) {
		return fmt.Errorf("%w: %w", ErrAmbiguous, err)
	}
	return err
}

// again decides whether a failed call is repeated, and after which pause. The pace keeps a chat's flood pauses, so that other sends to it wait
// too.
func (s *Sender) again(req Request, err error, pause time.Duration) (after time.Duration, again bool) {
	var refusal *APIError
	if errors.As(err, &refusal) {
		switch {
		case refusal.Code == http.StatusTooManyRequests:
			after = max(refusal.RetryAfter, time.Second)
			if req.Chat == 0 {
				return after, true
			}
			s.flooded(req.Chat, after)
			return 0, true
		case refusal.Code < http.StatusInternalServerError:
			return 0, false
		}
	} else if mayHaveArrived(err) && !req.Idempotent {
		return 0, false
	}
	return limiter.Jitter(pause), true
}

// flooded pauses the chat. It pauses all chats if another chat was refused within the last second, because Telegram does not name the limit that
// was hit.
func (s *Sender) flooded(chat int64, d time.Duration) {
	now := time.Now()
	s.mu.Lock()
	all := s.flood.chat != 0 && s.flood.chat != chat && now.Sub(s.flood.at) < time.Second
	s.flood.chat, s.flood.at = chat, now
	s.mu.Unlock()
	s.pace.PauseKey(chat, d)
	if all {
		s.pace.Pause(d)
	}
	s.log.Warn("telegram_flood", "pause", d, "all", all)
}

// SendOptional makes a call that nobody misses. It is left out if few tokens are left, and not repeated. Of its failures only a 429 has an effect:
// the pause.
func (s *Sender) SendOptional(ctx context.Context, chat int64, method string, payload any) {
	if !s.pace.Try(chat, OptionalReserve) {
		return
	}
	err := s.Call(ctx, method, payload, nil) // which counts it
	var refusal *APIError
	if errors.As(err, &refusal) && refusal.Code == http.StatusTooManyRequests {
		s.flooded(chat, max(refusal.RetryAfter, time.Second))
	}
}

// ShowTyping shows "typing" in the chat until stop is called. stop waits for the goroutine behind it.
func (s *Sender) ShowTyping(ctx context.Context, chat int64) (stop func()) {
	ctx, cancel := context.WithTimeout(ctx, typingMost)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			s.guard(func() {
				s.SendOptional(ctx, chat, "sendChatAction", map[string]any{"chat_id": chat, "action": "typing"})
			})
			_ = limiter.Sleep(ctx, typingEvery)
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// AnswerCallback answers the press of a button. Without a text it only ends the button's spinner.
func (s *Sender) AnswerCallback(ctx context.Context, callback, text string) {
	ctx, cancel := context.WithTimeout(ctx, answerMost)
	defer cancel()
	payload := map[string]any{"callback_query_id": callback}
	if text != "" {
		payload["text"] = Truncate(text, 200) // Telegram's limit
	}
	err := s.Do(ctx, Request{Method: "answerCallbackQuery", Payload: payload, Idempotent: true}, nil)
	if err != nil && !errors.Is(err, ErrBadRequest) { // "query is too old" follows from a pause
		s.log.Warn("callback_failed", "error", err)
	}
}
