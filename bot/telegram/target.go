package telegram

import (
	"bytes"
	"encoding/json"
	"maps"
	"strconv"
	"strings"
)

// Target is where a message goes.
type Target struct {
	Chat  int64
	Topic int // of a forum, or of a private chat with topics; 0 = none
	Reply int // the message to which the next message replies; 0 = none
}

// private reports whether the chat is with one person. Telegram gives people positive ids, and groups negative ones.
func (t Target) private() bool { return t.Chat > 0 }

// place is the part of a call's parameters that tells where it goes.
type place struct {
	Chat  int64     `json:"chat_id"`
	Topic int       `json:"message_thread_id,omitempty"`
	Reply *answered `json:"reply_parameters,omitempty"`
}

// answered names the message that is answered. If it was deleted meanwhile, the answer is still sent.
type answered struct {
	Message   int  `json:"message_id"`
	MissingOK bool `json:"allow_sending_without_reply"`
}

// in returns the parameters that the method takes. An edit stays in the topic of its message, and only a message can be a reply.
func (t Target) in(method string) place {
	p := place{Chat: t.Chat}
	if !strings.HasPrefix(method, "send") {
		return p
	}
	p.Topic = t.Topic
	if t.Reply != 0 && method != methodAction {
		p.Reply = &answered{t.Reply, true}
	}
	return p
}

// addressed is a payload, which is an object in JSON, together with its place.
type addressed struct {
	place   place
	payload any
}

// MarshalJSON writes one object with the parameters of both.
func (a addressed) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := a.write(&b)
	return b.Bytes(), err
}

// write writes the object of MarshalJSON and a new line to an empty buffer.
func (a addressed) write(b *bytes.Buffer) error {
	e := json.NewEncoder(b) // which ends each object in a new line
	if err := e.Encode(a.place); err != nil || a.payload == nil {
		return err
	}
	n := b.Len()
	if err := e.Encode(a.payload); err != nil {
		return err
	}
	if b.Len()-n <= len("{}\n") {
		b.Truncate(n)
		return nil
	}
	joined := b.Bytes() // `{...}`, a new line, `{...}`, a new line
	joined[n-len("}\n")] = ','
	copy(joined[n-len("\n"):], joined[n+len("{"):])
	b.Truncate(b.Len() - len("\n{"))
	return nil
}

// address returns the payload of a call with its place.
func address(to Target, method string, payload any) (any, error) {
	p := to.in(method)
	form, ok := payload.(Form)
	if !ok {
		return addressed{p, payload}, nil
	}
	fields := map[string]string{"chat_id": strconv.FormatInt(p.Chat, 10)}
	if p.Topic != 0 {
		fields["message_thread_id"] = strconv.Itoa(p.Topic)
	}
	if p.Reply != nil {
		reply, err := json.Marshal(p.Reply)
		if err != nil {
			return nil, err
		}
		fields["reply_parameters"] = string(reply)
	}
	maps.Copy(fields, form.Fields)
	form.Fields = fields
	return form, nil
}
