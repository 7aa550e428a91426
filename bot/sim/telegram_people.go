package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// untilStopped is the live_period of a live location without an end.
const untilStopped = 0x7FFFFFFF

// Profile holds the profile of a person.
type Profile struct {
	ID           int64 // chat and user id
	FirstName    string
	LanguageCode string
}

// Person returns the person with the id of the profile and adds the chat on first use. A later profile replaces an earlier one.
func (t *Telegram) Person(p Profile) *Person {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.joinLocked(apiChat{ID: p.ID, Type: "private", FirstName: "Person"})
	if p.FirstName != "" {
		c.api.FirstName = p.FirstName
	}
	language := c.user.LanguageCode
	if p.LanguageCode != "" {
		language = p.LanguageCode
	}
	c.user = apiUser{ID: p.ID, FirstName: c.api.FirstName, LanguageCode: language}
	return &Person{t: t, home: c, chat: c}
}

// Person acts in a chat with the bot, which is the private one unless In was called. Every method returns the id of the update that it caused, or 0 if
// it caused none: the bot did not request the kind, 100 000 updates are pending, or there is no such message or button.
type Person struct {
	t     *Telegram
	home  *chat // the private chat
	chat  *chat // where the person acts
	topic int   // of the chat; 0 = none
}

// ID returns the person's id.
func (p *Person) ID() int64 { return p.home.api.ID }

// act runs fn with the lock held and then delivers the events.
func (p *Person) act(fn func(t *Telegram, c *chat) int64) int64 {
	defer p.t.deliverEvents()
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	return fn(p.t, p.chat)
}

// sayLocked adds a person's message to the chat and queues its update.
func (t *Telegram) sayLocked(c *chat, m *message) int64 {
	t.addLocked(c, m)
	return t.pushLocked(c, "message", m.api)
}

// pushLocked queues an update of the chat.
func (t *Telegram) pushLocked(c *chat, kind string, object any) int64 {
	raw, err := json.Marshal(object)
	if err != nil {
		panic(fmt.Sprintf("sim: %s update: %v", kind, err)) // the caller passed a coordinate that JSON cannot represent
	}
	return t.queue.push(c.api.ID, kind, raw)
}

// newMessage returns a new message of the person.
func (p *Person) newMessage() *message {
	m := p.t.fromPerson(p.home.user, p.chat)
	m.in(p.topic)
	return m
}

// fromPerson returns a new message of a user in a chat.
func (t *Telegram) fromPerson(user apiUser, c *chat) *message { return t.newMessage(c, &user) }

// Say sends a text.
func (p *Person) Say(text string) int64 { return p.Reply(0, text) }

// Reply sends a text in reply to a message of the chat. 0, or a message that is not there, makes it no reply.
func (p *Person) Reply(message int, text string) int64 {
	return p.act(func(t *Telegram, c *chat) int64 {
		m := p.newMessage()
		if to := c.find(message); to != nil {
			reply := to.api
			reply.ReplyTo = nil
			m.api.ReplyTo, m.view.ReplyTo = &reply, message
		}
		m.api.Text, m.view.Text = text, text
		if command, _, _ := strings.Cut(strings.ReplaceAll(text, "\n", " "), " "); len(command) > 1 && command[0] == '/' {
			m.api.Entities = []apiEntity{{Type: "bot_command", Length: utf16Len(command)}}
		}
		return t.sayLocked(c, m)
	})
}

// Locate sends a static location.
func (p *Person) Locate(lat, lon float64) int64 {
	return p.act(func(t *Telegram, c *chat) int64 {
		return t.sayLocked(c, p.located(apiLocation{Latitude: lat, Longitude: lon}))
	})
}

func (p *Person) located(where apiLocation) *message {
	m := p.newMessage()
	m.api.Location = &where
	m.view.Lat, m.view.Lon = where.Latitude, where.Longitude
	return m
}

// Share starts a live location (period in seconds, 0x7FFFFFFF = until stopped) and returns its message id too.
func (p *Person) Share(lat, lon float64, period int) (update int64, message int) {
	update = p.act(func(t *Telegram, c *chat) int64 {
		m := p.located(apiLocation{Latitude: lat, Longitude: lon, LivePeriod: period, HorizontalAccuracy: 12})
		message, m.view.Live = m.api.MessageID, true
		return t.sayLocked(c, m)
	})
	return update, message
}

// Move edits a live location; period as at the share. heading is in degrees, 1-360, 0 = unknown.
func (p *Person) Move(message int, lat, lon float64, heading int) int64 {
	return p.relocate(message, func(was apiLocation) apiLocation {
		was.Latitude, was.Longitude, was.Heading = lat, lon, heading
		return was
	})
}

