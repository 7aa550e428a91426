package monitor

import (
	"bytes"
	"fmt"
	"net/http"
	"time"
)

const (
	maxViewers   = 16               // open streams
	eventTimeout = 10 * time.Second // for writing one event; after it the stream ends
)

// serveEvents sends the body of the page as a server-sent event after each sample, so a browser always shows what the server would render.
func (m *Monitor) serveEvents(w http.ResponseWriter, r *http.Request) {
	if !m.addViewer() {
		http.Error(w, "too many viewers", http.StatusServiceUnavailable)
		return
	}
	defer m.removeViewer()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // else nginx buffers events
	control := http.NewResponseController(w)
	span := spanOf(r)
	for {
		next := m.nextSample() // before the sample is read, so that none is missed
		var body bytes.Buffer
		if err := m.render(&body, "body", span); err != nil {
			m.log.Error("dashboard_render_failed", "error", err)
			return
		}
		_ = control.SetWriteDeadline(time.Now().Add(eventTimeout)) // replaces the server's deadline for whole responses
		fmt.Fprint(w, "event: page\n")
		for line := range bytes.Lines(body.Bytes()) {
			fmt.Fprintf(w, "data: %s\n", bytes.TrimRight(line, "\r\n"))
		}
		fmt.Fprint(w, "\n")
		if control.Flush() != nil {
			return
		}
		select {
		case <-next:
		case <-r.Context().Done():
			return
		}
	}
}

// addViewer reports whether one more event stream may start.
func (m *Monitor) addViewer() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.viewers == maxViewers {
		return false
	}
	m.viewers++
	return true
}

func (m *Monitor) removeViewer() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.viewers--
}
