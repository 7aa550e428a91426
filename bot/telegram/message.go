package telegram

import (
	"context"
	"errors"
	"fmt"
	"html"
	"strings"
	"time"
)

// Message is a message to a chat. It may exceed Telegram's limits: a Sender splits it.
type Message struct {
	HTML    string
	Tail    string // the line of the source; it comes last and is never split
	Picture string // address of the picture shown as the preview; "" = no preview
	Buttons [][]Button
	Within  time.Duration // bounds the wait for its turn and between tries; 0 = only the context does
	Silent  bool          // the phone makes no sound
	Behind  bool          // all other messages go first
	Ask     string        // label of a reply keyboard with one button, which sends the location; only without Buttons
}

// Button is an inline button. telebot's own type writes a field that Telegram takes for an inline query.
type Button struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
}

// Outgoing is the payload of sendMessage and editMessageText, without its place.
type Outgoing struct {
	MessageID int      `json:"message_id,omitempty"`
	Text      string   `json:"text"`
	ParseMode string   `json:"parse_mode,omitempty"`
	Preview   *preview `json:"link_preview_options,omitempty"`
	Markup    any      `json:"reply_markup,omitempty"`
	Silent    bool     `json:"disable_notification,omitempty"`

	within time.Duration
	behind bool
}

type preview struct {
	Disabled   bool   `json:"is_disabled,omitempty"`
	URL        string `json:"url,omitempty"`
	LargeMedia bool   `json:"prefer_large_media,omitempty"`
	AboveText  bool   `json:"show_above_text,omitempty"`
}

// InlineMarkup is a keyboard below a message.
type InlineMarkup struct {
	Rows [][]Button `json:"inline_keyboard"`
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

// Send sends the message, in as many parts as it needs, and returns the id of the last part. Only the first part is a reply.
func (s *Sender) Send(ctx context.Context, to Target, m Message) (int, error) {
	return s.put(ctx, to, 0, m)
}

// Edit replaces the message with the id by m and returns the id of m's last part. With id 0, or if the message cannot be edited, it sends m.
func (s *Sender) Edit(ctx context.Context, to Target, id int, m Message) (int, error) {
	return s.put(ctx, to, id, m)
}

func (s *Sender) put(ctx context.Context, to Target, edit int, m Message) (id int, err error) {
	parts := m.Parts()
	if len(parts) == 0 {
		return 0, errors.New("message is empty")
	}
	for i, part := range parts {
		out := Outgoing{Text: part, ParseMode: "HTML", Silent: m.Silent, within: m.Within, behind: m.Behind}
		if i == 0 {
			out.MessageID = edit
		}
		if i == 0 && m.Picture != "" {
			out.Preview = &preview{URL: m.Picture, LargeMedia: true, AboveText: true}
		} else {
			out.Preview = &preview{Disabled: true}
		}
		if i == len(parts)-1 {
			out.Markup = m.markup()
		}
		if id, err = s.part(ctx, to, out); err != nil {
			if i > 0 {
				// The beginning has arrived: the answer counts as sent, and must not be sent again.
				return id, fmt.Errorf("part %d of %d: %w: %w", i+1, len(parts), ErrAmbiguous, err)
			}
			return 0, err
		}
		to.Reply = 0
	}
	return id, nil
}

// Parts returns the markup of the messages that m becomes, none if m has no visible text.
func (m Message) Parts() []string {
	tail := m.Tail
	if tail != "" {
		tail = "\n\n" + tail
	}
	return split(m.HTML, tail, maxMessage)
}

func (m Message) markup() any {
	switch {
	case len(m.Buttons) > 0:
		return InlineMarkup{m.Buttons}
	case m.Ask != "":
		return replyMarkup{Rows: [][]replyButton{{{Text: m.Ask, Location: true}}}, Resize: true, Persistent: true}
	default:
		return nil
	}
}

// part sends or edits one message so that its text arrives. An edit without a message to edit becomes a send. A message that Telegram refuses for
// its markup, preview or buttons is repeated as plain text.
func (s *Sender) part(ctx context.Context, to Target, out Outgoing) (int, error) {
	id, err := s.one(ctx, to, out)
	if out.MessageID != 0 && errors.Is(err, ErrGone) {
		out.MessageID = 0
		id, err = s.one(ctx, to, out)
	}
	if !errors.Is(err, ErrBadRequest) {
		return id, err
	}
	s.log.Warn("message_refused", "error", err)
	out.Text, out.ParseMode, out.Preview, out.Markup = Plain(out.Text), "", &preview{Disabled: true}, nil
	return s.one(ctx, to, out)
}

func (s *Sender) one(ctx context.Context, to Target, out Outgoing) (int, error) {
	req := Request{To: to, Method: "sendMessage", Payload: out, within: out.within, Behind: out.behind}
	if out.MessageID != 0 {
		req.Method, req.Idempotent = "editMessageText", true
		out.Silent = false // an edit makes no sound
		req.Payload = out
		return out.MessageID, s.Do(ctx, req, nil)
	}
	var sent struct {
		ID int `json:"message_id"`
	}
	err := s.Do(ctx, req, &sent)
	return sent.ID, err
}

// Plain returns markup as plain text. The address of a link follows its words in brackets.
func Plain(markup string) string {
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

// Truncate returns at most the first n characters of s.
func Truncate(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
