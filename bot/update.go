package bot

import (
	"context"
	"time"

	tele "gopkg.in/telebot.v3"

	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/store"
)

// handler answers one update. Its error is logged, and the person gets an honest sentence.
type handler func(ctx context.Context, u *update) error

// job is what an update asks for.
type job struct {
	kind     string // for the metrics: location, command, text, button, member, live, other
	lane     lane
	story    bool        // takes a token of the story buckets
	lasting  bool        // a story that is as welcome later: a walk goes on
	fleeting bool        // lost with the process, and no harm: it is not kept in the inbox
	vital    bool        // never taken without being kept: a payment, until it is stored by itself, and a refund
	money    bool        // passes every bucket, the pause and a ban
	now      func() bool // tried at arrival, instead of a lane; true = that was all. Such a job is not remembered as done: a newer one makes it worthless
	run      handler     // nil = nothing to do
}

// update is an update as the handlers see it.
type update struct {
	ID           int64
	Arrived      time.Time
	Chat         int64
	Private      bool
	Person       int64 // 0 = nobody who could be answered
	LanguageCode string

	Message  *tele.Message // exactly one of these five, or none
	Edited   *tele.Message
	Callback *tele.Callback
	Member   *tele.ChatMemberUpdate
	Checkout *tele.PreCheckoutQuery

	Refunded *tele.Payment // of Message; telebot does not know it

	user  store.User  // from meet
	words *text.Words // theirs
	fresh bool        // never seen before
	Brief bool        // all people together ask too much: answered without the model
	done  bool        // recorded as done already
	kept  chan error  // of a checkout: how storing it went; nil = nobody stores it

	anywhere bool // answered here, whichever replica the chat belongs to

	Shown struct { // what the person has seen of the answer, in the process before this one too
		Place   string // "" = not chosen
		Message int    // that is to become the answer; 0 = none
	}
}

// newUpdate picks out who wrote what, where. Channel posts, anonymous administrators and other bots are nobody.
func newUpdate(full *tele.Update) *update {
	u := &update{Message: full.Message, Edited: full.EditedMessage, Callback: full.Callback, Member: full.MyChatMember, Checkout: full.PreCheckoutQuery}
	var from *tele.User
	var chat *tele.Chat
	switch {
	case u.Message != nil && u.Message.SenderChat == nil:
		from, chat = u.Message.Sender, u.Message.Chat
	case u.Edited != nil && u.Edited.SenderChat == nil:
		from, chat = u.Edited.Sender, u.Edited.Chat
	case u.Callback != nil && u.Callback.Message != nil:
		from, chat = u.Callback.Sender, u.Callback.Message.Chat
	case u.Callback != nil && u.Callback.Sender != nil: // the button's message is too old to be shown to us
		from, chat = u.Callback.Sender, &tele.Chat{ID: u.Callback.Sender.ID, Type: tele.ChatPrivate}
	case u.Member != nil:
		from, chat = u.Member.Sender, u.Member.Chat
	case u.Checkout != nil && u.Checkout.Sender != nil:
		from, chat = u.Checkout.Sender, &tele.Chat{ID: u.Checkout.Sender.ID, Type: tele.ChatPrivate}
	}
	if from == nil || chat == nil || from.IsBot || from.ID == 0 || chat.ID == 0 {
		return u
	}
	switch chat.Type {
	case tele.ChatPrivate:
		u.Private = true
	case tele.ChatGroup, tele.ChatSuperGroup:
	default:
		return u
	}
	u.Person, u.Chat, u.LanguageCode = from.ID, chat.ID, telegram.Truncate(from.LanguageCode, 35)
	return u
}

// located returns the message with the location, new or edited.
func (u *update) located() *tele.Message {
	if u.Edited != nil {
		return u.Edited
	}
	return u.Message
}

// location returns the point of a message with a location or a venue.
func location(m *tele.Message) (geo.Point, bool) {
	switch {
	case m.Venue != nil:
		return geo.Point{Lat: float64(m.Venue.Location.Lat), Lon: float64(m.Venue.Location.Lng)}, true
	case m.Location != nil:
		return geo.Point{Lat: float64(m.Location.Lat), Lon: float64(m.Location.Lng)}, true
	default:
		return geo.Point{}, false
	}
}

// content reports whether a message without text has content of the person, and is not a service message.
func content(m *tele.Message) bool {
	return m.Sticker != nil || m.Photo != nil || m.Voice != nil || m.Video != nil || m.VideoNote != nil || m.Audio != nil ||
		m.Animation != nil || m.Document != nil || m.Contact != nil || m.Poll != nil || m.Dice != nil
}
