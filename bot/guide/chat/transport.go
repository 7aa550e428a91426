package chat

import (
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxError bounds the body of an error in bytes.
const maxError = 64 << 10

// exchange is the answer to one request, taken away before go-openai reads it: the library gives up at the first surprise, and loses the body of errors.
type exchange struct {
	sent        bool // the request was sent
	status      int  // 0 = no response
	contentType string
	retryAfter  time.Duration // 0 = the server named none
	body        io.ReadCloser // nil = no response; the caller closes it
}

// failed reports whether the status is that of an error.
func (x *exchange) failed() bool { return x.status < 200 || x.status >= 300 }

// refusal reads the body of an error.
func (x *exchange) refusal() refusal {
	body, err := io.ReadAll(io.LimitReader(x.body, maxError))
	if err != nil && len(body) < 2 {
		return refusal{status: x.status, message: err.Error(), retryAfter: x.retryAfter}
	}
	r := readRefusal(x.status, body)
	if x.retryAfter > 0 {
		r.retryAfter = x.retryAfter
	}
	return r
}

func (x *exchange) close() {
	if x.body != nil {
		_ = x.body.Close()
	}
}

type exchangeKey struct{}

// withExchange makes the transport put the answer into x during a call that uses the context.
func withExchange(ctx context.Context, x *exchange) context.Context {
	return context.WithValue(ctx, exchangeKey{}, x)
}

// transport moves answers into the exchange of the context.
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
	observed.Timeout = 0 // it would end with the empty body that the library closes; every call has a deadline
	if observed.Transport == nil {
		observed.Transport = http.DefaultTransport
	}
	observed.Transport = &transport{observed.Transport}
	return &observed
}

// RoundTrip implements http.RoundTripper. The response to a request with an exchange has an empty object as its body.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	x, _ := req.Context().Value(exchangeKey{}).(*exchange)
	if x == nil {
		return t.next.RoundTrip(req)
	}
	x.close() // of a redirect
	*x = exchange{sent: true}
	res, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	x.status, x.body = res.StatusCode, res.Body
	x.contentType, _, _ = strings.Cut(res.Header.Get("Content-Type"), ";")
	x.retryAfter = retryAfter(res.Header, time.Now())
	res.Body, res.ContentLength = io.NopCloser(strings.NewReader("{}")), 2
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
