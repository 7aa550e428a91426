package places

import (
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// send sends the request and returns the reply or the failure.
func (c *client) send(ctx context.Context, address string) (*reply, *failure) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, &failure{err: err}
	}
	req.Header.Set("User-Agent", c.agent)
	req.Header.Set("Accept-Encoding", "gzip") // set here, so that any RoundTripper sends it
	resp, err := c.http.Do(req)
	if err != nil {
		if whole := (*url.Error)(nil); errors.As(err, &whole) { // its address has a thousand characters
			err = fmt.Errorf("%s: %w", req.URL.Host, whole.Err)
		}
		return nil, &failure{err: err, retry: ctx.Err() == nil}
	}
	defer resp.Body.Close()
	after := retryAfter(resp.Header.Get("Retry-After"))
	body, err := readBody(resp)
	switch {
	case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode == http.StatusServiceUnavailable && after > 0:
		return nil, &failure{err: fmt.Errorf("status %d", resp.StatusCode), retry: true, limited: true, after: cmp.Or(after, defaultPause)}
	case resp.StatusCode == http.StatusForbidden:
		return nil, &failure{err: fmt.Errorf("status 403: %s (see places.contact, which is sent in the User-Agent)", firstLine(body))}
	case resp.StatusCode != http.StatusOK:
		return nil, &failure{err: fmt.Errorf("status %d", resp.StatusCode), retry: resp.StatusCode >= 500}
	case errors.Is(err, errTooBig):
		return nil, &failure{err: err}
	case err != nil:
		return nil, &failure{err: fmt.Errorf("read reply: %w", err), retry: true}
	}
	r, err := decode(body)
	var api *apiError
	switch {
	case err == nil:
		return r, nil
	case errors.As(err, &api) && api.Code == "maxlag":
		return nil, &failure{err: err, retry: true, limited: true, lag: cmp.Or(after, defaultPause)}
	case errors.As(err, &api) && api.overload():
		return nil, &failure{err: err, retry: true, limited: true, after: cmp.Or(after, defaultPause)}
	case errors.As(err, &api):
		return nil, &failure{err: err, retry: api.transient()}
	}
	return nil, &failure{err: err, retry: true}
}

var errTooBig = fmt.Errorf("reply over %d bytes", bodyLimit)

func readBody(resp *http.Response) ([]byte, error) {
	var r io.Reader = resp.Body
	if resp.Header.Get("Content-Encoding") == "gzip" {
		zip, err := gzip.NewReader(r)
		if err != nil {
			return nil, err
		}
		r = zip
	}
	body, err := io.ReadAll(io.LimitReader(r, bodyLimit+1))
	if err == nil && len(body) > bodyLimit {
		err = errTooBig
	}
	return body, err
}

// retryAfter parses seconds or a date. It returns 0 if there is none, and at most maxPause.
func retryAfter(header string) time.Duration {
	if header == "" {
		return 0
	}
	var d time.Duration
	if seconds, err := strconv.Atoi(header); err == nil {
		d = time.Duration(min(max(seconds, 0), int(maxPause/time.Second))) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		d = time.Until(at)
	}
	return min(max(d, 0), maxPause)
}

// firstLine returns the first line of a body of plain text, at most 200 characters of it.
func firstLine(body []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(body[:min(len(body), 1000)])), "\n")
	return clean(line, 200)
}
