package sim

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"
)

// maxResults bounds an answer to an inline query.
const maxResults = 50

// settings is what setMySettings switches.
type settings struct {
	Inline      bool   `json:"supports_inline_queries"`
	Placeholder string `json:"inline_query_placeholder"`
	Location    bool   `json:"needs_inline_query_location"`
	Guest       bool   `json:"supports_guest_queries"`
}

// Result is one result that a bot offers, as the message that it becomes.
type Result struct {
	ID, Title, Description, Thumbnail string
	HTML, Text, Preview               string
	Buttons                           [][]Button
}

// Answered is the bot's answer to an inline or a guest query.
type Answered struct {
	Results       []Result
	Button, Start string // text and start parameter of the button above the results; "" = none
	Personal      bool
	CacheTime     int // seconds
	Took          time.Duration
}

type apiInlineQuery struct {
	ID       string       `json:"id"`
	From     apiUser      `json:"from"`
	Query    string       `json:"query"`
	Offset   string       `json:"offset"`
	ChatType string       `json:"chat_type,omitempty"`
	Location *apiLocation `json:"location,omitempty"`
}

// Query types the bot's name and a text into any chat, and returns the id of the query, by which Answered finds the answer. The query has the person's
// place, unless both coordinates are 0 or the bot does not need it. A bot that has not switched inline queries on gets none.
func (p *Person) Query(text string, lat, lon float64) (update int64, query string) {
	update = p.act(func(t *Telegram, _ *chat) int64 {
		if !t.settings.Inline {
			return 0
		}
		query = t.askQueryLocked("inline", p)
		q := apiInlineQuery{ID: query, From: p.home.user, Query: text, ChatType: "supergroup"}
		if t.settings.Location && (lat != 0 || lon != 0) {
			q.Location = &apiLocation{Latitude: lat, Longitude: lon}
		}
		return t.pushLocked(p.home, "inline_query", q)
	})
	return update, query
}

// Summon mentions the bot in a chat in which it is not, where other people read the answer.
func (p *Person) Summon(group int64, text string) (update int64, query string) {
	update = p.act(func(t *Telegram, _ *chat) int64 {
		if !t.settings.Guest {
			return 0
		}
		query = t.askQueryLocked("guest", p)
		m := t.newMessage(p.home, &p.home.user)
		m.api.Chat = apiChat{ID: group, Title: "Elsewhere", Type: "supergroup"}
		m.api.Text, m.api.GuestQuery = text, query
		if at := strings.Index(text, "@"+t.me.Username); at >= 0 {
			m.api.Entities = []apiEntity{{Type: "mention", Offset: utf16Len(text[:at]), Length: utf16Len("@" + t.me.Username)}}
		}
		return t.pushLocked(p.home, "guest_message", m.api)
	})
	return update, query
}

// askQueryLocked stores a query of the person and returns its id.
func (t *Telegram) askQueryLocked(kind string, p *Person) string {
	return t.askLocked(query{kind: kind, chat: p.home.api.ID})
}

// Answered returns the answer to a query, and whether there is one.
func (t *Telegram) Answered(query string) (Answered, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, ok := t.answered[query]
	return a, ok
}

// keepLocked keeps the answer to a query for Answered.
func (t *Telegram) keepLocked(kind, id string, q query, a Answered) {
	if len(t.answered) >= maxQueries {
		clear(t.answered)
	}
	a.Took = time.Since(q.asked)
	t.answered[id] = a
	t.emitLocked(Event{Kind: kind + "_answer", Chat: q.chat, Text: id})
}

