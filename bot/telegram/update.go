package telegram

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	tele "gopkg.in/telebot.v3"
)

// The parts of an update, as telebot decodes them.
type (
	// Incoming is a message that came in.
	Incoming = tele.Message
	// Entity marks a part of a text.
	Entity = tele.MessageEntity
	// Callback is the press of a button.
	Callback = tele.Callback
	// ChatMemberUpdate tells that a person blocked the bot, or let it back in.
	ChatMemberUpdate = tele.ChatMemberUpdate
	// PreCheckoutQuery asks whether a payment is welcome.
	PreCheckoutQuery = tele.PreCheckoutQuery
	// InlineQuery is what a person types behind the bot's name in any chat.
	InlineQuery = tele.Query
	// Payment is a payment that was made.
	Payment = tele.Payment
)

// EntityTextLink is the type of an entity whose words hide a link.
const EntityTextLink = tele.EntityTextLink

// EntityMention is the type of an entity that is "@" and a name.
const EntityMention = tele.EntityMention

// AllowedUpdates are the kinds of updates that Decode understands, by Telegram's names.
func AllowedUpdates() []string {
	return []string{"message", "edited_message", "callback_query", "my_chat_member", "pre_checkout_query", "inline_query", "guest_message"}
}

// Update is a decoded update: what came, from whom, and where. At most one of Message, Edited, Callback, Member, Checkout,
// Inline and Guest is set.
type Update struct {
	ID           int64
	Arrived      time.Time // at this machine, or at the one that stored it
	Chat         int64
	Topic        int    // of a forum, or of a private chat with topics, in which it came; 0 = none
	Private      bool   // the chat is with the person alone
	Person       int64  // 0 = there is no person who could be answered
	LanguageCode string // of the person's Telegram

	Message  *Incoming
	Edited   *Incoming
	Callback *Callback
	Member   *ChatMemberUpdate
	Checkout *PreCheckoutQuery
	Inline   *InlineQuery
	Guest    *GuestMessage

	Sizes []PhotoSize // of the photo in Message

	Refunded *Payment // in Message; telebot does not know it

	Odd error // why only a part of the update was read; nil = all of it

	MovedFrom, MovedTo int64 // Message tells that the group became this supergroup; 0 = it does not
}

// longestCode bounds the characters of a language code.
const longestCode = 35

var errNoID = errors.New("no update_id")

