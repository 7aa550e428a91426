package sim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTelegramMethodsAnswer(t *testing.T) {
	tg, b, ada := newWorld(t, TelegramConfig{})
	ada.Say("hi")
	theirs := ada.Messages()[0].ID
	const keys = `{"inline_keyboard":[[{"text":"x","callback_data":"x"}]]}`
	text := b.send("text", "reply_markup", keys)
	photo := text + 1
	for _, tt := range []struct {
		method string
		args   []any
		want   string // in the result
	}{
		{"getMe", nil, `{"id":1000,"is_bot":true,"first_name":"Excursobot","username":"excursobot_sim_bot","can_join_groups":true`},
		{"sendPhoto", []any{"chat_id", 7, "photo", "https://a.test/p.jpg", "caption", "<i>c</i>", "parse_mode", "HTML"}, `"caption":"c","caption_entities":[{"type":"italic","offset":0,"length":1}]`},
		{"editMessageCaption", []any{"chat_id", 7, "message_id", photo, "caption", "d"}, `"caption":"d"`},
		{"editMessageReplyMarkup", []any{"chat_id", 7, "message_id", photo, "reply_markup", keys}, `"reply_markup":{"inline_keyboard"`},
		{"editMessageReplyMarkup", []any{"chat_id", 7, "message_id", text, "reply_markup", `{"inline_keyboard":[]}`}, `"text":"text"}`},
		{"sendLocation", []any{"chat_id", 7, "latitude", "-1.5", "longitude", 179.9, "live_period", 60}, `"location":{"latitude":-1.5,"longitude":179.9,"live_period":60}`},
		{"sendVenue", []any{"chat_id", 7, "latitude", 1, "longitude", 2, "title", "T", "address", "A"}, `"venue":{"location":{"latitude":1,"longitude":2},"title":"T","address":"A"}`},
		{"sendMessage", []any{"chat_id", 7, "text", "re", "reply_parameters", map[string]any{"message_id": theirs}}, `"reply_to_message":{"message_id":`},
		{"sendMessage", []any{"chat_id", 7, "text", "re", "reply_to_message_id", 99, "allow_sending_without_reply", true}, `"text":"re"`},
		{"sendMessage", []any{"chat_id", 7, "text", "bye", "reply_markup", `{"remove_keyboard":true}`, "disable_web_page_preview", "true"}, `"link_preview_options":{"is_disabled":true}`},
		{"pinChatMessage", []any{"chat_id", 7, "message_id", text}, "true"},
		{"setMessageReaction", []any{"chat_id", 7, "message_id", theirs, "reaction", []map[string]string{{"type": "emoji", "emoji": "👍"}}}, "true"},
		{"setMyShortDescription", []any{"short_description", "s", "language_code", "ru"}, "true"},
		{"getMyShortDescription", []any{"language_code", "ru"}, `{"short_description":"s"}`},
		{"setMyCommands", []any{"commands", "[]", "scope", `{"type":"all_private_chats"}`}, "true"},
		{"setMyCommands", []any{"commands", "[]", "scope", `{"type":"chat","chat_id":7}`}, "true"},
		{"getWebhookInfo", nil, `{"url":"","has_custom_certificate":false,"pending_update_count":1}`},
		{"deleteWebhook", []any{"drop_pending_updates", true}, "true"},
		{"getUpdates", nil, "[]"},
	} {
		r := b.call(tt.method, tt.args...)
		if !r.OK || !strings.Contains(string(r.Result), tt.want) {
			t.Errorf("%s %v:\n got %s %s\nwant %s", tt.method, tt.args, r.Description, r.Result, tt.want)
		}
	}
	if got := tg.Calls()["editMessageReplyMarkup"]; got != 2 {
		t.Errorf("%d calls counted, want 2", got)
	}
}

func TestInvoicesAreChecked(t *testing.T) {
	_, b, _ := newWorld(t, TelegramConfig{})
	good := map[string]any{"title": "t", "description": "d", "payload": "p", "currency": "XTR", "prices": `[{"label":"x","amount":5}]`}
	for _, tt := range []struct {
		name  string
		value any
		want  string
	}{
		{"title", strings.Repeat("t", 33), "INVOICE_TITLE_INVALID"},
		{"description", "", "INVOICE_DESCRIPTION_INVALID"},
		{"payload", strings.Repeat("я", 65), "INVOICE_PAYLOAD_INVALID"},
		{"currency", "RUB", "CURRENCY_INVALID"},
		{"provider_token", "x", "PAYMENT_PROVIDER_INVALID"},
		{"prices", "[]", "STARS_INVOICE_INVALID"},
		{"prices", `[{"label":"x","amount":0}]`, "CURRENCY_TOTAL_AMOUNT_INVALID"},
		{"prices", "5", "expected an Array of LabeledPrice as prices"},
		{"reply_markup", `{"inline_keyboard":[[{"text":"Pay","pay":true}]]}`, ""},
	} {
		args := []any{"chat_id", 7}
		for name, value := range good {
			if name != tt.name {
				args = append(args, name, value)
			}
		}
		r := b.call("sendInvoice", append(args, tt.name, tt.value)...)
		if got := strings.TrimPrefix(r.Description, "Bad Request: "); got != tt.want {
			t.Errorf("%s %v: %q, want %q", tt.name, tt.value, got, tt.want)
		}
	}
}

// For every call, the answer is JSON in one of Telegram's two shapes.
func FuzzTelegramCall(f *testing.F) {
	tg := NewTelegram(TelegramConfig{})
	tg.Person(Profile{ID: 7}).Say("hi")
	f.Add("sendMessage", "application/json", `{"chat_id":7,"text":"<b>x</b>","parse_mode":"HTML","reply_markup":{"inline_keyboard":[[{"text":"x","callback_data":"y"}]]}}`)
	f.Add("editMessageText", "application/json", `{"chat_id":7,"message_id":2,"text":"x","link_preview_options":{"url":"https://a.test"}}`)
	f.Add("sendVenue", "application/x-www-form-urlencoded", "chat_id=7&latitude=1&longitude=2&title=t&address=a")
	f.Add("sendDocument", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"document\"; filename=\"a\"\r\n\r\nb\r\n--x--")
	f.Add("getUpdates", "application/json", `{"offset":"-1","limit":0,"allowed_updates":["message"]}`)
	f.Add("setMyCommands", "application/json", `{"commands":[{"command":"a","description":"b"}],"scope":{"type":"chat","chat_id":7}}`)
	f.Fuzz(func(t *testing.T, method, kind, body string) {
		if strings.EqualFold(method, "getUpdates") && strings.Contains(body, "timeout") {
			t.Skip("a long poll takes its time")
		}
		r := httptest.NewRequest(http.MethodPost, "/bot1000:sim/x", strings.NewReader(body))
		r.URL.Path = "/bot1000:sim/" + method
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		tg.ServeHTTP(w, r)
		var a struct {
			OK          *bool           `json:"ok"`
			Result      json.RawMessage `json:"result"`
			Code        int             `json:"error_code"`
			Description string          `json:"description"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || a.OK == nil {
			t.Fatalf("answer %q: %v", w.Body, err)
		}
		if *a.OK != (w.Code == http.StatusOK) || *a.OK == (a.Result == nil) || !*a.OK && (a.Code != w.Code || a.Description == "" || w.Code >= 500) {
			t.Errorf("%d with %s", w.Code, w.Body)
		}
	})
}
