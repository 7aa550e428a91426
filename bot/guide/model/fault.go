package model

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	openai "github.com/sashabaranov/go-openai"
)

// Errors of Write, for errors.Is; they wrap their cause.
var (
	ErrUnavailable = errors.New("model: unavailable")     // network, 5xx, time-out, open breaker: a later call may work
	ErrRefused     = errors.New("model: refused")         // key, quota, unknown model, bad request: the operator must act
	ErrAnswer      = errors.New("model: unusable answer") // empty, cut, not JSON, or the model declined
)

var (
	errFirstToken = errors.New("no first token in time")
	errTimeout    = errors.New("call took too long")
)

// fault is the error of a failed call. It holds no error of a library, because those may contain whole web pages or the API key.
type fault struct {
	kind    error  // ErrUnavailable, ErrRefused or ErrAnswer
	outcome string // for Call
	detail  string // one line, without the API key
	cause   error  // the caller's context error, errNotSent, or nil

	retry      bool          // a retry may work
	retryAfter time.Duration // as the server asked, 0 = it did not
	permanent  bool          // no retry will work before the operator acts
	format     bool          // the server does not support the format of the answer
	logged     bool
}

// Logged reports whether an error of Write is in the log already, as the failure of a request.
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

// unusable returns the fault of an answer that arrived but cannot be used.
func unusable(format string, args ...any) *fault {
	return &fault{kind: ErrAnswer, outcome: "answer", detail: fmt.Sprintf(format, args...)}
}

// faultOf translates an error of go-openai or of the network. received tells whether text had arrived; key is the API key, which the fault must not
// contain.
func faultOf(ctx context.Context, err error, info *responseInfo, received bool, key string) *fault {
	f := classify(ctx, err, info, received)
	f.detail = sanitize(f.detail, key)
	f.retryAfter = info.retryAfter
	f.retry = f.retry && !received
	return f
}

func classify(ctx context.Context, err error, info *responseInfo, received bool) *fault {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errFirstToken), errors.Is(cause, errTimeout):
		return &fault{kind: ErrUnavailable, outcome: "timeout", detail: cause.Error(), retry: errors.Is(cause, errFirstToken)}
	case cause != nil:
		return &fault{kind: ErrUnavailable, outcome: "cancelled", detail: cause.Error(), cause: ctx.Err()}
	}
	// An error body of an unknown shape matches both types, so RequestError comes first.
	if e, ok := errors.AsType[*openai.RequestError](err); ok {
		return byStatus(e.HTTPStatusCode, "", string(e.Body))
	}
	if e, ok := errors.AsType[*openai.APIError](err); ok {
		if e.HTTPStatusCode == 0 {
			return unusable("error inside the stream: %s", e.Message)
		}
		return byStatus(e.HTTPStatusCode, fmt.Sprint(e.Code, " ", e.Type), e.Message)
	}
	switch {
	case !info.sent: // go-openai refused the request itself
		return &fault{kind: ErrRefused, outcome: "refused", detail: err.Error()}
	case info.status >= http.StatusBadRequest: // the body could not be read
		return byStatus(info.status, "", err.Error())
	case info.status == 0, !received && errors.Is(err, io.ErrUnexpectedEOF):
		return &fault{kind: ErrUnavailable, outcome: "error", detail: err.Error(), retry: true}
	}
	return unusable("broken stream: %s", err)
}

// byStatus classifies an error response. code holds the code and the type of the API's error object.
func byStatus(status int, code, message string) *fault {
	f := &fault{kind: ErrRefused, outcome: "refused", detail: fmt.Sprintf("status %d: %s", status, message)}
	switch {
	case status == http.StatusTooManyRequests && (strings.Contains(code, "insufficient_quota") || strings.Contains(code, "billing")):
		f.permanent = true
	case status == http.StatusUnauthorized, status == http.StatusPaymentRequired, status == http.StatusForbidden, status == http.StatusNotFound:
		f.permanent = true
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity:
		f.format = strings.Contains(message, "response_format") || strings.Contains(message, "json_schema") || strings.Contains(message, "json_object")
	case status == http.StatusRequestTimeout, status == http.StatusConflict, status == http.StatusTooEarly,
		status == http.StatusTooManyRequests, status >= http.StatusInternalServerError:
		f.kind, f.outcome, f.retry = ErrUnavailable, "error", true
	}
	return f
}

// maxDetail bounds the detail of a fault in bytes.
const maxDetail = 300

// sanitize makes a server's text fit for a log: one short line, with web pages and the API key removed.
func sanitize(s, key string) string {
	if i := strings.IndexByte(s, '<'); i >= 0 && (strings.Contains(s[i:], "html") || strings.Contains(s[i:], "HTML")) {
		s = s[:i] + "(a web page)"
	}
	if key != "" {
		s = strings.ReplaceAll(s, key, "***")
	}
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if len(s) <= maxDetail {
		return s
	}
	end := maxDetail
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "..."
}
