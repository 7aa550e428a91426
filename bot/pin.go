package bot

import (
	"context"
	"strings"
	"sync"
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
	known descriptions
}

// descriptions remembers what the places are that were shown lately: many people hear about the same ones, and to read one takes longer than the rest
// of its pin. It forgets all of them after describedFor, or when it holds describedMost.
type descriptions struct {
	mu    sync.Mutex
	since time.Time
	texts map[described]string
}

// described is a place, as one language describes it.
type described struct{ place, language string }

const (
	describedFor  = time.Hour // a place is read again from its source after a week
	describedMost = 1000
)

func (d *descriptions) get(of described) (string, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if time.Since(d.since) >= describedFor {
		return "", false
	}
	text, ok := d.texts[of]
	return text, ok
}

func (d *descriptions) put(of described, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := time.Now(); d.texts == nil || len(d.texts) >= describedMost || now.Sub(d.since) >= describedFor {
		d.since, d.texts = now, make(map[described]string)
	}
	d.texts[of] = text
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
		description = pn.description(ctx, s.Place)
	}
	if description != "" {
		return capital(description)
	}
	return telegram.Plain(words.Say("story.distance", "distance", words.Distance(s.Distance)))
}

// description returns what is stored about a place, "" if there is nothing.
func (pn *pins) description(ctx context.Context, p store.Place) string {
	of := described{p.ID, p.Language}
	if text, ok := pn.known.get(of); ok {
		return text
	}
	stored, err := pn.store.Place(ctx, p.ID, p.Language)
	if err != nil { // it may be there the next time
		return ""
	}
	text := strings.Clone(stored.Description) // without the rest of the record
	pn.known.put(of, text)
	return text
}

// located reports whether a source gave the place's position. A missing pin is better than a wrong one, and 0,0 means unknown.
func located(p store.Place) bool {
	return p.Title != "" && p.Point.Valid() && p.Point != geo.Point{}
}
