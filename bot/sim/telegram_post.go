package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Retries of webhook posts. The first retry follows at once, the next ones after 2, 4, 8 ... seconds.
const (
	postTimeout   = 60 * time.Second
	maxRetry      = 60 * time.Second
	maxRetryAfter = time.Hour // longest accepted Retry-After
)

// Run posts updates to the webhook while one is set: one at a time per chat and in order, until a 2xx. It returns nil when ctx
// and all posts have ended; updates that were not accepted stay pending. Only one Run may be active.
func (t *Telegram) Run(ctx context.Context) error {
	t.mu.Lock()
	running := t.webhook.running
	t.webhook.running = true
	t.mu.Unlock()
	if running {
		return errors.New("sim: telegram runs already")
	}
	var posts sync.WaitGroup
	defer func() {
		posts.Wait()
		t.mu.Lock()
		t.webhook.running = false
		t.mu.Unlock()
	}()
	client := &http.Client{
		Transport:     t.cfg.Transport,
		Timeout:       postTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for ctx.Err() == nil {
		p, wait, changed := t.nextPost()
		if p != nil {
			posts.Go(func() { t.post(ctx, client, p) })
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

// posting is an update that is being posted.
type posting struct {
	lane        *lane
	update      *update
	url, secret string
	version     int
	body        json.RawMessage
}

// nextPost returns the next update to post, or nil and the time until one is due.
func (t *Telegram) nextPost() (p *posting, wait time.Duration, changed <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	changed = t.queue.changed()
	w := &t.webhook
	if w.url == "" || w.posts >= w.connections {
		return nil, time.Hour, changed
	}
	wait = t.queue.promoteDue(time.Now())
	l, u := t.queue.take(time.Now())
	if l == nil {
		return nil, wait, changed
	}
	w.posts++
	return &posting{lane: l, update: u, url: w.url, secret: w.secret, version: w.version, body: u.body}, 0, changed
}

// promoteDue moves the lanes whose retry is due to ready, and returns the time until the next one, at most an hour.
func (q *queue) promoteDue(now time.Time) time.Duration {
	wait := time.Hour
	q.retries = slices.DeleteFunc(q.retries, func(l *lane) bool {
		if d := l.due.Sub(now); d > 0 {
			wait = min(wait, d)
			return false
		}
		q.ready = append(q.ready, l)
		return true
	})
	return wait
}

// take removes the first ready lane that has an update, and returns it with its oldest update; nil if no lane is ready.
func (q *queue) take(now time.Time) (*lane, *update) {
	for len(q.ready) > 0 {
		l := q.ready[0]
		q.ready = q.ready[1:]
		if u := q.head(l, now); u != nil {
			return l, u // still held, by the post
		}
		l.held = false
	}
	return nil, nil
}

// list adds a lane whose post ended to ready or retries, or releases it if it is empty.
func (q *queue) list(l *lane, now time.Time) {
	switch {
	case q.head(l, now) == nil:
		l.held = false
	case l.due.After(now):
		q.retries = append(q.retries, l)
	default:
		q.ready = append(q.ready, l)
	}
}

// head returns the oldest update of the lane that has not expired, nil if there is none.
func (q *queue) head(l *lane, now time.Time) *update {
	for len(l.updates) > 0 {
		u := l.updates[0]
		if !now.After(u.expires) {
			return u
		}
		q.drop(u)
	}
	return nil
}

// post sends an update and lists its lane again.
func (t *Telegram) post(ctx context.Context, client *http.Client, p *posting) {
	retryAfter, problem := deliver(ctx, client, p)
	t.mu.Lock()
	defer t.mu.Unlock()
	defer t.queue.signal()
	w, l, now := &t.webhook, p.lane, time.Now()
	w.posts--
	switch {
	case problem == "":
		t.queue.drop(p.update)
	case ctx.Err() != nil || p.version != w.version: // the webhook did not refuse it
		l.due = time.Time{}
	default:
		w.lastError, w.lastErrorAt = problem, now
		l.due = now.Add(l.backOff(retryAfter))
	}
	t.queue.list(l, now)
}

// backOff counts a failure and returns the delay of the next attempt.
func (l *lane) backOff(retryAfter time.Duration) time.Duration {
	l.fails++
	if retryAfter > 0 {
		return min(retryAfter, maxRetryAfter)
	}
	if l.fails == 1 {
		return 0
	}
	l.delay = min(max(2*l.delay, 2*time.Second), maxRetry)
	return l.delay
}

// deliver makes one POST. It returns the problem, "" if the update was accepted, and the Retry-After of the response, 0 if it had none.
func deliver(ctx context.Context, client *http.Client, p *posting) (retryAfter time.Duration, problem string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(p.body))
	if err != nil {
		return 0, err.Error()
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header["User-Agent"] = nil // Telegram sends no User-Agent
	if p.secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", p.secret)
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20)) // so that the connection can be reused
	if resp.StatusCode >= 200 && resp.StatusCode <= 299 {
		return 0, ""
	}
	seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	return time.Duration(max(seconds, 0)) * time.Second, "Wrong response from the webhook: " + resp.Status
}
