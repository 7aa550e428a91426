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

// Bounds of responses in bytes: an answer with the overhead of its events, and the body of an error.
const (
	maxStream = 16 << 20
	maxError  = 16 << 10
)

// responseInfo holds what go-openai does not report about a streamed call.
type responseInfo struct {
	sent        bool // the request was sent
	status      int  // 0 = no response
	contentType string
	retryAfter  time.Duration // 0 = the server named none
}

type infoKey struct{}

// withInfo makes the transport fill info during the calls that use the context.
func withInfo(ctx context.Context, info *responseInfo) context.Context {
	return context.WithValue(ctx, infoKey{}, info)
}

// transport bounds response bodies and fills the responseInfo of the context.
type transport struct{ next http.RoundTripper }

// observedClient returns a copy of client that uses a transport. nil stands for a client with time-outs for connecting.
func observedClient(client *http.Client) *http.Client {
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
	observed := *client
	if observed.Transport == nil {
		observed.Transport = http.DefaultTransport
	}
	observed.Transport = &transport{observed.Transport}
	return &observed
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	info, _ := req.Context().Value(infoKey{}).(*responseInfo)
	if info == nil {
		info = &responseInfo{}
	}
	info.sent = true
	res, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	info.status = res.StatusCode
	info.contentType, _, _ = strings.Cut(res.Header.Get("Content-Type"), ";")
	info.retryAfter = retryAfter(res.Header, time.Now())
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

// retryAfter returns how long the server asks to wait, from Retry-After-Ms or from Retry-After in seconds or as a date; 0 if there is no such header.
func retryAfter(h http.Header, now time.Time) time.Duration {
	const most = 24 * time.Hour // larger values make no sense and would overflow
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
