package sim

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// bot is a client of a simulated Telegram.
type bot struct {
	t      testing.TB
	client *http.Client
	token  string
}

// reply is an answer of the API.
type reply struct {
	Status      int
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		MovedTo    int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

// newWorld returns a server, a bot and a person with id 7.
func newWorld(t testing.TB, cfg TelegramConfig) (*Telegram, *bot, *Person) {
	t.Helper()
	tg := NewTelegram(cfg)
	b := &bot{t: t, token: "1000:sim", client: &http.Client{Transport: Transport(map[string]http.Handler{"tg.test": tg})}}
	return tg, b, tg.Person(Profile{ID: 7, FirstName: "Ada", LanguageCode: "en"})
}

func (b *bot) do(method, kind string, body io.Reader) reply {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, "http://tg.test/bot"+b.token+"/"+method, body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	resp, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	r := reply{Status: resp.StatusCode}
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		b.t.Fatal(err)
	}
	return r
}

// call makes a call with a JSON body. args are name, value pairs.
func (b *bot) call(method string, args ...any) reply {
	b.t.Helper()
	params := map[string]any{}
	for i := 0; i < len(args); i += 2 {
		params[args[i].(string)] = args[i+1]
	}
	body, err := json.Marshal(params)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(method, "application/json", bytes.NewReader(body))
}

