package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"excursobot/limiter"
)

// Bounds of a send.
const (
	sendTries    = 5                      // calls for one message, refusals for flood included
	retryFirst   = 500 * time.Millisecond // pause before the second try, doubled each time, ±50 %
	retryMost    = 8 * time.Second
	spareReserve = 2                // tokens of the common bucket (5) that optional calls leave to messages
	typingEvery  = 4 * time.Second  // "typing" fades after 5 s
	typingMost   = 2 * time.Minute  // then nobody believes it any more
	answerMost   = 10 * time.Second // for answering a button, with its retries
)

// sender makes every call to Telegram: it keeps to Telegram's rates, obeys its pauses, and knows which failures may be repeated.
type sender struct {
	api     API
	pace    *limiter.Pace[int64] // by chat
	log     *slog.Logger
	observe func(method, outcome string)
	guard   func(run func()) // runs it and survives its panic

	mu    sync.Mutex
	flood struct { // the last 429: a second one in another chat soon after means that all chats are meant
		chat int64
		at   time.Time
	}
}

// call makes one call and puts its result into result, unless that is nil.
func (s *sender) call(ctx context.Context, method string, payload, result any) error {
	body, err := s.api.Call(ctx, method, payload)
	raw, err := parse(body, err)
	if err == nil && result != nil {
		if err = json.Unmarshal(raw, result); err != nil {
			err = &gatewayError{Status: http.StatusGatewayTimeout} // taken, with an answer that cannot be read
		}
	}
	s.observe(method, outcome(err))
	if err != nil {
		return fmt.Errorf("%s: %w", method, classify(err))
	}
	return nil
}

// request says how a call is repeated.
type request struct {
	chat       int64 // whose pace it keeps; 0 = none
	method     string
	payload    any
	idempotent bool          // a second effect is the same as one
	within     time.Duration // for its turn and between tries; the call itself is not cut off by it. 0 = as long as its context
}

// do makes the call until it is through, is refused for good, or may have been taken (errAmbiguous).
func (s *sender) do(ctx context.Context, req request, result any) error {
	turn := ctx
	if req.within > 0 {
		var cancel context.CancelFunc
		turn, cancel = context.WithTimeout(ctx, req.within)
		defer cancel()
	}
	pause := retryFirst
	for try := 1; ; try++ {
		if req.chat != 0 {
			if err := s.pace.Wait(turn, req.chat); err != nil {
				return fmt.Errorf("%s: wait for the pace: %w", req.method, err)
			}
		}
		err := s.call(ctx, req.method, req.payload, result)
		if err == nil || unchanged(err) {
			return nil
		}
		after, again := s.again(req, err, pause)
		if !again || try == sendTries || turn.Err() != nil {
			return ambiguous(err)
		}
		s.log.Warn("telegram_retry", "method", req.method, "try", try, "after", after, "error", err)
		if ended := sleep(turn, after); ended != nil {
			return fmt.Errorf("%s: %w: %w", req.method, ended, ambiguous(err))
		}
		pause = min(2*pause, retryMost)
	}
}

// ambiguous marks a failure after which the message may be there: an edit too, whose last try may have come through unheard.
func ambiguous(err error) error {
	if taken(err) {
		return fmt.Errorf("%w: %w", errAmbiguous, err)
	}
	return err
}

// again says whether a failed call is to be repeated and after what pause. Flood pauses of a chat are kept by the pace, so that
// other sends to it wait too.
func (s *sender) again(req request, err error, pause time.Duration) (after time.Duration, again bool) {
	var refusal *apiError
	if errors.As(err, &refusal) {
		switch {
		case refusal.Code == http.StatusTooManyRequests:
			after = max(refusal.RetryAfter, time.Second)
			if req.chat == 0 {
				return after, true
			}
			s.flooded(req.chat, after)
			return 0, true
		case refusal.Code < http.StatusInternalServerError:
			return 0, false
		}
	} else if taken(err) && !req.idempotent {
		return 0, false
	}
	return jitter(pause), true
}

// flooded pauses the chat, and everybody when another chat was refused within the last second: Telegram does not say which limit was hit.
func (s *sender) flooded(chat int64, d time.Duration) {
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

// spare makes an optional call: left out when tokens are short, failures only counted, except that a pause asked for is kept.
func (s *sender) spare(ctx context.Context, chat int64, method string, payload any) {
	if !s.pace.Spare(chat, spareReserve) {
		return
	}
	err := s.call(ctx, method, payload, nil) // counted by call
	var refusal *apiError
	if errors.As(err, &refusal) && refusal.Code == http.StatusTooManyRequests {
		s.flooded(chat, max(refusal.RetryAfter, time.Second))
	}
}

// typing shows "typing" in the chat at once and until stop, which waits for its goroutine.
func (s *sender) typing(ctx context.Context, chat int64) (stop func()) {
	ctx, cancel := context.WithTimeout(ctx, typingMost)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			s.guard(func() {
				s.spare(ctx, chat, "sendChatAction", map[string]any{"chat_id": chat, "action": "typing"})
			})
			_ = sleep(ctx, typingEvery)
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// answer answers a button: without a text it only ends its spinner.
func (s *sender) answer(ctx context.Context, callback, text string) {
	ctx, cancel := context.WithTimeout(ctx, answerMost)
	defer cancel()
	payload := map[string]any{"callback_query_id": callback}
	if text != "" {
		payload["text"] = truncate(text, 200) // Telegram's limit
	}
	err := s.do(ctx, request{method: "answerCallbackQuery", payload: payload, idempotent: true}, nil)
	if err != nil && !errors.Is(err, errMarkup) { // "query is too old" after a pause is nobody's fault
		s.log.Warn("answer_button", "error", err)
	}
}

// jitter spreads d by ±50 %, so that calls that failed together do not come again together.
func jitter(d time.Duration) time.Duration {
	return d/2 + time.Duration(rand.Int64N(int64(d)+1))
}

// sleep waits for d or until ctx ends, returning its error.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
