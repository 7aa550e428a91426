package demo

import (
	"math"
	"net/http"

	"excursobot/bot/sim"
	"excursobot/bot/web"
	"excursobot/geo"
)

// action is one action of a person in a chat.
type action struct {
	Person  int64    `json:"person"`
	Lat     *float64 `json:"lat"`
	Lon     *float64 `json:"lon"`
	Share   bool     `json:"share"`   // a live location begins at the point
	Walk    int      `json:"walk"`    // the message of a live location that the point moves; without a point the sharing ends
	Text    string   `json:"text"`    // or the caption of a picture
	Picture string   `json:"picture"` // the id of a sample picture
	Message int      `json:"message"` // its button is pressed
	Data    string   `json:"data"`    // of the button
	Pay     int      `json:"pay"`     // the message of an invoice
}

// serveAct executes an action: send a location, a text or a picture, share a location and move, press a button, or pay.
func (d *pageServer) serveAct(w http.ResponseWriter, r *http.Request) {
	var ask action
	if !readAsk(w, r, &ask) {
		return
	}
	person := d.person(ask.Person)
	if person == nil {
		http.Error(w, "unknown person; reload the page", http.StatusNotFound)
		return
	}
	switch {
	case ask.Lat != nil && ask.Lon != nil:
		ask.locate(w, person)
		return
	case ask.Walk != 0:
		person.StopSharing(ask.Walk)
	case ask.Message != 0 && ask.Data != "":
		if person.Press(ask.Message, ask.Data) == 0 {
			http.Error(w, "that message has no such button now", http.StatusNotFound)
			return
		}
	case ask.Pay != 0:
		if person.Pay(ask.Pay) == 0 {
			http.Error(w, "that message is no invoice", http.StatusNotFound)
			return
		}
	case ask.Picture != "" && len(ask.Text) <= maxText:
		picture := d.world.picture(ask.Picture)
		if picture == nil {
			http.Error(w, "there is no such picture", http.StatusNotFound)
			return
		}
		person.Photo(picture.png, ask.Text, "", 0)
	case ask.Text != "" && len(ask.Text) <= maxText:
		person.Say(ask.Text)
	default:
		http.Error(w, "send a location, a text of up to 2000 bytes, a picture, a button or an invoice to pay", http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// locate executes an action with a point: send the point, share it, or move a live location there.
func (ask *action) locate(w http.ResponseWriter, person *sim.Person) {
	p := geo.Point{Lat: *ask.Lat, Lon: *ask.Lon}
	if !p.Valid() || math.IsNaN(p.Lat) || math.IsNaN(p.Lon) {
		http.Error(w, "latitude is -90 to 90, longitude -180 to 180", http.StatusBadRequest)
		return
	}
	switch {
	case ask.Share:
		_, message := person.Share(p.Lat, p.Lon, livePeriod)
		web.WriteJSON(w, http.StatusOK, map[string]int{"walk": message})
		return
	case ask.Walk == 0:
		person.Locate(p.Lat, p.Lon)
	case person.Move(ask.Walk, p.Lat, p.Lon, 0) == 0:
		http.Error(w, "that location is not shared any more", http.StatusNotFound)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
