package sim

import (
	"bytes"
	"encoding/json"
	"reflect"
	"time"
)

// deletable is the age up to which the bot may delete its messages.
const deletable = 48 * time.Hour

// editableLocked finds the bot's message that a call edits, and counts the edit against the limits.
func (t messageMethods) editableLocked(req *request) (*chat, *message, error) {
	c, m, err := t.messageLocked(req, "edit")
	if err != nil {
		return nil, nil, err
	}
	if !m.view.FromBot {
		return nil, nil, badRequest("message can't be edited")
	}
	if err := t.admitLocked(c); err != nil {
		return nil, nil, err
	}
	return c, m, nil
}

// messageLocked finds the message that a call refers to.
func (t messageMethods) messageLocked(req *request, verb string) (*chat, *message, error) {
	c, err := t.chatLocked(req)
	if err != nil {
		return nil, nil, err
	}
	if req.text("message_id") == "" {
		return nil, nil, badRequest("message identifier is not specified")
	}
	m := c.find(int(req.number("message_id", 0, 0, 1<<31)))
	if m == nil {
		return nil, nil, badRequest("message to %s not found", verb)
	}
	return c, m, nil
}

var notModified = badRequest("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")

func (t messageMethods) editMessageText(req *request) (any, error) {
	text, entities, err := messageText(req)
	if err != nil {
		return nil, err
	}
	address, options, err := readPreview(req)
	if err != nil {
		return nil, err
	}
	k, err := readInline(req)
	if err != nil {
		return nil, err
	}
	if err := checkText(text); err != nil {
		return nil, err
	}
	c, m, err := t.editableLocked(req)
	if err != nil {
		return nil, err
	}
	if m.api.Text == "" {
		return nil, badRequest("there is no text in the message to edit")
	}
	if m.api.Text == text && sameEntities(m.api.Entities, entities) && bytes.Equal(m.api.LinkPreview, options) && sameInline(m.api.ReplyMarkup, k.inline) {
		return nil, notModified
	}
	m.api.Text, m.api.Entities, m.api.LinkPreview = text, entities, options
	m.view.Text, m.view.HTML, m.view.Preview, m.view.Raw = text, req.text("text"), address, req.raw
	m.apply(k)
	t.editedLocked(c, m)
	return m.api, nil
}

func (t messageMethods) editMessageCaption(req *request) (any, error) {
	caption, entities, err := formatted(req, "caption")
	if err != nil {
		return nil, err
	}
	k, err := readInline(req)
	if err != nil {
		return nil, err
	}
	if utf16Len(caption) > maxCaption {
		return nil, badRequest("message caption is too long")
	}
	c, m, err := t.editableLocked(req)
	if err != nil {
		return nil, err
	}
	if m.api.Photo == nil && m.api.Document == nil && m.api.Voice == nil && m.api.Audio == nil {
		return nil, badRequest("there is no caption in the message to edit")
	}
	if m.api.Caption == caption && sameEntities(m.api.CaptionEntities, entities) && sameInline(m.api.ReplyMarkup, k.inline) {
		return nil, notModified
	}
	m.api.Caption, m.api.CaptionEntities = caption, entities
	m.view.Text, m.view.HTML, m.view.Raw = caption, req.text("caption"), req.raw
	m.apply(k)
	t.editedLocked(c, m)
	return m.api, nil
}

func (t messageMethods) editMessageReplyMarkup(req *request) (any, error) {
	k, err := readInline(req)
	if err != nil {
		return nil, err
	}
	c, m, err := t.editableLocked(req)
	if err != nil {
		return nil, err
	}
	if sameInline(m.api.ReplyMarkup, k.inline) {
		return nil, notModified
	}
	m.apply(k)
	t.editedLocked(c, m)
	return m.api, nil
}

func (t messageMethods) deleteMessage(req *request) (any, error) {
	c, m, err := t.messageLocked(req, "delete")
	if err != nil {
		return nil, err
	}
	if time.Since(m.view.At) > deletable {
		return nil, badRequest("message can't be deleted for everyone")
	}
	c.remove(m.api.MessageID)
	t.emitLocked(Event{Kind: "delete", Chat: c.api.ID, Message: m.view})
	return true, nil
}

func (t messageMethods) pinChatMessage(req *request) (any, error) {
	c, _, err := t.messageLocked(req, "pin")
	if err != nil {
		return nil, err
	}
	if c.blocked {
		return nil, blockedError
	}
	return true, nil
}

func (t messageMethods) setMessageReaction(req *request) (any, error) {
	var reactions []struct {
		Type  string `json:"type"`
		Emoji string `json:"emoji"`
	}
	if text := req.text("reaction"); text != "" && json.Unmarshal([]byte(text), &reactions) != nil {
		return nil, badRequest("expected an Array of ReactionType")
	}
	c, _, err := t.messageLocked(req, "react")
	if err != nil {
		return nil, err
	}
	for _, r := range reactions {
		if len(reactions) > 1 || r.Type != "emoji" || r.Emoji == "" {
			return nil, badRequest("REACTION_INVALID")
		}
	}
	if c.blocked {
		return nil, blockedError
	}
	return true, nil
}

// actions lists the actions of sendChatAction.
var actions = map[string]bool{
	"typing": true, "upload_photo": true, "record_video": true, "upload_video": true, "record_voice": true, "upload_voice": true,
	"upload_document": true, "choose_sticker": true, "find_location": true, "record_video_note": true, "upload_video_note": true,
}

func (t messageMethods) sendChatAction(req *request) (any, error) {
	action := req.text("action")
	if !actions[action] {
		return nil, badRequest("wrong parameter action in request")
	}
	c, err := t.chatLocked(req)
	topic := 0
	if err == nil {
		topic, err = c.topic(req)
	}
	if err == nil {
		err = t.admitOneLocked(&c.actions)
	}
	if err != nil {
		return nil, err
	}
	if c.blocked {
		return nil, blockedError
	}
	t.emitLocked(Event{Kind: "typing", Chat: c.api.ID, Topic: topic, Text: action})
	return true, nil
}

// readInline reads the markup of an edit, which may only be an inline keyboard.
func readInline(req *request) (markup, error) {
	k, err := readMarkup(req)
	if err == nil && k.other {
		err = badRequest("inline keyboard expected")
	}
	return k, err
}

func sameInline(a, b *apiInline) bool { return reflect.DeepEqual(a, b) }

// sameEntities reports whether the entities are equal; nil and empty are equal.
func sameEntities(a, b []apiEntity) bool {
	return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b)
}
