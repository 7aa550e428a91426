package monitor

import (
	"bytes"
	"fmt"
	"net/http"
	"time"
)

const (
	maxViewers   = 16               // streams at once
	viewerBehind = 10 * time.Second // that a viewer may take for one event before the stream is cut
)

// serveEvents sends the page's body at each sample as a server-sent event, so that what a browser shows is what the server would send.
func (m *Monitor) serveEvents(w http.ResponseWriter, r *http.Request) {
	if !m.join() {
		http.Error(w, "too many viewers", http.StatusServiceUnavailable)
		return
	}
	defer m.leave()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would keep events back
	control := http.NewResponseController(w)
	span := spanOf(r)
	for {
		next := m.next() // before the sample is read, so that none is missed
		var body bytes.Buffer
		if err := m.render(&body, "body", span); err != nil {
			m.log.Error("dashboard", "error", err)
			return
		}
		_ = control.SetWriteDeadline(time.Now().Add(viewerBehind)) // the server's own is for answers that end
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

func (m *Monitor) join() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.viewers == maxViewers {
		return false
	}
	m.viewers++
	return true
}

func (m *Monitor) leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.viewers--
}
