package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"excursobot/bot/sim"
)

const (
	// maxEvents is the number of events that may wait for one page. A slower page is disconnected; it reconnects and gets the whole chat again.
	maxEvents = 256
	// refresh is the time between two reads of the bot's numbers. After maxQuiet reads without a change the numbers are sent anyway, because
	// only a write shows that a page has gone.
	refresh  = time.Second
	maxQuiet = 15
)

// publish sends an event to the pages that watch its chat. It never waits: a page that is too slow is disconnected.
func (d *pageServer) publish(e sim.Event) {
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

// watch returns the chat's events from now on. The channel is closed if the reader is too slow.
func (d *pageServer) watch(chat int64) (events chan sim.Event, end func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := make(chan sim.Event, maxEvents)
	d.watchers[chat] = append(d.watchers[chat], c)
	return c, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.watchers[chat] = slices.DeleteFunc(d.watchers[chat], func(x chan sim.Event) bool { return x == c })
	}
}

// serveEvents sends the chat between "begin" and "ready", and then all changes, as server-sent events. The bot's numbers are in the same
// stream, because a browser opens only six connections to one address for all of its tabs.
func (d *pageServer) serveEvents(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.URL.Query().Get("person"), 10, 64)
	person := d.person(id)
	if err != nil || person == nil {
		w.WriteHeader(http.StatusNoContent) // EventSource does not reconnect after this status
		return
	}
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{}) // the server's deadline is for answers that end
	w.Header().Set("Content-Type", "text/event-stream")
	events, end := d.watch(id) // before the chat is read, so that no event is lost; one may be sent twice
	defer end()
	writeEvent(w, sim.Event{Kind: "begin"})
	for _, m := range person.Messages() {
		writeEvent(w, sim.Event{Kind: "message", Chat: id, Message: m, At: m.At})
	}
	writeEvent(w, sim.Event{Kind: "ready"})
	shown, quiet := d.numbers(), 0
	writeNumbers(w, shown)
	ticker := time.NewTicker(refresh)
	defer ticker.Stop()
	for {
		if control.Flush() != nil {
			return
		}
		select {
		case e, ok := <-events:
			if !ok {
				return
			}
			writeEvent(w, e)
		case <-ticker.C:
			if n := d.numbers(); n != shown || quiet >= maxQuiet {
				writeNumbers(w, n)
				shown, quiet = n, 0
			}
			quiet++
		case <-r.Context().Done():
			return
		}
	}
}

// pageEvent is an event as the page reads it.
type pageEvent struct {
	Kind     string         `json:"kind"`
	Text     string         `json:"text,omitempty"` // of answers and of typing
	ID       int            `json:"id,omitempty"`
	FromBot  bool           `json:"fromBot,omitempty"`
	Method   string         `json:"method,omitempty"`
	HTML     string         `json:"html,omitempty"`
	Plain    string         `json:"plain,omitempty"`
	Detail   string         `json:"detail,omitempty"`
	Preview  string         `json:"preview,omitempty"`
	Buttons  [][]sim.Button `json:"buttons,omitempty"`
	Keyboard [][]string     `json:"keyboard,omitempty"`
	Asks     string         `json:"asks,omitempty"`
	Lat      float64        `json:"lat,omitempty"`
	Lon      float64        `json:"lon,omitempty"`
	Live     bool           `json:"live,omitempty"`
	Stars    int            `json:"stars,omitempty"`
	ReplyTo  int            `json:"replyTo,omitempty"`
	FileName string         `json:"fileName,omitempty"`
	Spoken   string         `json:"spoken,omitempty"` // of a simulated voice: what the page reads aloud
	Photo    bool           `json:"photo,omitempty"`  // of a person
	Silent   bool           `json:"silent,omitempty"`
	Edits    int            `json:"edits,omitempty"`
	At       int64          `json:"at,omitempty"` // Unix time in milliseconds
	EditedAt int64          `json:"editedAt,omitempty"`
}

func writeEvent(w io.Writer, e sim.Event) {
	m := e.Message
	out := pageEvent{
		Kind: e.Kind, Text: e.Text, ID: m.ID, FromBot: m.FromBot, Method: m.Method, HTML: m.HTML, Plain: m.Text, Detail: m.Detail,
		Preview: m.Preview, Buttons: m.Buttons, Keyboard: m.Keyboard, Asks: m.Asks, Lat: m.Lat, Lon: m.Lon, Live: m.Live,
		Stars: m.Stars, ReplyTo: m.ReplyTo, FileName: m.FileName, Edits: m.Edits,
	}
	if m.Method == "sendVoice" {
		out.Spoken, out.Silent = sim.SpokenText(m.File), m.Silent
	}
	out.Photo = !m.FromBot && len(m.File) > 0
	if !m.At.IsZero() {
		out.At = m.At.UnixMilli()
	}
	if !m.EditedAt.IsZero() {
		out.EditedAt = m.EditedAt.UnixMilli()
	}
	writeData(w, out)
}

func writeNumbers(w io.Writer, n botNumbers) {
	fmt.Fprint(w, "event: numbers\n")
	writeData(w, n)
}

func writeData(w io.Writer, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		return // strings and finite numbers always encode
	}
	fmt.Fprintf(w, "data: %s\n\n", data)
}
