package demo

import (
	"context"
	"math"
	"net/http"
	"time"

	"excursobot/bot/sim"
	"excursobot/bot/web"
	"excursobot/geo"
)

const (
	// friends is a group in which the bot is not.
	friends = -700
	// elsewhereMost is how long the page waits for the bot's answer. Telegram's clients wait about as long.
	elsewhereMost = 10 * time.Second
)

// elsewhere is what a person does in a chat in which the bot is not.
type elsewhere struct {
	Person  int64   `json:"person"`
	Text    string  `json:"text"`    // behind the bot's name, or the message that mentions it
	Mention bool    `json:"mention"` // the message was sent; else the person is typing
	Lat     float64 `json:"lat"`     // of the person, while they type
	Lon     float64 `json:"lon"`
}

// offered is a result as the page shows it.
type offered struct {
	Title       string         `json:"title"`
	Description string         `json:"description"`
	HTML        string         `json:"html"`
	Preview     string         `json:"preview,omitempty"`
	Buttons     [][]sim.Button `json:"buttons,omitempty"`
}

// serveElsewhere asks the bot from a chat in which it is not (inline and guest queries), and returns its answer.
func (d *pageServer) serveElsewhere(w http.ResponseWriter, r *http.Request) {
	var ask elsewhere
	if !readAsk(w, r, &ask) {
		return
	}
	person := d.person(ask.Person)
	p := geo.Point{Lat: ask.Lat, Lon: ask.Lon}
	switch {
	case person == nil:
		http.Error(w, "unknown person; reload the page", http.StatusNotFound)
		return
	case !p.Valid() || math.IsNaN(p.Lat) || math.IsNaN(p.Lon), len(ask.Text) > maxText:
		http.Error(w, "latitude is -90 to 90, longitude -180 to 180, a text has up to 2000 bytes", http.StatusBadRequest)
		return
	}
	events, end := d.watch(ask.Person)
	defer end()
	var query string
	if ask.Mention {
		_, query = person.Summon(friends, ask.Text)
	} else {
		_, query = person.Query(ask.Text, ask.Lat, ask.Lon)
	}
	if query == "" {
		http.Error(w, "the bot has not switched this on yet; it does so some seconds after its start", http.StatusServiceUnavailable)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), elsewhereMost)
	defer cancel()
	answer, ok := d.answerTo(ctx, query, events)
	if !ok {
		http.Error(w, "the bot gave no answer", http.StatusGatewayTimeout)
		return
	}
	results := make([]offered, len(answer.Results))
	for i, one := range answer.Results {
		results[i] = offered{one.Title, one.Description, one.HTML, one.Preview, one.Buttons}
	}
	web.WriteJSON(w, http.StatusOK, map[string]any{"results": results, "button": answer.Button, "start": answer.Start})
}

// answerTo waits for the answer to a query.
func (d *pageServer) answerTo(ctx context.Context, query string, events <-chan sim.Event) (sim.Answered, bool) {
	for {
		if a, ok := d.world.telegram.Answered(query); ok {
			return a, true
		}
		select {
		case _, open := <-events:
			if !open { // more happened in the chat than this waited for
				return d.world.telegram.Answered(query)
			}
		case <-ctx.Done():
			return sim.Answered{}, false
		}
	}
}
