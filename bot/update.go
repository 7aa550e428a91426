package bot

import (
	"context"

	"excursobot/bot/intake"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/store"
)

// handler answers one update. If it returns an error, the log has it, and the person gets an honest sentence.
type handler func(ctx context.Context, u *update) error

// update is an update under way, and the person who sent it.
type update struct {
	*intake.Task

	user  store.User
	words *text.Words // in the person's language
	fresh bool        // the person was never seen before
	goes  bool        // on after its story: that does not make the update done
}

// located returns the message with the location: sent or edited.
func (u *update) located() *telegram.Incoming {
	if u.Edited != nil {
		return u.Edited
	}
	return u.Message
}

// location returns the point of a message with a location or a venue.
func location(m *telegram.Incoming) (geo.Point, bool) {
	switch {
	case m.Venue != nil:
		return geo.Point{Lat: float64(m.Venue.Location.Lat), Lon: float64(m.Venue.Location.Lng)}, true
	case m.Location != nil:
		return geo.Point{Lat: float64(m.Location.Lat), Lon: float64(m.Location.Lng)}, true
	default:
		return geo.Point{}, false
	}
}

// content reports whether a message without text was meant for the bot.
func content(m *telegram.Incoming) bool {
	return m.Sticker != nil || m.Photo != nil || m.Voice != nil || m.Video != nil || m.VideoNote != nil || m.Audio != nil ||
		m.Animation != nil || m.Document != nil || m.Contact != nil || m.Poll != nil || m.Dice != nil
}
