package telegram

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"
)

const methodDraft = "sendMessageDraft"

// drafts knows whether previews of messages may be sent.
type drafts struct {
	refused atomic.Bool  // the server does not take the method
	until   atomic.Int64 // of the pause after a 429, in Unix nanoseconds
}

// Draft shows what is there of a message that is still being written, in HTML. It is a preview of 30 s that the message replaces; id is not 0 and the
// same for all drafts of one message. Only private chats have drafts. It reports whether further drafts make sense: after the first failure they do not,
// and if the server refuses the method, not for any message. A draft is left out if few tokens are left, and not repeated, and its 429 delays nothing but drafts.
func (s *Sender) Draft(ctx context.Context, to Target, id int64, markup string) (more bool) {
	now := time.Now()
	if !to.private() || s.drafts.refused.Load() || now.UnixNano() < s.drafts.until.Load() {
		return false
	}
	if !s.pace.Try(to.Chat, OptionalReserve) {
		return true // there is no room for this one
	}
	to.Reply = 0
	payload, err := address(to, methodDraft, map[string]any{"draft_id": id, "text": markup, "parse_mode": "HTML"})
	if err != nil {
		return false
	}
	err = s.Call(ctx, methodDraft, payload, nil)
	var refusal *APIError
	switch {
	case err == nil:
		return true
	case !errors.As(err, &refusal):
	case refusal.Code == http.StatusTooManyRequests:
		s.drafts.until.Store(now.Add(max(refusal.RetryAfter, time.Second)).UnixNano())
		s.log.Warn("telegram_flood", "method", methodDraft, "pause", refusal.RetryAfter)
	case refusal.Code == http.StatusNotFound, refusal.Code == http.StatusBadRequest:
		s.drafts.refused.Store(true)
		s.log.Warn("drafts_refused", "error", err)
	}
	return false
}
