package sim

import (
	"encoding/json"
	"math"
	"slices"
	"time"
)

// chatKept is the number of messages that a chat keeps. Older ones cannot be edited any more.
const chatKept = 1000

// Button is an inline button of a message.
type Button struct{ Text, Data, URL string }

// Message is a message in its current state. Its slices are shared: read only.
type Message struct {
	ID       int
	Topic    int // 0 = none
	FromBot  bool
	Method   string // that sent it: sendMessage, sendVenue, sendPhoto, ...; empty for a person's message
	Text     string // as shown, without markup; the title of a venue or an invoice
	Detail   string // the address of a venue or the description of an invoice
	HTML     string // as sent
	Preview  string // link_preview_options.url
	Buttons  [][]Button
	Keyboard [][]string // reply keyboard labels
	Asks     string     // the label of the button that sends the location
	Lat, Lon float64    // of a location or venue
	Live     bool       // a live location that was not stopped
	Stars    int        // of an invoice or a payment; negative for a refund
	ReplyTo  int        // the message that this one replies to; for a payment, the invoice
	Silent   bool       // sent without a sound
	Edits    int
	At       time.Time // sent
	EditedAt time.Time
	File     []byte // of a photo, document, voice or piece of music
	FileName string
	Raw      json.RawMessage // the last request that sent or edited it
}

// chat is the state of one chat. Telegram.mu guards it.
type chat struct {
	api      apiChat
	user     apiUser // of a private chat
	blocked  bool
	noVoices bool           // the person's settings refuse voice messages
	movedTo  int64          // the supergroup that the group became; 0 = it is none
	admins   map[int64]bool // of a group
	topics   map[int]bool   // by id: whether it is open; 0 = the general topic, which is there unless it was closed
	bucket   bucket         // of messages
	actions  bucket         // of chat actions
	messages []*message     // by id, at most chatKept
}

// message is a message of a chat, as the API and as people see it.
type message struct {
	api     apiMessage
	view    Message
	data    map[string]bool // callback data of all buttons that it ever had, because a phone may show an older version
	payload string          // of an invoice
}

// chatLocked returns the chat of the parameter chat_id.
func (t *Telegram) chatLocked(req *request) (*chat, error) {
	id := req.text("chat_id")
	if id == "" {
		return nil, badRequest("chat_id is empty")
	}
	c := t.chats[req.number("chat_id", 0, -1<<62, 1<<62)]
	switch {
	case c == nil:
		return nil, badRequest("chat not found")
	case c.movedTo != 0:
		moved := badRequest("group chat was upgraded to a supergroup chat")
		moved.Parameters = &apiErrorParams{MovedTo: c.movedTo}
		return nil, moved
	}
	return c, nil
}

// joinLocked adds a chat, unless it exists.
func (t *Telegram) joinLocked(api apiChat) *chat {
	c := t.chats[api.ID]
	if c == nil {
		c = &chat{
			api: api, user: apiUser{ID: api.ID, FirstName: api.FirstName}, topics: map[int]bool{},
			bucket: newBucket(chatRate, chatBurst), actions: newBucket(actionRate, actionBurst),
		}
		if api.ID < 0 {
			c.bucket = newBucket(groupRate, groupBurst)
		}
		t.chats[api.ID] = c
	}
	return c
}

// find returns the message, nil if there is none with the id.
func (c *chat) find(id int) *message {
	if i, ok := c.index(id); ok {
		return c.messages[i]
	}
	return nil
}

func (c *chat) index(id int) (int, bool) {
	return slices.BinarySearchFunc(c.messages, id, func(m *message, id int) int { return m.api.MessageID - id })
}

func (c *chat) remove(id int) bool {
	i, ok := c.index(id)
	if ok {
		c.messages = slices.Delete(c.messages, i, i+1)
	}
	return ok
}

// newMessage gives a message its id, chat and date.
func (t *Telegram) newMessage(c *chat, from *apiUser) *message {
	t.lastID++
	now := time.Now()
	return &message{
		api:  apiMessage{MessageID: t.lastID, From: from, Chat: c.api, Date: now.Unix()},
		view: Message{ID: t.lastID, FromBot: from != nil && from.IsBot, At: now},
	}
}

// addLocked adds a finished message to its chat and emits an event.
func (t *Telegram) addLocked(c *chat, m *message) {
	if len(c.messages) >= chatKept {
		c.messages = slices.Delete(c.messages, 0, len(c.messages)-chatKept+1)
	}
	c.messages = append(c.messages, m)
	t.emitLocked(Event{Kind: "message", Chat: c.api.ID, Message: m.view})
}

// editedLocked sets the time of an edit and emits an event.
func (t *Telegram) editedLocked(c *chat, m *message) {
	now := time.Now()
	m.api.EditDate = now.Unix()
	m.view.Edits++
	m.view.EditedAt = now
	t.emitLocked(Event{Kind: "edit", Chat: c.api.ID, Message: m.view})
}

// admitLocked counts a message to c against the limits, and refuses it if the person blocked the bot. A message over a limit does not count.
func (t messageMethods) admitLocked(c *chat) error {
	if t.cfg.Limits {
		now := time.Now()
		if d := max(t.bucket.wait(now), c.bucket.wait(now)); d > 0 {
			t.refused++
			return tooMany(int(math.Ceil(d.Seconds())))
		}
		t.bucket.take()
		c.bucket.take()
	}
	if c.blocked {
		return blockedError
	}
	return nil
}

// topic returns the topic to which a call goes, 0 = none or the general one.
func (c *chat) topic(req *request) (int, error) {
	id := int(req.number("message_thread_id", 0, 0, 1<<31))
	open, known := c.topics[id]
	switch {
	case !known && id != 0:
		return 0, badRequest("message thread not found")
	case known && !open:
		return 0, badRequest("TOPIC_CLOSED")
	}
	return id, nil
}

// in puts the message into a topic.
func (m *message) in(topic int) {
	m.api.ThreadID, m.api.IsTopicMessage, m.view.Topic = topic, topic != 0, topic
}