// must makes a call that must succeed, and decodes its result into out unless that is nil.
func (b *bot) must(out any, method string, args ...any) {
	b.t.Helper()
	r := b.call(method, args...)
	if !r.OK {
		b.t.Fatalf("%s: %d %s", method, r.Code, r.Description)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(r.Result, out); err != nil {
		b.t.Fatalf("%s: %v in %s", method, err, r.Result)
	}
}

// send sends a text to person 7 and returns the message's id.
func (b *bot) send(text string, args ...any) int {
	b.t.Helper()
	var m apiMessage
	b.must(&m, "sendMessage", append([]any{"chat_id", 7, "text", text}, args...)...)
	return m.MessageID
}

func TestTelegramTakesAllBodies(t *testing.T) {
	_, b, ada := newWorld(t, TelegramConfig{})
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	_ = parts.WriteField("chat_id", "7")
	_ = parts.WriteField("caption", "route")
	file, _ := parts.CreateFormFile("document", "route.gpx")
	_, _ = io.WriteString(file, "<gpx/>")
	_ = parts.Close()

	for name, r := range map[string]reply{
		"JSON":         b.call("sendMessage", "chat_id", 7, "text", "a"),
		"JSON strings": b.call("SENDMESSAGE", "chat_id", "7", "text", "b"),
		"form":         b.do("sendMessage", "application/x-www-form-urlencoded", strings.NewReader(url.Values{"chat_id": {"7"}, "text": {"c"}}.Encode())),
		"query":        b.do("sendMessage?chat_id=7&text=d", "", nil),
		"multipart":    b.do("sendDocument", parts.FormDataContentType(), &form),
	} {
		if !r.OK || r.Status != 200 {
			t.Errorf("%s: %+v", name, r)
		}
	}
	messages := ada.Messages()
	if got, want := len(messages), 5; got != want {
		t.Fatalf("%d messages, want %d", got, want)
	}
	for _, m := range messages {
		if m.Method == "sendDocument" && (string(m.File) != "<gpx/>" || m.Text != "route") {
			t.Errorf("document shown as %+v", m)
		}
	}
}

func TestTelegramErrors(t *testing.T) {
	tg, b, ada := newWorld(t, TelegramConfig{})
	ada.Say("hello")
	theirs := ada.Messages()[0].ID
	ours := b.send("old", "reply_markup", `{"inline_keyboard":[[{"text":"x","callback_data":"x"}]]}`)
	var place apiMessage
	b.must(&place, "sendVenue", "chat_id", 7, "latitude", 1, "longitude", 2, "title", "T", "address", "A")
	tg.Person(Profile{ID: 8}).Block()
	long := strings.Repeat("ж", 4097)
	button := func(b string) string { return `{"inline_keyboard":[[` + b + `]]}` }

	tests := []struct {
		method string
		args   []any
		code   int
		want   string
	}{
		{"nothing", nil, 404, "Not Found"},
		{"sendMessage", []any{"text", "a"}, 400, "Bad Request: chat_id is empty"},
		{"sendMessage", []any{"chat_id", 9, "text", "a"}, 400, "Bad Request: chat not found"},
		{"sendMessage", []any{"chat_id", "@who", "text", "a"}, 400, "Bad Request: chat not found"},
		{"sendMessage", []any{"chat_id", 7}, 400, "Bad Request: message text is empty"},
		{"sendMessage", []any{"chat_id", 7, "text", "<b> </b>", "parse_mode", "HTML"}, 400, "Bad Request: text must be non-empty"},
		{"sendMessage", []any{"chat_id", 7, "text", long}, 400, "Bad Request: message is too long"},
		{"sendMessage", []any{"chat_id", 7, "text", strings.Repeat("😀", 2049)}, 400, "Bad Request: message is too long"},
		{"sendMessage", []any{"chat_id", 7, "text", "<b>x", "parse_mode", "HTML"}, 400, `Bad Request: can't parse entities: Can't find end tag corresponding to start tag "b"`},
		{"sendMessage", []any{"chat_id", 7, "text", "x", "parse_mode", "RTF"}, 400, "Bad Request: unsupported parse_mode"},
		{"sendMessage", []any{"chat_id", 8, "text", "a"}, 403, "Forbidden: bot was blocked by the user"},
		{"sendMessage", []any{"chat_id", 7, "text", "a", "reply_markup", button(`{"text":"x","callback_data":"` + strings.Repeat("y", 65) + `"}`)}, 400, "Bad Request: BUTTON_DATA_INVALID"},
		{"sendMessage", []any{"chat_id", 7, "text", "a", "reply_markup", button(`{"text":"x"}`)}, 400, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"},
		{"sendMessage", []any{"chat_id", 7, "text", "a", "reply_markup", button(`{"text":"x","url":"nope"}`)}, 400, "Bad Request: inline keyboard button URL 'nope' is invalid: Wrong HTTP URL"},
		{"sendMessage", []any{"chat_id", 7, "text", "a", "reply_markup", "{"}, 400, "Bad Request: can't parse reply keyboard markup JSON object"},
		{"sendMessage", []any{"chat_id", 7, "text", "a", "link_preview_options", "1"}, 400, "Bad Request: object expected as link preview options"},
		{"sendMessage", []any{"chat_id", 7, "text", "a", "reply_parameters", `{"message_id":999}`}, 400, "Bad Request: message to be replied not found"},
		{"sendChatAction", []any{"chat_id", 8, "action", "typing"}, 403, "Forbidden: bot was blocked by the user"},
		{"sendChatAction", []any{"chat_id", 7, "action", "dancing"}, 400, "Bad Request: wrong parameter action in request"},
		{"sendPhoto", []any{"chat_id", 7}, 400, "Bad Request: there is no photo in the request"},
		{"sendPhoto", []any{"chat_id", 7, "photo", "https://a.test/p.jpg", "caption", strings.Repeat("a", 1025)}, 400, "Bad Request: message caption is too long"},
		{"sendVenue", []any{"chat_id", 7, "latitude", 91, "longitude", 2, "title", "T", "address", "A"}, 400, "Bad Request: wrong latitude specified"},
		{"sendVenue", []any{"chat_id", 7, "latitude", "NaN", "longitude", 2, "title", "T", "address", "A"}, 400, "Bad Request: wrong latitude specified"},
		{"sendVenue", []any{"chat_id", 7, "latitude", 1, "longitude", 2, "address", "A"}, 400, "Bad Request: title is empty"},
		{"editMessageText", []any{"chat_id", 7, "message_id", 1 << 20, "text", "a"}, 400, "Bad Request: message to edit not found"},
		{"editMessageText", []any{"chat_id", 7, "message_id", theirs, "text", "a"}, 400, "Bad Request: message can't be edited"},
		{"editMessageText", []any{"chat_id", 7, "message_id", place.MessageID, "text", "a"}, 400, "Bad Request: there is no text in the message to edit"},
		{"editMessageText", []any{"chat_id", 7, "message_id", ours, "text", "old", "reply_markup", button(`{"text":"x","callback_data":"x"}`)}, 400, notModified.Description},
		{"editMessageText", []any{"chat_id", 7, "message_id", ours, "text", "old", "reply_markup", `{"remove_keyboard":true}`}, 400, "Bad Request: inline keyboard expected"},
		{"editMessageReplyMarkup", []any{"chat_id", 7, "message_id", ours, "reply_markup", button(`{"text":"x","callback_data":"x"}`)}, 400, notModified.Description},
		{"deleteMessage", []any{"chat_id", 7, "message_id", 1 << 20}, 400, "Bad Request: message to delete not found"},
		{"deleteMessage", []any{"chat_id", 7}, 400, "Bad Request: message identifier is not specified"},
		{"answerCallbackQuery", []any{"callback_query_id", "1"}, 400, "Bad Request: query is too old and response timeout expired or query ID is invalid"},
		{"refundStarPayment", []any{"user_id", 7, "telegram_payment_charge_id", "x"}, 400, "Bad Request: CHARGE_NOT_FOUND"},
		{"setMyCommands", []any{"commands", `[{"command":"Start","description":"x"}]`}, 400, "Bad Request: BOT_COMMAND_INVALID"},
		{"setMyCommands", []any{"commands", "[]", "scope", `{"type":"chat","chat_id":9}`}, 400, "Bad Request: chat not found"},
		{"setWebhook", []any{"url", "ftp://x"}, 400, "Bad Request: bad webhook: invalid webhook URL specified"},
		{"setWebhook", []any{"url", "https://x.test", "secret_token", "a b"}, 400, "Bad Request: secret token contains unallowed characters"},
	}
	for _, tt := range tests {
		r := b.call(tt.method, tt.args...)
		if r.OK || r.Status != tt.code || r.Code != tt.code || r.Description != tt.want {
			t.Errorf("%s %v:\n got %d %q\nwant %d %q", tt.method, tt.args, r.Code, r.Description, tt.code, tt.want)
		}
	}
	b.token = "1000:wrong"
	if r := b.call("getMe"); r.OK || r.Status != 401 || r.Code != 401 || r.Description != "Unauthorized" {
		t.Errorf("wrong token: %+v", r)
	}
}

func TestTelegramShowsWhatWasSent(t *testing.T) {
	_, b, ada := newWorld(t, TelegramConfig{})
	var m apiMessage
	b.must(&m, "sendMessage", "chat_id", 7, "parse_mode", "HTML", "text", "  <b>Наро&amp;д</b>\n",
		"link_preview_options", map[string]any{"url": "https://a.test/p.jpg", "prefer_large_media": true},
		"reply_markup", map[string]any{"inline_keyboard": [][]any{{
			map[string]any{"text": "More", "callback_data": "more"}, map[string]any{"text": "Map", "url": "https://a.test/"}}}})
	if m.Text != "Наро&д" || len(m.Entities) != 1 || m.Entities[0] != (apiEntity{Type: "bold", Length: 6}) {
		t.Errorf("answered %+v", m)
	}
	got := ada.Messages()[0]
	if got.Text != "Наро&д" || got.HTML != "  <b>Наро&amp;д</b>\n" || got.Preview != "https://a.test/p.jpg" || !got.FromBot || got.Method != "sendMessage" {
		t.Errorf("shown as %+v", got)
	}
	if len(got.Buttons) != 1 || got.Buttons[0][0] != (Button{Text: "More", Data: "more"}) || got.Buttons[0][1] != (Button{Text: "Map", URL: "https://a.test/"}) {
		t.Errorf("buttons %+v", got.Buttons)
	}

	var edited apiMessage
	b.must(&edited, "editMessageText", "chat_id", 7, "message_id", m.MessageID, "text", "new")
	got = ada.Messages()[0]
	if got.Text != "new" || got.Edits != 1 || got.Buttons != nil || edited.EditDate == 0 || edited.ReplyMarkup != nil {
		t.Errorf("after the edit %+v, answered %+v", got, edited)
	}
	if ada.Press(m.MessageID, "more") == 0 {
		t.Error("a phone that is behind cannot press the old button")
	}
	b.must(nil, "deleteMessage", "chat_id", 7, "message_id", m.MessageID)
	if n := len(ada.Messages()); n != 0 {
		t.Errorf("%d messages after the deletion", n)
	}
	b.send("menu", "reply_markup", `{"keyboard":[[{"text":"Here","request_location":true}],["Help"]],"resize_keyboard":true}`)
	m0 := ada.Messages()[0]
	if k := m0.Keyboard; len(k) != 2 || k[0][0] != "Here" || k[1][0] != "Help" || m0.Asks != "Here" {
		t.Errorf("keyboard %v, of which %q sends the location", k, m0.Asks)
	}
}

// Photos, locations and the like appear with their captions and details.
func TestTelegramShowsWhatIsNoText(t *testing.T) {
	_, b, ada := newWorld(t, TelegramConfig{})
	_, share := ada.Share(1, 2, 900)
	b.must(nil, "sendVenue", "chat_id", 7, "latitude", 3, "longitude", 4, "title", "Rock", "address", "a rock", "reply_to_message_id", share)
	b.must(nil, "sendInvoice", "chat_id", 7, "title", "Thanks", "description", "a gift", "payload", "7:50", "currency", "XTR", "prices", []map[string]any{{"label": "50", "amount": 50}})
	got := ada.Messages()
	if m := got[0]; !m.Live || m.Lat != 1 || m.Lon != 2 {
		t.Errorf("a shared location is shown as %+v", m)
	}
	if m := got[1]; m.Text != "Rock" || m.Detail != "a rock" || m.Lat != 3 || m.Lon != 4 || m.Live || m.ReplyTo != share {
		t.Errorf("a venue is shown as %+v", m)
	}
	if m := got[2]; m.Text != "Thanks" || m.Detail != "a gift" || m.Stars != 50 {
		t.Errorf("an invoice is shown as %+v", m)
	}
	ada.StopSharing(share)
	if m := ada.Messages()[0]; m.Live {
		t.Errorf("a location that is shared no more is shown as %+v", m)
	}
}

func TestTelegramKeepsTheLastThousandMessages(t *testing.T) {
	_, b, ada := newWorld(t, TelegramConfig{})
	first := b.send("first")
	for range chatKept {
		ada.Say("x")
	}
	if got := len(ada.Messages()); got != chatKept {
		t.Errorf("%d messages kept, want %d", got, chatKept)
	}
	if r := b.call("editMessageText", "chat_id", 7, "message_id", first, "text", "late"); r.Description != "Bad Request: message to edit not found" {
		t.Errorf("edit of a forgotten message: %+v", r)
	}
}
