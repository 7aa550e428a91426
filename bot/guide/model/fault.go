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

var (
	errFirstToken = errors.New("no first token in time")
	errTimeout    = errors.New("call took too long")
)

// fault is a failed call in our own words: libraries' errors may hold whole pages, and servers' messages the key.
type fault struct {
	kind    error  // ErrUnavailable, ErrRefused or ErrAnswer
	outcome string // for Call
	detail  string // one line
	cause   error  // the caller's context error, errNotTried, or nil

	retry   bool          // another try may work at once
	after   time.Duration // the server's wish, 0 = none
	lasting bool          // no try will work before the operator acts
	format  bool          // it is the format of the answer that the server does not take
}

func (f *fault) Error() string { return f.kind.Error() + ": " + f.detail }

func (f *fault) Unwrap() []error {
	if f.cause == nil {
		return []error{f.kind}
	}
	return []error{f.kind, f.cause}
}

// unusable is an answer that came but cannot be used.
func unusable(format string, args ...any) *fault {
	return &fault{kind: ErrAnswer, outcome: "answer", detail: fmt.Sprintf(format, args...)}
}

// translate says what an error of go-openai or of the network means. received tells whether text had arrived.
func (c *Client) translate(ctx context.Context, err error, s *seen, received bool) *fault {
	f := c.classify(ctx, err, s, received)
	f.detail = c.line(f.detail)
	f.after = s.retryAfter
	f.retry = f.retry && !received
	return f
}

func (c *Client) classify(ctx context.Context, err error, s *seen, received bool) *fault {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errFirstToken), errors.Is(cause, errTimeout):
		return &fault{kind: ErrUnavailable, outcome: "timeout", detail: cause.Error(), retry: errors.Is(cause, errFirstToken)}
	case cause != nil:
		return &fault{kind: ErrUnavailable, outcome: "cancelled", detail: cause.Error(), cause: ctx.Err()}
	}
	// A body of the wrong shape matches both types when it holds an error of its own: RequestError comes first.
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
	case !s.sent: // go-openai knows that the model cannot do this
		return &fault{kind: ErrRefused, outcome: "refused", detail: err.Error()}
	case s.status >= http.StatusBadRequest: // its body could not be read
		return byStatus(s.status, "", err.Error())
	case s.status == 0, !received && errors.Is(err, io.ErrUnexpectedEOF):
		return &fault{kind: ErrUnavailable, outcome: "error", detail: err.Error(), retry: true}
	}
	return unusable("broken stream: %s", err)
}

// byStatus classifies an error answer. code holds the API's own code and type.
func byStatus(status int, code, message string) *fault {
	f := &fault{kind: ErrRefused, outcome: "refused", detail: fmt.Sprintf("status %d: %s", status, message)}
	switch {
	case status == http.StatusTooManyRequests && (strings.Contains(code, "insufficient_quota") || strings.Contains(code, "billing")):
		f.lasting = true
	case status == http.StatusUnauthorized, status == http.StatusPaymentRequired, status == http.StatusForbidden, status == http.StatusNotFound:
		f.lasting = true
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity:
		f.format = strings.Contains(message, "response_format") || strings.Contains(message, "json_schema") || strings.Contains(message, "json_object")
	case status == http.StatusRequestTimeout, status == http.StatusConflict, status == http.StatusTooEarly,
		status == http.StatusTooManyRequests, status >= http.StatusInternalServerError:
		f.kind, f.outcome, f.retry = ErrUnavailable, "error", true
	}
	return f
}

// maxDetail bounds an error's text in bytes.
const maxDetail = 300

// line makes a server's words fit for a log: one line, short, a page reduced to its kind, without the key.
func (c *Client) line(s string) string {
	if i := strings.IndexByte(s, '<'); i >= 0 && (strings.Contains(s[i:], "html") || strings.Contains(s[i:], "HTML")) {
		s = s[:i] + "(a web page)"
	}
	if c.cfg.APIKey != "" {
		s = strings.ReplaceAll(s, c.cfg.APIKey, "***")
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
