package bot

import (
	"cmp"
	"context"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/store"
)

// pins shows places on the map.
type pins struct {
	out   *telegram.Sender
	store store.Places
}

// venue is the payload of sendVenue.
type venue struct {
	Lat     float64 `json:"latitude"`
	Lon     float64 `json:"longitude"`
	Title   string  `json:"title"`
	Address string  `json:"address"`
	Silent  bool    `json:"disable_notification"`
}

const (
	pinText = 128             // characters of a venue's title and address: more does not fit on a phone
	pinMost = 3 * time.Second // the next message in the chat waits for it
)

// send sends the story's place as a pin on the map, without a sound. When there are too many messages, pins are left out first. A failure is
// ignored, because the story has a button or a link that opens the map.
func (pn *pins) send(ctx context.Context, to telegram.Target, words *text.Words, user store.User, s guide.Story) {
	if user.HidePins || !located(s.Place) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, pinMost)
	defer cancel()
	to.Reply = 0 // the story is the answer
	pn.out.SendOptional(ctx, to, "sendVenue", venue{
		Lat: s.Place.Point.Lat, Lon: s.Place.Point.Lon, Silent: true,
		Title: telegram.Truncate(s.Place.Title, pinText), Address: telegram.Truncate(pn.address(ctx, words, s), pinText),
	})
}

// address returns the line below a venue's title: what the place is, or how far away it is. A story of the library comes without its place's
// description, which may be in the store.
func (pn *pins) address(ctx context.Context, words *text.Words, s guide.Story) string {
	description := s.Place.Description
	if description == "" {
		if p, err := pn.store.Place(ctx, s.Place.ID, s.Place.Language); err == nil { // otherwise the distance is shown
			description = p.Description
		}
	}
	away := telegram.Plain(words.Say("story.distance", "distance", words.Distance(s.Distance)))
	return cmp.Or(capital(description), away)
}

// located reports whether a source gave the place's position. A missing pin is better than a wrong one, and 0,0 means unknown.
func located(p store.Place) bool {
	return p.Title != "" && p.Point.Valid() && p.Point != geo.Point{}
}
