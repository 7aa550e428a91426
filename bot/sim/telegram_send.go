package sim

import (
	"encoding/json"
	"strconv"
	"strings"
)

// sendLocked does the common work of all sends: it finds the chat, checks the limits and adds the message. fill sets and checks the content.
func (t messageMethods) sendLocked(req *request, name string, fill func(*message) error) (any, error) {
	k, err := readMarkup(req)
	if err != nil {
		return nil, err
	}
	c, err := t.chatLocked(req)
	if err != nil {
		return nil, err
	}
	topic, err := c.topic(req)
	if err != nil {
		return nil, err
	}
	var content message // checked before it gets an id
	if err := fill(&content); err != nil {
		return nil, err
	}
	reply, err := c.replyTo(req)
	if err != nil {
		return nil, err
	}
	if err := t.admitLocked(c); err != nil {
		return nil, err
	}
	m := t.newMessage(c, &t.me)
	if err := fill(m); err != nil {
		return nil, err
	}
	m.in(topic)
	if m.api.ReplyTo = reply; reply != nil {
		m.view.ReplyTo = reply.MessageID
	}
	m.view.Method, m.view.Raw = name, req.raw
	m.apply(k)
	t.addLocked(c, m)
	return m.api, nil
}

// replyTo returns the message that a call replies to, nil if it is not a reply.
func (c *chat) replyTo(req *request) (*apiMessage, error) {
	id := int(req.number("reply_to_message_id", 0, 0, 1<<31))
	missingOK := req.flag("allow_sending_without_reply")
	if text := req.text("reply_parameters"); text != "" {
		var p struct {
			MessageID int  `json:"message_id"`
			MissingOK bool `json:"allow_sending_without_reply"`
		}
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			return nil, badRequest("object expected as reply parameters")
		}
		id, missingOK = p.MessageID, p.MissingOK
	}
	if id == 0 {
		return nil, nil
	}
	m := c.find(id)
	if m == nil {
		if missingOK {
			return nil, nil
		}
		return nil, badRequest("message to be replied not found")
	}
	reply := m.api
	reply.ReplyTo = nil
	return &reply, nil
}

func (t messageMethods) sendMessage(req *request) (any, error) {
	text, entities, err := messageText(req)
	if err != nil {
		return nil, err
	}
	url, options, err := readPreview(req)
	if err != nil {
		return nil, err
	}
	return t.sendLocked(req, "sendMessage", func(m *message) error {
		m.view.Silent = req.flag("disable_notification")
		m.api.Text, m.api.Entities, m.api.LinkPreview = text, entities, options
		m.view.Text, m.view.HTML, m.view.Preview = text, req.text("text"), url
		return checkText(text)
	})
}

func (t messageMethods) sendPhoto(req *request) (any, error) {
	return t.sendFile(req, "sendPhoto", "photo", func(m *message, f apiFile) {
		f.Width, f.Height, f.FileName, f.MimeType = 1280, 960, "", ""
		m.api.Photo = []apiFile{f}
	})
}

func (t messageMethods) sendDocument(req *request) (any, error) {
	return t.sendFile(req, "sendDocument", "document", func(m *message, f apiFile) { m.api.Document = &f })
}

func (t messageMethods) sendFile(req *request, name, kind string, put func(*message, apiFile)) (any, error) {
	caption, entities, err := formatted(req, "caption")
	if err != nil {
		return nil, err
	}
	f, ok := req.file(kind)
	if !ok {
		return nil, badRequest("there is no %s in the request", kind)
	}
	if _, uploaded := req.files[kind]; uploaded && len(f.data) == 0 {
		return nil, badRequest("file must be non-empty")
	}
	return t.sendLocked(req, name, func(m *message) error {
		if utf16Len(caption) > maxCaption {
			return badRequest("message caption is too long")
		}
		id := "sim-" + kind + "-" + strconv.Itoa(m.api.MessageID)
		put(m, apiFile{FileID: id, FileUniqueID: id, FileSize: len(f.data), FileName: f.name})
		m.api.Caption, m.api.CaptionEntities = caption, entities
		m.view.Text, m.view.HTML = caption, req.text("caption")
		m.view.File, m.view.FileName = f.data, f.name
		return nil
	})
}

func (t messageMethods) sendLocation(req *request) (any, error) {
	where, err := readLocation(req)
	if err != nil {
		return nil, err
	}
	where.LivePeriod = int(req.number("live_period", 0, 0, untilStopped))
	return t.sendLocked(req, "sendLocation", func(m *message) error {
		m.api.Location = &where
		m.view.Lat, m.view.Lon = where.Latitude, where.Longitude
		return nil
	})
}

func (t messageMethods) sendVenue(req *request) (any, error) {
	where, err := readLocation(req)
	if err != nil {
		return nil, err
	}
	title, address := req.text("title"), req.text("address")
	if title == "" {
		return nil, badRequest("title is empty")
	}
	if address == "" {
		return nil, badRequest("address is empty")
	}
	return t.sendLocked(req, "sendVenue", func(m *message) error {
		m.api.Location = &where // Telegram also sends it as a location, for clients without venues
		m.api.Venue = &apiVenue{Location: where, Title: title, Address: address}
		m.view.Text, m.view.Detail = title, address
		m.view.Lat, m.view.Lon = where.Latitude, where.Longitude
		return nil
	})
}

func readLocation(req *request) (apiLocation, error) {
	var at [2]float64
	for i, name := range []string{"latitude", "longitude"} {
		text := strings.TrimSpace(req.text(name))
		if text == "" {
			return apiLocation{}, badRequest("%s is empty", name)
		}
		n, err := strconv.ParseFloat(text, 64)
		if limit := float64(90 * (i + 1)); err != nil || !(-limit <= n && n <= limit) {
			return apiLocation{}, badRequest("wrong %s specified", name)
		}
		at[i] = n
	}
	return apiLocation{Latitude: at[0], Longitude: at[1]}, nil
}
