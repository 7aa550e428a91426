package sim

// sendMessageDraft shows a preview in a private chat. It shares the limits of messages.
func (t messageMethods) sendMessageDraft(req *request) (any, error) {
	if req.number("draft_id", 0, -1<<53, 1<<53) == 0 {
		return nil, badRequest("DRAFT_ID_INVALID")
	}
	text, _, err := formatted(req, "text")
	if err != nil {
		return nil, err
	}
	if utf16Len(text) > maxText {
		return nil, badRequest("message is too long")
	}
	c, err := t.chatLocked(req)
	if err != nil {
		return nil, err
	}
	if c.api.Type != "private" {
		return nil, badRequest("PEER_ID_INVALID")
	}
	topic, err := c.topic(req)
	if err != nil {
		return nil, err
	}
	if err := t.admitLocked(c); err != nil {
		return nil, err
	}
	t.emitLocked(Event{Kind: "draft", Chat: c.api.ID, Topic: topic, Text: text})
	return true, nil
}
