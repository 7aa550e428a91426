package store

import (
	"encoding/json"
)

// written are the fields of a message that hold what a person wrote or showed.
var written = []string{
	"text", "caption", "entities", "caption_entities", "quote", "photo", "voice", "video", "video_note", "audio", "document", "animation", "contact", "poll",
}

// WithoutWords returns an update without what the person wrote or showed in it: its kind, its people and its place stay. Text that is not an object, or holds
// no message, comes back as it is. Adapters call it when an update becomes a dead letter.
func WithoutWords(raw []byte) []byte {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return raw
	}
	found := false
	for _, name := range []string{"message", "edited_message"} {
		if m, ok := fields[name]; ok {
			fields[name], found = messageWithoutWords(m, true), true
		}
	}
	if !found {
		return raw
	}
	bare, err := json.Marshal(fields)
	if err != nil { // a raw message was read from JSON
		return []byte("{}")
	}
	return bare
}

func messageWithoutWords(raw json.RawMessage, outer bool) json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return json.RawMessage("{}")
	}
	for _, name := range written {
		delete(fields, name)
	}
	for _, name := range []string{"reply_to_message", "external_reply"} {
		if m, ok := fields[name]; ok && outer {
			fields[name] = messageWithoutWords(m, false)
		}
	}
	bare, err := json.Marshal(fields)
	if err != nil {
		return json.RawMessage("{}")
	}
	return bare
}
