package demo

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// modelMessage is a message of a request. Its content is a text, or a list of texts and a picture.
type modelMessage struct {
	Content string
	Picture []byte // nil = none
}

// UnmarshalJSON reads both forms of the content.
func (m *modelMessage) UnmarshalJSON(raw []byte) error {
	var in struct {
		Content json.RawMessage `json:"content"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	if json.Unmarshal(in.Content, &m.Content) == nil {
		return nil
	}
	var parts []struct {
		Text  string `json:"text"`
		Image struct {
			URL string `json:"url"` // a data URL
		} `json:"image_url"`
	}
	if err := json.Unmarshal(in.Content, &parts); err != nil {
		return err
	}
	for _, p := range parts {
		m.Content += p.Text
		if _, encoded, ok := strings.Cut(p.Image.URL, ";base64,"); ok {
			data, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil {
				return err
			}
			m.Picture = data
		}
	}
	return nil
}

// picture returns the picture of a request, nil if it has none.
func (r modelRequest) picture() []byte {
	for _, m := range r.Messages {
		if m.Picture != nil {
			return m.Picture
		}
	}
	return nil
}

// sight returns the id of the place in a picture if it is one of those that the task lists, else "none".
func (m *demoModel) sight(task modelTask, picture []byte) string {
	shown := placeIn(m.pictures, picture)
	for _, p := range task.Places {
		if p.ID == shown {
			return shown
		}
	}
	return "none"
}