// StopSharing ends a live location: it edits the message without live_period.
func (p *Person) StopSharing(message int) int64 {
	return p.relocate(message, func(was apiLocation) apiLocation {
		return apiLocation{Latitude: was.Latitude, Longitude: was.Longitude}
	})
}

// relocate edits a live location. The message keeps its period for later moves, also after a stop, because real edits can arrive after a stop too.
func (p *Person) relocate(id int, edit func(apiLocation) apiLocation) int64 {
	return p.act(func(t *Telegram, c *chat) int64 {
		m := c.find(id)
		if m == nil || m.view.FromBot || m.api.Location == nil || m.api.Location.LivePeriod == 0 {
			return 0
		}
		where := edit(*m.api.Location)
		m.view.Lat, m.view.Lon, m.view.Live = where.Latitude, where.Longitude, where.LivePeriod > 0
		t.editedLocked(c, m)
		edited := m.api
		edited.Location = &where
		m.api.Location = &apiLocation{
			Latitude: where.Latitude, Longitude: where.Longitude, Heading: where.Heading,
			LivePeriod: m.api.Location.LivePeriod, HorizontalAccuracy: m.api.Location.HorizontalAccuracy,
		}
		return t.pushLocked(c, "edited_message", edited)
	})
}

// Press presses an inline button by its data. A button that the message had before an edit works too, as on a phone that shows an old version.
func (p *Person) Press(message int, data string) int64 {
	return p.act(func(t *Telegram, c *chat) int64 {
		m := c.find(message)
		if m == nil || !m.data[data] {
			return 0
		}
		id := t.askLocked(query{kind: "callback", chat: c.api.ID})
		return t.pushLocked(c, "callback_query", apiCallback{
			ID: id, From: p.home.user, Message: m.api, Data: data,
			ChatInstance: strconv.FormatInt(c.api.ID*7919+104729, 10),
		})
	})
}

// Block makes every send to the person fail with 403 until Unblock. Both cause a my_chat_member update if the bot requested that kind.
func (p *Person) Block() { p.setBlocked(true) }

// Unblock ends Block.
func (p *Person) Unblock() { p.setBlocked(false) }

func (p *Person) setBlocked(blocked bool) {
	p.act(func(t *Telegram, c *chat) int64 {
		if c.blocked == blocked {
			return 0
		}
		c.blocked = blocked
		forever := int64(0)
		member, kicked := apiMemberState{User: t.me, Status: "member"}, apiMemberState{User: t.me, Status: "kicked", UntilDate: &forever}
		change := apiMember{Chat: c.api, From: c.user, Date: time.Now().Unix(), Old: kicked, New: member}
		if blocked {
			change.Old, change.New = member, kicked
		}
		return t.pushLocked(c, "my_chat_member", change)
	})
}

// Messages returns the messages of the chat in their current state, oldest first, at most the last 1000.
func (p *Person) Messages() []Message {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	out := make([]Message, len(p.chat.messages))
	for i, m := range p.chat.messages {
		out[i] = m.view
	}
	return out
}

// Inject delivers a raw update (a JSON object without update_id) that the other methods do not produce, and adds its chat. It
// panics on anything but a JSON object.
func (t *Telegram) Inject(update json.RawMessage) int64 {
	update = bytes.TrimSpace(update)
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(update, &fields); err != nil || fields == nil {
		panic(fmt.Sprintf("sim: Inject takes a JSON object, not %q: %v", update, err))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var chat apiChat
	var kind string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		kind = name
		if chat = chatOf(fields[name]); chat.ID != 0 {
			t.joinLocked(chat).topics[topicOf(fields[name])] = true
			break
		}
	}
	if len(fields) != 1 {
		kind = "" // not a kind that Telegram sends
	}
	return t.queue.pushRaw(chat.ID, kind, update)
}

// topicOf returns the topic of a message, 0 if there is none.
func topicOf(object json.RawMessage) int {
	var in struct {
		Topic int `json:"message_thread_id"`
	}
	_ = json.Unmarshal(object, &in) // an object of another shape has no topic
	return in.Topic
}

// chatOf returns the chat of an update's object, the zero chat if there is none.
func chatOf(object json.RawMessage) apiChat {
	var in struct {
		Chat    apiChat `json:"chat"`
		Message struct {
			Chat apiChat `json:"chat"`
		} `json:"message"`
		From apiUser `json:"from"`
	}
	_ = json.Unmarshal(object, &in) // an object of another shape has no chat
	switch {
	case in.Chat.ID != 0:
		return in.Chat
	case in.Message.Chat.ID != 0:
		return in.Message.Chat
	case in.From.ID != 0:
		return apiChat{ID: in.From.ID, Type: "private", FirstName: in.From.FirstName}
	}
	return apiChat{}
}
