package app

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// request is one request to a source.
type request struct {
	host, what string
	status     int // 0 = no answer
	took       time.Duration
}

// requestLog is a transport that remembers the requests.
type requestLog struct {
	next http.RoundTripper

	mu   sync.Mutex
	list []request // of one story, so a few dozen
}

func newRequestLog(next http.RoundTripper) *requestLog { return &requestLog{next: orNetwork(next)} }

// RoundTrip implements http.RoundTripper.
func (l *requestLog) RoundTrip(req *http.Request) (*http.Response, error) {
	began := time.Now()
	res, err := l.next.RoundTrip(req)
	r := request{host: req.URL.Host, what: purpose(req.URL.Query()), took: time.Since(began)}
	if res != nil {
		r.status = res.StatusCode
	}
	l.mu.Lock()
	l.list = append(l.list, r)
	l.mu.Unlock()
	return res, err
}

// until returns the requests so far.
func (l *requestLog) requests() []request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]request{}, l.list...)
}

// purpose describes a request to MediaWiki's Action API by its parameters, without positions and texts.
func purpose(q url.Values) string {
	var parts []string
	if action := q.Get("action"); action != "" && action != "query" {
		parts = append(parts, action)
	}
	for _, name := range []string{"generator", "list", "prop", "props"} {
		if value := q.Get(name); value != "" {
			parts = append(parts, strings.ReplaceAll(value, "|", ", "))
		}
	}
	if radius := q.Get("gsradius") + q.Get("ggsradius"); radius != "" {
		parts = append(parts, "within "+radius+" m")
	}
	return strings.Join(parts, ": ")
}
