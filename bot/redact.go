package bot

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// standIn is the token that telebot sees. Everything above the wire (telebot, http.Client and the addresses in their
// errors) holds only this word.
const standIn = "TOKEN"

// wire puts the real token into the address at the last moment and takes it out of the errors that come back.
type wire struct {
	next  http.RoundTripper
	token string
	told  atomic.Pointer[told]
}

// told is what the last answer said of the time.
type told struct {
	telegram time.Time
	here     time.Time // when it came; by the monotonic clock too, which is never set
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	out := req.Clone(req.Context())
	out.URL.Path = strings.Replace(out.URL.Path, "/bot"+standIn+"/", "/bot"+w.token+"/", 1)
	out.URL.RawPath = ""
	resp, err := w.next.RoundTrip(out)
	if err != nil {
		return nil, redact(err, w.token)
	}
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		w.told.Store(&told{telegram: at, here: time.Now()})
	}
	// A gateway's page in HTML is not an answer of the Bot API, whatever a parser would make of it. The status is known only here.
	if resp.StatusCode >= http.StatusInternalServerError && !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		resp.Body.Close()
		return nil, &gatewayError{Status: resp.StatusCode}
	}
	resp.Body = capped{Reader: io.LimitReader(resp.Body, maxReplySize), Closer: resp.Body}
	resp.Request = req
	return resp, nil
}

type capped struct {
	io.Reader
	io.Closer
}

// bound gives every request the context of one call.
type bound struct {
	ctx  context.Context //nolint:containedctx // it is the one call's: http.Client offers no other way under telebot
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (b bound) RoundTrip(req *http.Request) (*http.Response, error) {
	return b.next.RoundTrip(req.WithContext(b.ctx))
}

// gatewayError is a 5xx from something in front of the Bot API.
type gatewayError struct{ Status int }

func (e *gatewayError) Error() string {
	return fmt.Sprintf("gateway answered %d %s", e.Status, http.StatusText(e.Status))
}

// redact hides the token in an error's text; errors.Is and errors.As still see the error itself.
func redact(err error, token string) error {
	if token == "" || !strings.Contains(err.Error(), token) {
		return err
	}
	return &redacted{text: strings.ReplaceAll(err.Error(), token, standIn), err: err}
}

type redacted struct {
	text string
	err  error
}

func (e *redacted) Error() string { return e.text }
func (e *redacted) Unwrap() error { return e.err }
