package sim

import (
	"net/url"
	"regexp"
	"time"
)

// webhook is the state of the webhook. Telegram.mu guards it.
type webhook struct {
	url         string // "" = none
	secret      string
	connections int // most posts at once
	lastError   string
	lastErrorAt time.Time
	version     int // counts changes: a post to an old webhook does not count for the new one
	running     bool
	posts       int // in progress
}

// secretForm matches a valid secret_token.
var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{0,256}$`)

const (
	maxConnections     = 100
	defaultConnections = 40
)

func (t botMethods) setWebhook(req *request) (any, error) {
	if req.text("url") == "" {
		return t.deleteWebhook(req)
	}
	if !validWebhook(req.text("url")) {
		return nil, badRequest("bad webhook: invalid webhook URL specified")
	}
	if !secretForm.MatchString(req.text("secret_token")) {
		return nil, badRequest("secret token contains unallowed characters")
	}
	if err := t.queue.allow(req); err != nil {
		return nil, err
	}
	if req.flag("drop_pending_updates") {
		t.queue.clear()
	}
	connections := int(req.number("max_connections", defaultConnections, 1, maxConnections))
	w := &t.webhook
	if w.url == req.text("url") && w.secret == req.text("secret_token") && w.connections == connections {
		return answer{Result: true, Description: "Webhook is already set"}, nil
	}
	t.endPollLocked("terminated by setWebhook request")
	w.url, w.secret, w.connections = req.text("url"), req.text("secret_token"), connections
	t.renewLocked()
	return answer{Result: true, Description: "Webhook was set"}, nil
}

func (t botMethods) deleteWebhook(req *request) (any, error) {
	if req.flag("drop_pending_updates") {
		t.queue.clear()
	}
	if t.webhook.url == "" {
		return answer{Result: true, Description: "Webhook is already deleted"}, nil
	}
	t.webhook.url, t.webhook.secret = "", ""
	t.renewLocked()
	return answer{Result: true, Description: "Webhook was deleted"}, nil
}

// renewLocked resets errors and delays, which belonged to the old webhook.
func (t botMethods) renewLocked() {
	w := &t.webhook
	w.version++
	w.lastError, w.lastErrorAt = "", time.Time{}
	for _, l := range t.queue.retries {
		l.fails, l.delay, l.due = 0, 0, time.Time{}
		t.queue.ready = append(t.queue.ready, l)
	}
	t.queue.retries = nil
	t.queue.signal()
}

// clear drops all pending updates. An update that is being posted still arrives.
func (q *queue) clear() {
	for q.pending > 0 {
		q.drop(q.oldest())
	}
}

func (t botMethods) getWebhookInfo(*request) (any, error) {
	w := t.webhook
	info := struct {
		URL            string   `json:"url"`
		Custom         bool     `json:"has_custom_certificate"`
		Pending        int      `json:"pending_update_count"`
		LastErrorDate  int64    `json:"last_error_date,omitempty"`
		LastError      string   `json:"last_error_message,omitempty"`
		MaxConnections int      `json:"max_connections,omitempty"`
		Allowed        []string `json:"allowed_updates,omitempty"`
	}{URL: w.url, Pending: t.queue.pending, LastError: w.lastError, Allowed: t.queue.allowed}
	if w.url != "" {
		info.MaxConnections = w.connections
	}
	if w.lastError != "" {
		info.LastErrorDate = w.lastErrorAt.Unix()
	}
	return info, nil
}

// validWebhook reports whether updates can be posted to an address.
func validWebhook(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
