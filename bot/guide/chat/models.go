package chat

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	// lookEvery is the time between two looks at the server's page about the model, and lookAgain after one that failed.
	lookEvery = 24 * time.Hour
	lookAgain = time.Hour
	// lookWithin bounds one look.
	lookWithin = 20 * time.Second
	// warnBefore is how long before the model's end operators are told.
	warnBefore = 60 * 24 * time.Hour
	// maxModelPage bounds the answer in bytes; a list of models may be long.
	maxModelPage = 4 << 20
)

// Model is what the server tells about the model.
type Model struct {
	Unknown bool      // the server does not know it
	Ends    time.Time // the day on which it is shut down; zero = none is known
}

// EndsSoon reports whether the model ends within 60 days, or has ended.
func (m Model) EndsSoon(now time.Time) bool { return !m.Ends.IsZero() && m.Ends.Sub(now) <= warnBefore }

// DaysLeft returns the days until the end, 0 if it is over. ok is false if no end is known.
func (m Model) DaysLeft(now time.Time) (days int, ok bool) {
	if m.Ends.IsZero() {
		return 0, false
	}
	return max(0, int(m.Ends.Sub(now).Hours()/24)), true
}

// watch keeps what the server told last.
type watch struct {
	mu    sync.Mutex
	model Model
}

// Model returns what the server told about the model at the last look.
func (c *Client) Model() Model {
	c.watch.mu.Lock()
	defer c.watch.mu.Unlock()
	m := c.watch.model
	m.Unknown = m.Unknown && !c.memory.hasWorked()
	return m
}

// Run asks the server about the model at once and once a day, and logs an unknown model and one that ends soon. It returns nil when ctx ends.
func (c *Client) Run(ctx context.Context) error {
	for {
		next := lookEvery
		if _, err := c.Look(ctx); err != nil {
			next = lookAgain
			c.cfg.Log.Debug("model_look_failed", "model", c.cfg.Model, "error", err)
		}
		timer := time.NewTimer(next)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
	}
}

// Look asks the server about the model. A server without such a page is not an error, and what was known stays.
func (c *Client) Look(ctx context.Context) (Model, error) {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	status, body, err := c.get(ctx, "/models/"+escapeModel(c.cfg.Model))
	switch {
	case err != nil:
		return c.Model(), err
	case status == http.StatusOK:
		return c.note(readModel(body)), nil
	case status == http.StatusNotFound:
		unknown, err := c.missing(ctx, body)
		if err != nil {
			return c.Model(), err
		}
		return c.note(Model{Unknown: unknown}), nil
	case status >= http.StatusInternalServerError || status == http.StatusTooManyRequests:
		return c.Model(), fmt.Errorf("look for the model: status %d", status)
	}
	return c.Model(), nil // the server has no such page, or does not show it
}

// missing decides whether a 404 means that the model is unknown, and not only the page: the server names the model, or lists others. A server that lists
// one model only, as those for a single one do, mostly takes any name.
func (c *Client) missing(ctx context.Context, body []byte) (bool, error) {
	r := readRefusal(http.StatusNotFound, body)
	if strings.Contains(r.code, "model_not_found") || strings.Contains(r.message, c.cfg.Model) && !strings.Contains(r.message, "/models/") {
		return true, nil
	}
	status, body, err := c.get(ctx, "/models")
	if err != nil || status != http.StatusOK {
		return false, err
	}
	var list struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	_ = json.Unmarshal(body, &list) // a page of another shape lists nothing
	if len(list.Data) < 2 {
		return false, nil
	}
	for _, m := range list.Data {
		// Gemini lists "models/NAME", Ollama "NAME:latest".
		if id := strings.TrimPrefix(m.ID, "models/"); id == c.cfg.Model || strings.HasPrefix(id, c.cfg.Model+":") || strings.HasPrefix(c.cfg.Model, id+":") {
			return false, nil
		}
	}
	return true, nil
}

// note keeps what was found and tells the operator.
func (c *Client) note(m Model) Model {
	m.Unknown = m.Unknown && !c.memory.hasWorked() // it answers with it
	c.watch.mu.Lock()
	c.watch.model = m
	c.watch.mu.Unlock()
	now := time.Now()
	if m.Unknown {
		c.cfg.Log.Warn("model_unknown", "model", c.cfg.Model, "server", c.Server())
	}
	if days, _ := m.DaysLeft(now); m.EndsSoon(now) {
		c.cfg.Log.Warn("model_ends", "model", c.cfg.Model, "server", c.Server(), "date", m.Ends.Format(time.DateOnly), "days", days)
	}
	return m
}

// readModel reads the page of a model.
func readModel(body []byte) Model {
	page := fieldsOf(bytes.TrimSpace(body))
	for key, value, ok := page.next(); ok; key, value, ok = page.next() {
		if string(key) != "shutdown_date" {
			continue
		}
		if day, err := time.Parse(time.DateOnly, unquote(value)); err == nil {
			return Model{Ends: day}
		}
	}
	return Model{}
}

// escapeModel escapes a model's name for a path. Its slashes stay, because that is what the servers that have them expect.
func escapeModel(name string) string {
	return strings.ReplaceAll(url.PathEscape(name), "%2F", "/")
}

// get asks the server for a page.
func (c *Client) get(ctx context.Context, path string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, http.NoBody)
	if err != nil {
		return 0, nil, fmt.Errorf("look for the model: %s", sanitize(err.Error(), c.cfg.APIKey))
	}
	if c.cfg.APIKey != "" {
		req.Header.Set("Authorization", "Bearer "+c.cfg.APIKey)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return 0, nil, fmt.Errorf("look for the model: %s", sanitize(err.Error(), c.cfg.APIKey))
	}
	defer res.Body.Close()
	body, err = io.ReadAll(io.LimitReader(res.Body, maxModelPage))
	if err != nil {
		return 0, nil, fmt.Errorf("look for the model: %s", sanitize(err.Error(), c.cfg.APIKey))
	}
	return res.StatusCode, body, nil
}
