package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Quirk returns a server that has one peculiarity of real servers of the chat completions protocol, in front of one that has none: it refuses requests, or
// changes the events of the answers. Quirks lists the names. It passes everything but chat completions through.
func Quirk(name string, next http.Handler) (http.Handler, error) {
	q, ok := quirks()[name]
	if !ok {
		return nil, fmt.Errorf("sim: no peculiarity %q; there are: %s", name, strings.Join(Quirks(), ", "))
	}
	return &quirky{quirk: q, next: next}, nil
}

// Quirks returns the names of the peculiarities, sorted.
func Quirks() []string { return slices.Sorted(maps.Keys(quirks())) }

// quirk is one peculiarity. Every function may be nil.
type quirk struct {
	// answer answers the call in place of the server and returns true, or returns false.
	answer func(c *quirkCall) bool
	// first and last return what is sent before the first and after the last event.
	first, last func(c *quirkCall) string
	// content changes a piece of the text; it is called for pieces that are not empty.
	content func(c *quirkCall, piece string) string
	// event changes the fields of an event.
	event func(c *quirkCall, e map[string]any)
	// frame returns an event as it is sent; data is its JSON or "[DONE]".
	frame func(c *quirkCall, data string) string
}

// quirks returns all of them by name.
func quirks() map[string]quirk {
	all := map[string]quirk{}
	for _, some := range []map[string]quirk{quirksOfRequests(), quirksOfErrors(), quirksOfStreams(), quirksOfTexts()} {
		maps.Copy(all, some)
	}
	return all
}

// quirkCall is one call to a server with a peculiarity.
type quirkCall struct {
	n    int // from 1
	w    http.ResponseWriter
	r    *http.Request
	body map[string]any // of the request
	raw  string         // the same as text

	events int
	text   strings.Builder // what the answer has said so far
}

// quirky is a server with a peculiarity.
type quirky struct {
	quirk quirk
	next  http.Handler

	mu    sync.Mutex
	calls int
}

// ServeHTTP serves the API.
func (q *quirky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/chat/completions") {
		q.next.ServeHTTP(w, r)
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxModelRequest))
	if err != nil {
		http.Error(w, "request too large", http.StatusRequestEntityTooLarge)
		return
	}
	c := &quirkCall{n: q.count(), w: w, r: r, raw: string(raw)}
	_ = json.Unmarshal(raw, &c.body) // the server refuses what is no JSON
	if q.quirk.answer != nil && q.quirk.answer(c) {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	out := &quirkWriter{ResponseWriter: w, quirk: q.quirk, call: c}
	q.next.ServeHTTP(out, r)
	out.end()
}

func (q *quirky) count() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.calls++
	return q.calls
}

// quirkWriter changes the events that a server writes.
type quirkWriter struct {
	http.ResponseWriter
	quirk     quirk
	call      *quirkCall
	status    int
	streaming bool
	rest      string // of an event that is not complete
}

// WriteHeader implements http.ResponseWriter.
func (w *quirkWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController flush.
func (w *quirkWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Write implements http.ResponseWriter. Errors, and answers that are not streamed, pass unchanged.
func (w *quirkWriter) Write(p []byte) (int, error) {
	w.streaming = w.streaming || strings.Contains(w.Header().Get("Content-Type"), "event-stream")
	if w.status >= http.StatusBadRequest || !w.streaming {
		return w.ResponseWriter.Write(p)
	}
	w.rest += string(p)
	for {
		event, rest, ok := strings.Cut(w.rest, "\n\n")
		if !ok {
			return len(p), nil
		}
		w.rest = rest
		if err := w.event(strings.TrimPrefix(event, "data: ")); err != nil {
			return 0, err
		}
	}
}

// event sends one event.
func (w *quirkWriter) event(data string) error {
	c := w.call
	if c.events++; c.events == 1 && w.quirk.first != nil {
		if _, err := io.WriteString(w.ResponseWriter, w.quirk.first(c)); err != nil {
			return err
		}
	}
	var fields map[string]any
	if json.Unmarshal([]byte(data), &fields) == nil {
		delta := deltaOf(fields)
		if piece, _ := delta["content"].(string); piece != "" {
			if w.quirk.content != nil {
				piece = w.quirk.content(c, piece)
				delta["content"] = piece
			}
			c.text.WriteString(piece)
		}
		if w.quirk.event != nil {
			w.quirk.event(c, fields)
		}
		changed, err := json.Marshal(fields)
		if err != nil {
			panic(err) // it was JSON before
		}
		data = string(changed)
	}
	frame := "data: " + data + "\n\n"
	if w.quirk.frame != nil {
		frame = w.quirk.frame(c, data)
	}
	_, err := io.WriteString(w.ResponseWriter, frame)
	return err
}

func (w *quirkWriter) end() {
	if w.quirk.last != nil && w.call.events > 0 {
		_, _ = io.WriteString(w.ResponseWriter, w.quirk.last(w.call)) // it fails only if the client left
	}
}

// deltaOf returns the delta of an event's choice, nil if it has none.
func deltaOf(event map[string]any) map[string]any {
	delta, _ := choiceOf(event)["delta"].(map[string]any)
	return delta
}

func choiceOf(event map[string]any) map[string]any {
	choices, _ := event["choices"].([]any)
	if len(choices) == 0 {
		return nil
	}
	choice, _ := choices[0].(map[string]any)
	return choice
}

// format returns the type of the request's response_format, "" = none.
func (c *quirkCall) format() string {
	format, _ := c.body["response_format"].(map[string]any)
	kind, _ := format["type"].(string)
	return kind
}

// has reports whether the request has a field.
func (c *quirkCall) has(field string) bool {
	_, ok := c.body[field]
	return ok
}

// limit returns the most tokens of the answer, by either field; 0 = no limit.
func (c *quirkCall) limit() float64 {
	a, _ := c.body["max_tokens"].(float64)
	b, _ := c.body["max_completion_tokens"].(float64)
	return max(a, b)
}

// places returns how many places the request asks about.
func (c *quirkCall) places() int {
	var req chatRequest
	if json.Unmarshal([]byte(c.raw), &req) != nil {
		return 0
	}
	return len(req.task().Places)
}

// refuse answers with an error in the given body.
func (c *quirkCall) refuse(status int, body string) bool {
	c.w.Header().Set("Content-Type", "application/json")
	c.w.WriteHeader(status)
	_, _ = io.WriteString(c.w, body)
	return true
}

// stream answers with a stream of the given text.
func (c *quirkCall) stream(text string) bool {
	c.w.Header().Set("Content-Type", "text/event-stream")
	_, _ = io.WriteString(c.w, text)
	return true
}
