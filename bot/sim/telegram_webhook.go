package sim

import (
	"net/url"
	"regexp"
	"time"
)

// webhook is where updates are posted. Telegram.mu guards it.
type webhook struct {
	url         string // "" = none
	secret      string
	connections int // posts at once
	lastError   string
	lastErrorAt time.Time
	version     int // counts changes: a post that began before one does not judge after it
	running     bool
	posts       int // on their way
}

// secretForm is what a secret_token may look like.
var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{0,256}$`)

const (
	maxConnections     = 100
	defaultConnections = 40
)

func (t *Telegram) setWebhook(req *request) (any, error) {
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

func (t *Telegram) deleteWebhook(req *request) (any, error) {
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

// renewLocked starts the webhook's record afresh: old errors and delays belong to the old one.
func (t *Telegram) renewLocked() {
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

// clear drops all that waits; what is on its way to the webhook still arrives.
func (q *queue) clear() {
	for q.pending > 0 {
		q.drop(q.oldest())
	}
}

func (t *Telegram) getWebhookInfo(*request) (any, error) {
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

// validWebhook says whether an address can be posted to.
func validWebhook(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
