package telegram

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// standIn takes the token's place above the wire: http.Client and the addresses in its errors never hold the token.
const standIn = "TOKEN"

// wire puts the token into the address just before a request leaves, and removes it from the errors that come back.
type wire struct {
	next   http.RoundTripper
	token  string
	uptime func() time.Duration
	clock  atomic.Pointer[clockReading]
}

// clockReading is Telegram's time, as one answer gave it.
type clockReading struct {
	telegram time.Time
	here     time.Duration // when the answer came, by the clock that nobody sets
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	at := *req.URL
	at.Path = strings.Replace(at.Path, "/bot"+standIn+"/", "/bot"+w.token+"/", 1)
	at.RawPath = ""
	out := req.WithContext(req.Context()) // a copy, which shares the headers
	out.URL = &at
	resp, err := w.next.RoundTrip(out)
	if err != nil {
		return nil, redact(err, w.token)
	}
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		w.clock.Store(&clockReading{telegram: at, here: w.uptime()})
	}
	// An HTML page of a gateway is not an answer of the Bot API. The status is known only here.
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

// gatewayError is a 5xx from a server in front of the Bot API.
type gatewayError struct{ Status int }

func (e *gatewayError) Error() string {
	return fmt.Sprintf("gateway answered %d %s", e.Status, http.StatusText(e.Status))
}

// redact hides the token in an error's text. errors.Is and errors.As still reach the error itself.
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