var startParameter = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func (t messageMethods) answerInlineQuery(req *request) (any, error) {
	var raw []json.RawMessage
	if json.Unmarshal([]byte(req.text("results")), &raw) != nil {
		return nil, badRequest("can't parse inline query results JSON object")
	}
	if len(raw) > maxResults {
		return nil, badRequest("RESULTS_TOO_MUCH")
	}
	a := Answered{Personal: req.flag("is_personal"), CacheTime: int(req.number("cache_time", 300, 0, 1<<31))}
	ids := map[string]bool{}
	for _, r := range raw {
		result, err := readResult(r)
		if err != nil {
			return nil, err
		}
		if ids[result.ID] {
			return nil, badRequest("RESULT_ID_DUPLICATE")
		}
		ids[result.ID] = true
		a.Results = append(a.Results, result)
	}
	if text := req.text("button"); text != "" {
		var button struct {
			Text  string `json:"text"`
			Start string `json:"start_parameter"`
		}
		if json.Unmarshal([]byte(text), &button) != nil || button.Text == "" || !startParameter.MatchString(button.Start) {
			return nil, badRequest("START_PARAM_INVALID")
		}
		a.Button, a.Start = button.Text, button.Start
	}
	q, err := t.answerLocked("inline", req.text("inline_query_id"))
	if err != nil {
		return nil, err
	}
	t.keepLocked("inline", req.text("inline_query_id"), q, a)
	return true, nil
}

func (t messageMethods) answerGuestQuery(req *request) (any, error) {
	result, err := readResult(json.RawMessage(req.text("result")))
	if err != nil {
		return nil, err
	}
	q, err := t.answerLocked("guest", req.text("guest_query_id"))
	if err != nil {
		return nil, err
	}
	t.keepLocked("guest", req.text("guest_query_id"), q, Answered{Results: []Result{result}})
	return map[string]string{"inline_message_id": "inline" + req.text("guest_query_id")}, nil
}

// readResult reads an InlineQueryResultArticle; no other type is known here.
func readResult(raw json.RawMessage) (Result, error) {
	var in struct {
		Type        string `json:"type"`
		ID          string `json:"id"`
		Title       string `json:"title"`
		Description string `json:"description"`
		Thumbnail   string `json:"thumbnail_url"`
		Content     struct {
			Text    string `json:"message_text"`
			Mode    string `json:"parse_mode"`
			Preview struct {
				URL string `json:"url"`
			} `json:"link_preview_options"`
		} `json:"input_message_content"`
		Markup apiInline `json:"reply_markup"`
	}
	if err := json.Unmarshal(raw, &in); err != nil || in.Type != "article" {
		return Result{}, badRequest("can't parse inline query result: only articles are known")
	}
	switch {
	case len(in.ID) < 1 || len(in.ID) > 64:
		return Result{}, badRequest("RESULT_ID_INVALID")
	case in.Title == "":
		return Result{}, badRequest("ARTICLE_TITLE_EMPTY")
	}
	text := in.Content.Text
	if strings.EqualFold(in.Content.Mode, "html") {
		var err error
		if text, _, err = parseHTML(text); err != nil {
			return Result{}, err
		}
	}
	if err := checkText(strings.TrimSpace(text)); err != nil {
		return Result{}, err
	}
	out := Result{
		ID: in.ID, Title: in.Title, Description: in.Description, Thumbnail: in.Thumbnail,
		HTML: in.Content.Text, Text: text, Preview: in.Content.Preview.URL,
	}
	for _, row := range in.Markup.Rows {
		var buttons []Button
		for _, b := range row {
			if err := b.check(&request{}); err != nil {
				return Result{}, err
			}
			buttons = append(buttons, Button{Text: b.Text, URL: b.URL, Data: b.Data})
		}
		out.Buttons = append(out.Buttons, buttons)
	}
	return out, nil
}

// SwitchOn switches on everything of setMySettings, as a bot that ran before has done.
func (t *Telegram) SwitchOn() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.settings.Inline, t.settings.Location, t.settings.Guest = true, true, true
}

// setMySettings changes the settings that the call names.
func (t botMethods) setMySettings(req *request) (any, error) {
	if utf16Len(req.text("inline_query_placeholder")) > 64 {
		return nil, badRequest("INLINE_PLACEHOLDER_TOO_LONG")
	}
	if err := t.admitOneLocked(&t.describe); err != nil {
		return nil, err
	}
	for name, to := range map[string]*bool{
		"supports_inline_queries": &t.settings.Inline, "needs_inline_query_location": &t.settings.Location, "supports_guest_queries": &t.settings.Guest,
	} {
		if req.text(name) != "" {
			*to = req.flag(name)
		}
	}
	if text := req.text("inline_query_placeholder"); text != "" {
		t.settings.Placeholder = text
	}
	return true, nil
}

// Username returns the name by which people mention the bot, without "@".
func (t *Telegram) Username() string { return t.me.Username }
