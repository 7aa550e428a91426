package chat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// Errors of Ask, for errors.Is; they wrap their cause.
var (
	ErrUnavailable = errors.New("model: unavailable")     // network, 429, 5xx, broken stream, time-out, open breaker: a later call may work
	ErrRefused     = errors.New("model: refused")         // key, quota, unknown model, bad request: the operator must act
	ErrAnswer      = errors.New("model: unusable answer") // no JSON of the shape that was asked for
	ErrDeclined    = errors.New("model: declined")        // the model or a content filter does not want to write about this
)

var (
	errFirstToken = errors.New("no first token in time")
	errTimeout    = errors.New("call took too long")
	// errNotSent is the cause of a call that ended before anything was sent.
	errNotSent = errors.New("not sent")
)

// fault is the error of a failed call. It holds no error of a library, because those may contain whole web pages or the API key.
type fault struct {
	kind    error  // one of the errors above
	outcome string // for Call
	detail  string // one line, without the API key
	cause   error  // the caller's context error, errNotSent, or nil

	repeat     bool          // the same call may work if it is repeated
	retryAfter time.Duration // as the server asked, 0 = it did not
	permanent  bool          // no call will work before the operator acts

	refusal *refusal // what the server said; nil = nothing
	format  bool     // the answer looks as if the server or the model cannot keep to the format
	short   bool     // the limit of tokens was used up before the text
	logged  bool
}

// Logged reports whether an error of Ask is in the log already, as the failure of a request.
func Logged(err error) bool {
	f, ok := errors.AsType[*fault](err)
	return ok && f.logged
}

// Error implements error.
func (f *fault) Error() string { return f.kind.Error() + ": " + f.detail }

// Unwrap returns the kind and the cause.
func (f *fault) Unwrap() []error {
	if f.cause == nil {
		return []error{f.kind}
	}
	return []error{f.kind, f.cause}
}

// Again reports whether the same question may be answered later, and how long the server asked to wait; 0 = it did not. A question that took all its time
// would take it again.
func Again(err error) (after time.Duration, ok bool) {
	f, isFault := errors.AsType[*fault](err)
	switch {
	case !errors.Is(err, ErrUnavailable):
		return 0, false
	case !isFault: // the breaker is open
		return 0, true
	}
	return f.retryAfter, f.outcome != "cancelled" && f.detail != errTimeout.Error()
}

// unusable returns the fault of an answer that arrived but cannot be used.
func unusable(format string, args ...any) *fault {
	return &fault{kind: ErrAnswer, outcome: "answer", detail: fmt.Sprintf(format, args...)}
}

// broken returns the fault of a stream that is damaged. A repeat may work.
func broken(format string, args ...any) *fault {
	return &fault{kind: ErrUnavailable, outcome: "answer", detail: "broken stream: " + fmt.Sprintf(format, args...), repeat: true}
}

// ended returns the fault of a call whose context is over; nil if it is not.
func ended(ctx context.Context) *fault {
	switch cause := context.Cause(ctx); {
	case cause == nil:
		return nil
	case errors.Is(cause, errFirstToken), errors.Is(cause, errTimeout):
		return &fault{kind: ErrUnavailable, outcome: "timeout", detail: cause.Error(), repeat: errors.Is(cause, errFirstToken)}
	default:
		return &fault{kind: ErrUnavailable, outcome: "cancelled", detail: cause.Error(), cause: ctx.Err()}
	}
}

// refused classifies what a server said. key is the API key, which must not get into the fault.
func refused(r refusal, key string) *fault {
	f := &fault{kind: ErrRefused, outcome: "refused", refusal: &r, retryAfter: r.retryAfter}
	words := strings.ToLower(r.code + " " + r.kind + " " + r.message)
	if r.status != http.StatusTooManyRequests && containsAny(words, filterSigns) {
		f.kind, f.outcome, f.detail = ErrDeclined, "answer", fmt.Sprintf("status %d: %s", r.status, sanitize(r.message, key))
		return f
	}
	switch r.status {
	case http.StatusBadRequest:
		f.permanent = containsAny(words, permanentSigns)
	case http.StatusTooManyRequests:
		if strings.Contains(words, "insufficient_quota") || strings.Contains(words, "billing") {
			f.permanent = true
			break
		}
		f.temporary()
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound:
		f.permanent = true
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly:
		f.temporary()
	default:
		if r.status == 0 || r.status >= http.StatusInternalServerError {
			f.temporary()
		}
	}
	f.detail = fmt.Sprintf("status %d: %s", r.status, sanitize(r.message, key))
	if r.status == 0 {
		f.detail = "error inside the stream: " + sanitize(r.message, key)
	}
	return f
}

// permanentSigns mark a bad request that stays bad until the operator acts.
var permanentSigns = []string{"api key", "api_key", "apikey", "model_not_found", "decommissioned", "unknown model", "model not found"}

func (f *fault) temporary() { f.kind, f.outcome, f.repeat = ErrUnavailable, "error", true }

const (
	// maxDetail bounds the detail of a fault in bytes.
	maxDetail = 300
	// leastKey is the length from which a key counts as a secret. For servers without keys people write "x".
	leastKey = 5
)

// sanitize makes a server's text fit for a log: one short line, with web pages and the API key removed.
func sanitize(s, key string) string {
	if i := strings.IndexByte(s, '<'); i >= 0 && (strings.Contains(s[i:], "html") || strings.Contains(s[i:], "HTML")) {
		s = s[:i] + "(a web page)"
	}
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if len(key) >= leastKey { // last, so that nothing that was removed hides it
		s = strings.ReplaceAll(s, key, "***")
	}
	if len(s) <= maxDetail {
		return s
	}
	end := maxDetail
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "..."
}