// UpdateID returns the id of an update. Nothing else in it must be readable.
func UpdateID(raw []byte) (int64, error) {
	var head struct {
		ID *int64 `json:"update_id"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return 0, err
	}
	if head.ID == nil {
		return 0, errNoID
	}
	return *head.ID, nil
}

// Decode reads a whole update. Arrived is left to the caller. A field that nobody reads does not make an update unreadable: see Update.Odd.
func Decode(raw []byte) (*Update, error) {
	u, err := decode(raw)
	if err != nil {
		return decodeOdd(raw, err)
	}
	return u, nil
}

// decode reads an update with telebot's decoder, which panics on some odd shapes (a photo without sizes): that is an error.
func decode(raw []byte) (u *Update, err error) {
	defer func() {
		if r := recover(); r != nil {
			u, err = nil, fmt.Errorf("decode update: %v", r)
		}
	}()
	var full tele.Update
	if err := json.Unmarshal(raw, &full); err != nil {
		return nil, fmt.Errorf("decode update: %w", err)
	}
	u = newUpdate(&full)
	for _, read := range []func([]byte) error{u.readRefund, u.readSizes, u.readGuest} { // which telebot does not know
		if err := read(raw); err != nil {
			return nil, fmt.Errorf("decode update: %w", err)
		}
	}
	return u, nil
}

// To returns where an answer to the update goes: to its topic and, in a group, as a reply, because others write there too.
func (u *Update) To() Target {
	to := Target{Chat: u.Chat, Topic: u.Topic}
	if m := u.message(); m != nil && !u.Private {
		to.Reply = m.ID
	}
	return to
}

// message returns the message that came, was edited, or has the button that was pressed; nil if there is none.
func (u *Update) message() *Incoming {
	switch {
	case u.Message != nil:
		return u.Message
	case u.Edited != nil:
		return u.Edited
	case u.Callback != nil:
		return u.Callback.Message
	default:
		return nil
	}
}

// newUpdate finds out who wrote and where. Channel posts, anonymous administrators and other bots are not persons.
func newUpdate(full *tele.Update) *Update {
	u := &Update{
		ID: int64(full.ID), Message: full.Message, Edited: full.EditedMessage, Callback: full.Callback, Member: full.MyChatMember,
		Checkout: full.PreCheckoutQuery, Inline: full.Query,
	}
	if q := u.Inline; q != nil {
		if q.Sender != nil && !q.Sender.IsBot {
			u.Person, u.LanguageCode = q.Sender.ID, Truncate(q.Sender.LanguageCode, longestCode)
		}
		return u
	}
	if m := u.Message; m != nil && m.Chat != nil && (m.MigrateTo != 0 || m.MigrateFrom != 0) {
		from, to := cmp.Or(m.MigrateFrom, m.Chat.ID), cmp.Or(m.MigrateTo, m.Chat.ID)
		if from < 0 && to < 0 && from != to { // groups have negative ids
			u.MovedFrom, u.MovedTo = from, to
		}
		u.Chat = m.Chat.ID
		return u
	}
	from, chat := u.origin()
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
	u.Person, u.Chat, u.LanguageCode = from.ID, chat.ID, Truncate(from.LanguageCode, longestCode)
	// A message in a thread of replies has a thread too, which is not a topic.
	if m := u.message(); m != nil && m.TopicMessage {
		u.Topic = m.ThreadID
	}
	return u
}

func (u *Update) origin() (from *tele.User, chat *tele.Chat) {
	switch {
	case u.Message != nil && u.Message.SenderChat == nil:
		return u.Message.Sender, u.Message.Chat
	case u.Edited != nil && u.Edited.SenderChat == nil:
		return u.Edited.Sender, u.Edited.Chat
	case u.Callback != nil && u.Callback.Message != nil:
		return u.Callback.Sender, u.Callback.Message.Chat
	case u.Callback != nil && u.Callback.Sender != nil: // the button's message is too old for Telegram to show it
		return u.Callback.Sender, &tele.Chat{ID: u.Callback.Sender.ID, Type: tele.ChatPrivate}
	case u.Member != nil:
		return u.Member.Sender, u.Member.Chat
	case u.Checkout != nil && u.Checkout.Sender != nil:
		return u.Checkout.Sender, &tele.Chat{ID: u.Checkout.Sender.ID, Type: tele.ChatPrivate}
	default:
		return nil, nil
	}
}

// MayBeCheckout reports whether an update may be a pre-checkout query, without decoding it.
func MayBeCheckout(raw []byte) bool { return bytes.Contains(raw, []byte(`"pre_checkout_query"`)) }

// readRefund reads a message's refunded_payment.
func (u *Update) readRefund(raw []byte) error {
	if !bytes.Contains(raw, []byte(`"refunded_payment"`)) {
		return nil
	}
	var in struct {
		Message struct {
			Refunded *Payment `json:"refunded_payment"`
		} `json:"message"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	if r := in.Message.Refunded; r != nil && r.TelegramChargeID != "" {
		u.Refunded = r
	}
	return nil
}

// GuestMessage is a message that mentions the bot in a chat in which it is not.
type GuestMessage struct {
	Incoming
	Query string // which the answer names
}

// readGuest reads a guest_message.
func (u *Update) readGuest(raw []byte) error {
	if !bytes.Contains(raw, []byte(`"guest_message"`)) {
		return nil
	}
	var in struct {
		Guest *struct {
			Query string `json:"guest_query_id"`
		} `json:"guest_message"`
	}
	var message struct {
		Guest *Incoming `json:"guest_message"`
	}
	if err := errors.Join(json.Unmarshal(raw, &in), json.Unmarshal(raw, &message)); err != nil {
		return err
	}
	m := message.Guest
	if m == nil || in.Guest.Query == "" || m.Sender == nil || m.Sender.IsBot || m.Chat == nil {
		return nil
	}
	u.Guest = &GuestMessage{Incoming: *m, Query: in.Guest.Query}
	u.Person, u.LanguageCode = m.Sender.ID, Truncate(m.Sender.LanguageCode, longestCode)
	return nil
}
