package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"excursobot/bot/sim"
)

// demoEvents is how many events may wait for one page; a page that falls behind is cut off and asks for the whole chat again.
const demoEvents = 256

// tell hands an event to the pages that watch its chat. It never waits: a page that is too slow is cut off.
func (d *demoPage) tell(e sim.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	kept := d.watchers[e.Chat][:0]
	for _, c := range d.watchers[e.Chat] {
		select {
		case c <- e:
			kept = append(kept, c)
		default:
			close(c)
		}
	}
	d.watchers[e.Chat] = kept
}

// watch returns the chat's events from now on; they end when the channel is closed.
func (d *demoPage) watch(chat int64) (events chan sim.Event, end func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := make(chan sim.Event, demoEvents)
	d.watchers[chat] = append(d.watchers[chat], c)
	return c, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.watchers[chat] = slices.DeleteFunc(d.watchers[chat], func(x chan sim.Event) bool { return x == c })
	}
}

// serveEvents sends the chat as it is and then what changes, as server-sent events.
func (d *demoPage) serveEvents(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.URL.Query().Get("person"), 10, 64)
	person := d.person(id)
	if err != nil || person == nil {
		w.WriteHeader(http.StatusNoContent) // tells EventSource not to come again
		return
	}
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{}) // the server's is for answers that end
	w.Header().Set("Content-Type", "text/event-stream")
	events, end := d.watch(id) // before the chat is read: an event may be shown twice, never lost
	defer end()
	for _, m := range person.Messages() {
		writeEvent(w, sim.Event{Kind: "message", Chat: id, Message: m, At: m.At})
	}
	if control.Flush() != nil {
		return
	}
	beat := time.NewTicker(15 * time.Second) // finds out that the page has gone
	defer beat.Stop()
	for {
		select {
		case e, ok := <-events:
			if !ok {
				return
			}
			writeEvent(w, e)
		case <-beat.C:
			fmt.Fprint(w, ": still here\n\n")
		case <-r.Context().Done():
			return
		}
		if control.Flush() != nil {
			return
		}
	}
}

// serveFile hands out a picture or a document of the chat.
func (d *demoPage) serveFile(w http.ResponseWriter, r *http.Request) {
	id, err1 := strconv.ParseInt(r.URL.Query().Get("person"), 10, 64)
	message, err2 := strconv.Atoi(r.URL.Query().Get("message"))
	person := d.person(id)
	if err1 != nil || err2 != nil || person == nil {
		http.NotFound(w, r)
		return
	}
	for _, m := range person.Messages() {
		if m.ID != message || len(m.File) == 0 {
			continue
		}
		w.Header().Set("Content-Type", "image/png")
		if m.Method == "sendDocument" {
			w.Header().Set("Content-Type", "application/gpx+xml")
			w.Header().Set("Content-Disposition", `attachment; filename="walk.gpx"`)
		}
		_, _ = w.Write(m.File)
		return
	}
	http.NotFound(w, r)
}

func writeEvent(w http.ResponseWriter, e sim.Event) {
	m := e.Message
	data, err := json.Marshal(map[string]any{
		"kind": e.Kind, "text": e.Text, "id": m.ID, "fromBot": m.FromBot, "html": m.HTML, "plain": m.Text,
		"buttons": m.Buttons, "keyboard": m.Keyboard, "lat": m.Lat, "lon": m.Lon, "edits": m.Edits, "method": m.Method,
	})
	if err != nil {
		return // strings and finite numbers always encode
	}
	fmt.Fprintf(w, "data: %s\n\n", data)
}
