package sim

import (
	"encoding/json"
	"strings"
)

// apiInline is the inline keyboard of a message.
type apiInline struct {
	Rows [][]apiButton `json:"inline_keyboard"`
}

type apiButton struct {
	Text     string          `json:"text"`
	URL      string          `json:"url,omitempty"`
	Data     string          `json:"callback_data,omitempty"`
	Pay      bool            `json:"pay,omitempty"`
	WebApp   json.RawMessage `json:"web_app,omitempty"`
	CopyText json.RawMessage `json:"copy_text,omitempty"`
	Switch   *string         `json:"switch_inline_query,omitempty"`
}

// markup is a reply_markup: an inline keyboard, a reply keyboard, or neither (a removed keyboard or a forced reply).
type markup struct {
	inline   *apiInline
	keyboard [][]string
	asks     string // the label of the button that sends the location
	other    bool   // a reply_markup that is not an inline keyboard
}

// Bounds of keyboards.
const (
	maxButtons = 100
	maxData    = 64 // bytes
)

// readMarkup reads the reply_markup parameter.
func readMarkup(req *request) (markup, error) {
	text := strings.TrimSpace(req.text("reply_markup"))
	if text == "" {
		return markup{}, nil
	}
	var raw struct {
		Inline   *[][]apiButton       `json:"inline_keyboard"`
		Keyboard *[][]json.RawMessage `json:"keyboard"`
		Remove   bool                 `json:"remove_keyboard"`
		Force    bool                 `json:"force_reply"`
		Hint     string               `json:"input_field_placeholder"`
	}
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return markup{}, badRequest("can't parse reply keyboard markup JSON object")
	}
	if raw.Inline == nil {
		if utf16Len(raw.Hint) > 64 {
			return markup{}, badRequest("reply markup is too long")
		}
		m := markup{other: raw.Keyboard != nil || raw.Remove || raw.Force}
		if raw.Keyboard == nil {
			return m, nil
		}
		var err error
		m.keyboard, m.asks, err = keyboardLabels(*raw.Keyboard)
		return m, err
	}
	inline := &apiInline{}
	count := 0
	for _, row := range *raw.Inline {
		var kept []apiButton
		for _, b := range row {
			if err := b.check(req); err != nil {
				return markup{}, err
			}
			kept = append(kept, b)
		}
		if count += len(kept); len(kept) > 0 {
			inline.Rows = append(inline.Rows, kept)
		}
	}
	if count > maxButtons {
		return markup{}, badRequest("reply markup is too long")
	}
	if count == 0 { // an empty keyboard removes the keyboard
		return markup{}, nil
	}
	return markup{inline: inline}, nil
}

// check returns Telegram's error for an invalid inline button.
func (b apiButton) check(req *request) error {
	switch {
	case strings.TrimSpace(b.Text) == "":
		return badRequest("can't parse inline keyboard button: Text must be non-empty")
	case b.URL != "":
		if checkedLink(b.URL) == "" {
			return badRequest("inline keyboard button URL '%s' is invalid: Wrong HTTP URL", b.URL)
		}
	case b.Data != "":
		if len(b.Data) > maxData {
			return badRequest("BUTTON_DATA_INVALID")
		}
	case b.Pay:
		if req.text("payload") == "" {
			return badRequest("BUTTON_TYPE_INVALID")
		}
	case b.WebApp == nil && b.CopyText == nil && b.Switch == nil:
		return badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	}
	return nil
}

// keyboardLabels reads the labels of a reply keyboard, whose buttons are strings or objects, and the label that sends the location.
func keyboardLabels(rows [][]json.RawMessage) (out [][]string, asks string, err error) {
	for _, row := range rows {
		var labels []string
		for _, raw := range row {
			var b struct {
				Text     string `json:"text"`
				Location bool   `json:"request_location"`
			}
			if json.Unmarshal(raw, &b.Text) != nil {
				if err := json.Unmarshal(raw, &b); err != nil || b.Text == "" {
					return nil, "", badRequest("can't parse keyboard button: Can't find field \"text\"")
				}
			}
			labels = append(labels, b.Text)
			if b.Location {
				asks = b.Text
			}
		}
		if len(labels) > 0 {
			out = append(out, labels)
		}
	}
	if len(out) == 0 {
		return nil, "", badRequest("can't parse reply keyboard markup: keyboard must be non-empty")
	}
	return out, asks, nil
}

// apply sets the markup of a message.
func (m *message) apply(k markup) {
	m.api.ReplyMarkup = k.inline
	m.view.Keyboard, m.view.Asks = k.keyboard, k.asks
	m.view.Buttons = nil
	if k.inline == nil {
		return
	}
	if m.data == nil {
		m.data = map[string]bool{}
	}
	for _, row := range k.inline.Rows {
		var shown []Button
		for _, b := range row {
			shown = append(shown, Button{Text: b.Text, Data: b.Data, URL: b.URL})
			if b.Data != "" {
				m.data[b.Data] = true
			}
		}
		m.view.Buttons = append(m.view.Buttons, shown)
	}
}

// preview is the parameter link_preview_options.
type preview struct {
	Disabled bool   `json:"is_disabled,omitempty"`
	URL      string `json:"url,omitempty"`
	Small    bool   `json:"prefer_small_media,omitempty"`
	Large    bool   `json:"prefer_large_media,omitempty"`
	Above    bool   `json:"show_above_text,omitempty"`
}

// readPreview reads link_preview_options. It returns the URL and the options as a message shows them; nil if there are none.
func readPreview(req *request) (string, json.RawMessage, error) {
	text := strings.TrimSpace(req.text("link_preview_options"))
	if text == "" {
		if req.flag("disable_web_page_preview") {
			return "", json.RawMessage(`{"is_disabled":true}`), nil
		}
		return "", nil, nil
	}
	var p preview
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return "", nil, badRequest("object expected as link preview options")
	}
	if p == (preview{}) {
		return "", nil, nil
	}
	raw, err := json.Marshal(p)
	return p.URL, raw, err
}
