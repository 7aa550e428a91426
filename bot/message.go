package bot

import (
	"context"
	"errors"
	"fmt"
	"html"
	"strings"
	"time"
)

// message is what the bot says in a chat, before Telegram's limits.
type message struct {
	HTML    string
	Tail    string // the source's line: whole, and last
	Picture string // address of the picture shown as the preview; "" = no preview
	Buttons [][]button
	Within  time.Duration // how long it may wait for its turn, to begin its last try; 0 = as long as its context
	Ask     string        // label of a reply keyboard's one button, which sends the location; only without Buttons
}

// button is an inline button. telebot's own type writes a field that Telegram takes for an inline query.
type button struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
}

// outgoing is the payload of sendMessage and editMessageText.
type outgoing struct {
	Chat      int64    `json:"chat_id"`
	MessageID int      `json:"message_id,omitempty"`
	Text      string   `json:"text"`
	ParseMode string   `json:"parse_mode,omitempty"`
	Preview   *preview `json:"link_preview_options,omitempty"`
	Markup    any      `json:"reply_markup,omitempty"`

	within time.Duration
}

type preview struct {
	Disabled   bool   `json:"is_disabled,omitempty"`
	URL        string `json:"url,omitempty"`
	LargeMedia bool   `json:"prefer_large_media,omitempty"`
	AboveText  bool   `json:"show_above_text,omitempty"`
}

type inlineMarkup struct {
	Rows [][]button `json:"inline_keyboard"`
}

type replyMarkup struct {
	Rows       [][]replyButton `json:"keyboard"`
	Resize     bool            `json:"resize_keyboard"`
	Persistent bool            `json:"is_persistent"`
}

type replyButton struct {
	Text     string `json:"text"`
	Location bool   `json:"request_location"`
}

// send puts the message into the chat, in as many parts as it needs, and returns the id of its last one.
func (s *sender) send(ctx context.Context, chat int64, m message) (int, error) {
	return s.put(ctx, chat, 0, m)
}

// edit turns the message with the id (0 = none yet) into m and returns the id of the last part; a message that can't be edited is sent anew.
func (s *sender) edit(ctx context.Context, chat int64, id int, m message) (int, error) {
	return s.put(ctx, chat, id, m)
}

func (s *sender) put(ctx context.Context, chat int64, edit int, m message) (id int, err error) {
	parts := split(m.HTML, spaced(m.Tail), maxMessage)
	if len(parts) == 0 {
		return 0, errors.New("message is empty")
	}
	for i, part := range parts {
		out := outgoing{Chat: chat, Text: part, ParseMode: "HTML", Preview: &preview{Disabled: true}, within: m.Within}
		if i == 0 {
			out.MessageID = edit
			if m.Picture != "" {
				out.Preview = &preview{URL: m.Picture, LargeMedia: true, AboveText: true}
			}
		}
		if i == len(parts)-1 {
			out.Markup = m.markup()
		}
		if id, err = s.part(ctx, out); err != nil {
			if i > 0 {
				// The beginning is there: an answer cut short has been told, and is not to be told again.
				return id, fmt.Errorf("part %d of %d: %w: %w", i+1, len(parts), errAmbiguous, err)
			}
			return 0, err
		}
	}
	return id, nil
}

func (m message) markup() any {
	switch {
	case len(m.Buttons) > 0:
		return inlineMarkup{m.Buttons}
	case m.Ask != "":
		return replyMarkup{Rows: [][]replyButton{{{Text: m.Ask, Location: true}}}, Resize: true, Persistent: true}
	default:
		return nil
	}
}

// part sends or edits one message so that its text arrives: an edit that finds nothing to edit becomes a send, and what Telegram refuses for
// its markup, preview or buttons goes out again as plain text.
func (s *sender) part(ctx context.Context, out outgoing) (int, error) {
	id, err := s.one(ctx, out)
	if out.MessageID != 0 && errors.Is(err, errGone) {
		out.MessageID = 0
		id, err = s.one(ctx, out)
	}
	if !errors.Is(err, errMarkup) {
		return id, err
	}
	s.log.Warn("message_refused", "error", err)
	out.Text, out.ParseMode, out.Preview, out.Markup = plain(out.Text), "", &preview{Disabled: true}, nil
	return s.one(ctx, out)
}

func (s *sender) one(ctx context.Context, out outgoing) (int, error) {
	req := request{chat: out.Chat, method: "sendMessage", payload: out, within: out.within}
	if out.MessageID != 0 {
		req.method, req.idempotent = "editMessageText", true
		return out.MessageID, s.do(ctx, req, nil)
	}
	var sent struct {
		ID int `json:"message_id"`
	}
	err := s.do(ctx, req, &sent)
	return sent.ID, err
}

// plain takes the markup out of a text; a link's address is kept behind its words.
func plain(markup string) string {
	var b strings.Builder
	href := ""
	for _, t := range lex(markup) {
		switch {
		case t.tag == "":
			b.WriteString(t.raw)
		case t.tag == "a" && !t.end:
			_, href, _ = strings.Cut(t.raw, `href="`)
			href, _, _ = strings.Cut(href, `"`)
		case t.tag == "a" && href != "":
			b.WriteString(" (" + href + ")")
			href = ""
		}
	}
	return html.UnescapeString(b.String())
}

func spaced(tail string) string {
	if tail == "" {
		return ""
	}
	return "\n\n" + tail
}

// truncate cuts s to at most n characters.
func truncate(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
