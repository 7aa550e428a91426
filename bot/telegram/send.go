package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"excursobot/limiter"
)

// Bounds of a send.
const (
	SendTries       = 5                      // calls for one message, refusals for flood included
	retryFirst      = 500 * time.Millisecond // pause before the second try, doubled each time, ±50 %
	retryMost       = 8 * time.Second
	OptionalReserve = 2                // tokens of the common bucket (5) that optional calls leave to messages
	behindReserve   = 4                // the same of calls that go behind all others: the bucket must be full
	answerMost      = 10 * time.Second // for the answer to a button, with its repetitions
)

// SenderConfig configures a Sender. All fields but Moved are required.
type SenderConfig struct {
	API     API
	Pace    *limiter.Pace[int64] // by chat
	Log     *slog.Logger
	Observe func(method, outcome string) // called after each call
	Guard   func(run func())             // calls run and survives its panic
	// Moved is called, before the call is repeated, when Telegram reports that a group became a supergroup; nil = nothing.
	Moved func(ctx context.Context, from, to int64)
}

// Sender makes every call to Telegram. It keeps to Telegram's rates, obeys its pauses, knows which failures may be repeated, and follows a group that
// became a supergroup.
type Sender struct {
	api     API
	pace    *limiter.Pace[int64]
	actions *limiter.Pace[int64] // of chat actions, by chat: their floods delay no message
	log     *slog.Logger
	observe func(method, outcome string)
	guard   func(run func())
	floods  floods
	moves   moves
	drafts  drafts
}

// NewSender returns a Sender. It makes no call.
func NewSender(cfg SenderConfig) *Sender {
	if cfg.Moved == nil {
		cfg.Moved = func(context.Context, int64, int64) {}
	}
	return &Sender{
		api: cfg.API, pace: cfg.Pace, log: cfg.Log, observe: cfg.Observe, guard: cfg.Guard,
		actions: limiter.NewPace[int64](limiter.PaceConfig{}), moves: moves{tell: cfg.Moved},
	}
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
	To         Target // the chat whose pace it keeps to; the zero Target = no chat's
	Method     string
	Payload    any           // a struct, a map or a Form, without the parameters that To gives
	Idempotent bool          // making the call twice has the same effect as once
	Behind     bool          // every other message goes first; a refusal for flood holds it back, too
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
	req.To.Chat = s.moves.follow(req.To.Chat)
	pause := retryFirst
	for try := 1; ; try++ {
		if req.To.Chat != 0 {
			if err := s.turn(turn, req); err != nil {
				return fmt.Errorf("%s: wait for the pace: %w", req.Method, err)
			}
		}
		err := s.once(ctx, req, result)
		if err == nil || Unchanged(err) {
			return nil
		}
		after, again := s.again(ctx, &req, err, pause)
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

// turn waits until the pace lets the call go.
func (s *Sender) turn(ctx context.Context, req Request) error {
	if req.Behind {
		return s.pace.Behind(ctx, req.To.Chat, behindReserve)
	}
	return s.pace.Wait(ctx, req.To.Chat)
}

// once makes the call once.
func (s *Sender) once(ctx context.Context, req Request, result any) error {
	if req.To.Chat == 0 {
		return s.Call(ctx, req.Method, req.Payload, result)
	}
	payload, err := address(req.To, req.Method, req.Payload)
	if err != nil {
		return fmt.Errorf("%s: %w", req.Method, err)
	}
	err = s.Call(ctx, req.Method, payload, result)
	s.heard(req.To.Chat, req.Method, err)
	return err
}

// ambiguous marks a failure after which the message may be there. That includes an edit whose last try got no answer.
func ambiguous(err error) error {
	if mayHaveArrived(err) {
		return fmt.Errorf("%w: %w", ErrAmbiguous, err)
	}
	return err
}

// again decides whether a failed call is repeated, and after which pause. It sends the next try to another place if the group became a supergroup,
// or if the topic is gone. The pace keeps a chat's flood pauses, so that other sends to it wait too.
func (s *Sender) again(ctx context.Context, req *Request, err error, pause time.Duration) (after time.Duration, again bool) {
	var refusal *APIError
	if !errors.As(err, &refusal) {
		return limiter.Jitter(pause), req.Idempotent || !mayHaveArrived(err)
	}
	switch {
	case refusal.Code == http.StatusTooManyRequests && req.To.Chat != 0:
		return 0, true // the pace waits
	case refusal.Code == http.StatusTooManyRequests:
		return max(refusal.RetryAfter, time.Second), true
	case refusal.MovedTo != 0 && req.To.Chat != 0 && refusal.MovedTo != req.To.Chat:
		s.moves.note(ctx, req.To.Chat, refusal.MovedTo)
		req.To.Chat = refusal.MovedTo
		return 0, true
	case withoutTopic(req.To, err):
		req.To.Topic = 0
		return 0, true
	}
	return limiter.Jitter(pause), refusal.Code >= http.StatusInternalServerError
}

// SendOptional makes a call that nobody misses. It is left out if few tokens are left, and not repeated. Of its failures only a 429 has an effect:
// the pause.
func (s *Sender) SendOptional(ctx context.Context, to Target, method string, payload any) {
	to.Chat = s.moves.follow(to.Chat)
	if s.pace.Try(to.Chat, OptionalReserve) {
		_ = s.once(ctx, Request{To: to, Method: method, Payload: payload}, nil) // counted there
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
