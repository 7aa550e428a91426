package model

import (
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Bounds of what is read from a server, in bytes: an answer with all its events' wrapping, and an error's body.
const (
	maxStream = 16 << 20
	maxError  = 16 << 10
)

// seen is what the transport noticed of one call; go-openai does not tell it of streams.
type seen struct {
	sent        bool // the request left
	status      int  // 0 = no answer
	contentType string
	retryAfter  time.Duration // 0 = not said
}

type seenKey struct{}

// withSeen makes the transport fill s, before the call returns.
func withSeen(ctx context.Context, s *seen) context.Context {
	return context.WithValue(ctx, seenKey{}, s)
}

// transport bounds answers and notices their headers.
type transport struct{ next http.RoundTripper }

// watched returns a copy of client (nil = one with timeouts to connect) that notices.
func watched(client *http.Client) *http.Client {
	if client == nil {
		client = &http.Client{Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			TLSHandshakeTimeout:   5 * time.Second,
			ForceAttemptHTTP2:     true,
			MaxIdleConnsPerHost:   32,
			IdleConnTimeout:       90 * time.Second,
			ExpectContinueTimeout: time.Second,
		}}
	}
	own := *client
	if own.Transport == nil {
		own.Transport = http.DefaultTransport
	}
	own.Transport = &transport{own.Transport}
	return &own
}

// RoundTrip is http.RoundTripper's.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	s, _ := req.Context().Value(seenKey{}).(*seen)
	if s == nil {
		s = &seen{}
	}
	s.sent = true
	res, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	s.status = res.StatusCode
	s.contentType, _, _ = strings.Cut(res.Header.Get("Content-Type"), ";")
	s.retryAfter = retryAfter(res.Header, time.Now())
	limit := int64(maxStream)
	if res.StatusCode >= http.StatusBadRequest {
		limit = maxError
	}
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(res.Body, limit), res.Body}
	return res, nil
}

// retryAfter reads how long a server asks to wait: retry-after-ms, or Retry-After in seconds or as a date; 0 = it does not.
func retryAfter(h http.Header, now time.Time) time.Duration {
	const most = 24 * time.Hour // a larger number is nonsense and would overflow
	wait := time.Duration(0)
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil {
		wait = time.Duration(min(ms, most.Seconds()*1000) * float64(time.Millisecond))
	} else if s, err := strconv.ParseFloat(h.Get("Retry-After"), 64); err == nil {
		wait = time.Duration(min(s, most.Seconds()) * float64(time.Second))
	} else if at, err := http.ParseTime(h.Get("Retry-After")); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), most)
}
