package bot

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"excursobot/bot/intake"
	"excursobot/bot/telegram"

	"excursobot/bot/sim"
)

// FuzzUpdates makes updates of every kind out of the fuzzer's words and numbers and hands them to the bot in front of a simulated Telegram, which
// refuses what the real one would. Whatever comes in: no panic, nothing that Telegram refuses to show, no effect that only an operator or a
// payment may have.
func FuzzUpdates(f *testing.F) {
	for kind := range uint8(updateKinds) {
		f.Add(kind, int64(1), "/donate 50", "give:50", 48.2, 11.5, 50, "gift:1:50")
	}
	for _, text := range []string{
		"/start", "/start donate", "/settings", "/stats", "/forget", "/privacy", "/terms", "/paysupport", "/live", "/stop", "/admin", "/ban 1", "/pause on", "/refund c 1", "10 000",
		"55.75, 37.61", "https://osm.org/go/0EEQjE--", "\u202e/start\x00", strings.Repeat("я", 4096), "/" + strings.Repeat("a", 4000), "<b>&amp;</a>", "\xff\xfe",
	} {
		f.Add(uint8(0), int64(1), text, "", 91.0, -181.0, -1, "\x00")
	}
	for _, data := range []string{
		"forget:yes:1", "forget:no:2", "set:length:long", "set:nature:on", "lang:more", "lang:de", "menu:live", "give:other", "give:99999", "live:pause", "every:5m0s", "next:1,2", "vote:Q1:en:short:1",
		"forget:yes:" + strings.Repeat("1", 60), ":::", "\x00",
	} {
		f.Add(uint8(1), int64(1), "", data, 0.0, 0.0, 0, "")
	}
	tg := sim.NewTelegram(sim.TelegramConfig{Token: "1:t"})
	for _, id := range []int64{1, 2, operator} {
		tg.Person(sim.Profile{ID: id})
	}
	api, err := telegram.NewClient(telegram.ClientConfig{Token: "1:t", Transport: sim.Transport(map[string]http.Handler{"api.telegram.org": tg})})
	if err != nil {
		f.Fatal(err)
	}
	var refused atomic.Pointer[string]
	b, stop := newFront(f, refusals{api, &refused}, func(c *Config) {
		c.Limits = Limits{Limits: intake.Limits{StoryRate: -1, UpdateRate: -1, AllStoryRate: -1}, ChatRate: -1, OutRate: -1, NoticeInterval: time.Nanosecond}
		c.Admins = []int64{operator}
	})
	f.Cleanup(stop)
	id := int64(0)
	f.Fuzz(func(t *testing.T, kind uint8, from int64, text, data string, lat, lon float64, amount int, payload string) {
		id++
		person := 1 + from&1 // nobody here is an operator
		raw, err := json.Marshal(updateOf(kind, id, person, text, data, lat, lon, amount, payload))
		if err != nil {
			t.Skip() // JSON has no NaN
		}
		before, err := b.cfg.Store.Given(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		post(b, hookSecret, string(raw))
		b.waitIdle()
		if n := b.Stats().Panics; n > 0 {
			t.Fatalf("panic for %s", raw)
		}
		if why := refused.Swap(nil); why != nil {
			t.Errorf("%s; update %s", *why, raw)
		}
		after, err := b.cfg.Store.Given(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if after != before && kind%updateKinds != kindPayment && kind%updateKinds != kindRefund {
			t.Errorf("stars %d became %d by %s", before.All, after.All, raw)
		}
		if value, err := b.cfg.Store.Setting(t.Context(), pauseSetting); err != nil || value != "" {
			t.Errorf("paused (%v) by %s", err, raw)
		}
		for _, who := range []int64{1, 2} {
			if user, err := b.cfg.Store.User(t.Context(), who); err == nil && user.Banned {
				t.Errorf("person %d banned by %s", who, raw)
			}
		}
	})
}

// refusals notes what Telegram refuses to show. Buttons and checkouts that are too old are not a fault: nobody pressed them.
type refusals struct {
	telegram.API
	why *atomic.Pointer[string]
}

func (r refusals) Call(ctx context.Context, method string, payload any) ([]byte, error) {
	body, err := r.API.Call(ctx, method, payload)
	_, failed := telegram.Parse(body, err)
	var refusal *telegram.APIError
	switch {
	case !errors.As(failed, &refusal), telegram.Unchanged(failed), strings.HasPrefix(method, "answer"):
	case strings.HasPrefix(method, "edit") && strings.Contains(refusal.Description, "not found"):
	default:
		why := method + ": " + refusal.Description
		r.why.Store(&why)
	}
	return body, err
}

// The kinds of updates that updateOf makes.
const (
	kindText = iota
	kindButton
	kindLocation
	kindShare
	kindEdit
	kindStop
	kindVenue
	kindPayment
	kindRefund
	kindCheckout
	kindSticker
	kindMember
	kindEditedText
	kindChannel
	kindGroup
	kindNobody
	kindOldButton
	updateKinds
)

// updateOf makes an update. Text is made valid UTF-8, as JSON wants it; everything else comes as it is.
func updateOf(kind uint8, id, person int64, text, data string, lat, lon float64, amount int, payload string) map[string]any {
	type object = map[string]any
	text, data = strings.ToValidUTF8(text, "�"), strings.ToValidUTF8(data, "�")
	if utf8.RuneCountInString(text) > 4096 {
		text = text[:4096]
	}
	from := object{"id": person, "language_code": data}
	chat := object{"id": person, "type": "private"}
	message := object{"message_id": id, "date": time.Now().Unix(), "from": from, "chat": chat}
	with := func(field string, value any) object {
		message[field] = value
		return message
	}
	location := object{"latitude": lat, "longitude": lon}
	money := object{"currency": "XTR", "total_amount": amount, "invoice_payload": payload, "telegram_payment_charge_id": payload}
	update := object{"update_id": id}
	switch kind % updateKinds {
	case kindText:
		update["message"] = with("text", text)
	case kindButton:
		update["callback_query"] = object{"id": text, "from": from, "data": data, "message": with("text", text)}
	case kindOldButton:
		update["callback_query"] = object{"id": text, "from": from, "data": data}
	case kindLocation:
		update["message"] = with("location", location)
	case kindShare:
		location["live_period"] = amount
		update["message"] = with("location", location)
	case kindEdit:
		location["live_period"], location["heading"] = amount, amount
		message["edit_date"] = amount
		update["edited_message"] = with("location", location)
	case kindStop:
		update["edited_message"] = with("location", location)
	case kindVenue:
		update["message"] = with("venue", object{"location": location, "title": text, "address": data})
	case kindPayment:
		update["message"] = with("successful_payment", money)
	case kindRefund:
		update["message"] = with("refunded_payment", money)
	case kindCheckout:
		update["pre_checkout_query"] = object{"id": text, "from": from, "currency": data, "total_amount": amount, "invoice_payload": payload}
	case kindSticker:
		update["message"] = with("sticker", object{"file_id": text})
	case kindMember:
		update["my_chat_member"] = object{"from": from, "chat": chat, "new_chat_member": object{"status": text}}
	case kindEditedText:
		update["edited_message"] = with("text", text)
	case kindChannel:
		chat["type"] = "channel"
		update["channel_post"] = with("text", text)
	case kindGroup:
		chat["type"] = "supergroup"
		update["message"] = with("text", text)
	case kindNobody:
		delete(message, "from")
		update["message"] = with("text", text)
	}
	return update
}
