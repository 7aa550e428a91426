package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// sent is an update as a bot reads it.
type sent struct {
	UpdateID int64        `json:"update_id"`
	Message  *apiMessage  `json:"message"`
	Edited   *apiMessage  `json:"edited_message"`
	Callback *apiCallback `json:"callback_query"`
}

func (b *bot) updates(args ...any) []sent {
	b.t.Helper()
	var out []sent
	b.must(&out, "getUpdates", args...)
	return out
}

func TestUpdatesHaveTelegramsShapes(t *testing.T) {
	_, b, ada := newWorld(t, TelegramConfig{})
	ada.Say("/start now")
	ada.Locate(48.85, 2.35)
	_, live := ada.Share(1, 2, 3600)
	ada.Move(live, 1.5, 2.5, 90)
	ada.StopSharing(live)
	button := b.send("pick", "reply_markup", `{"inline_keyboard":[[{"text":"5","callback_data":"every:5"}]]}`)
	ada.Press(button, "every:5")

	var raw []json.RawMessage
	b.must(&raw, "getUpdates")
	if len(raw) != 6 {
		t.Fatalf("%d updates, want 6", len(raw))
	}
	var ids []int64
	for _, r := range raw {
		var u sent
		if err := json.Unmarshal(r, &u); err != nil {
			t.Fatalf("%v in %s", err, r)
		}
		ids = append(ids, u.UpdateID)
	}
	for i := range ids {
		if ids[i] != ids[0]+int64(i) {
			t.Fatalf("ids %v are not sequential", ids)
		}
	}
	for i, wants := range [][]string{
		{`"message":{"message_id":`, `"from":{"id":7,"is_bot":false,"first_name":"Ada","language_code":"en"}`, `"chat":{"id":7,"first_name":"Ada","type":"private"}`, `"entities":[{"type":"bot_command","offset":0,"length":6}]`},
		{`"location":{"latitude":48.85,"longitude":2.35}`},
		{`"message":{`, `"live_period":3600`, `"horizontal_accuracy":`},
		{`"edited_message":{`, `"edit_date":`, `"latitude":1.5,"longitude":2.5,"live_period":3600,"heading":90`},
		{`"edited_message":{`, `"location":{"latitude":1.5,"longitude":2.5}`},
		{`"callback_query":{"id":"`, `"chat_instance":"`, `"data":"every:5"`, `"reply_markup":{"inline_keyboard":[[{"text":"5","callback_data":"every:5"}]]}`},
	} {
		for _, want := range wants {
			if !strings.Contains(string(raw[i]), want) {
				t.Errorf("update %d lacks %s:\n%s", i, want, raw[i])
			}
		}
	}
}

func TestGetUpdatesConfirmsByOffset(t *testing.T) {
	tg, b, ada := newWorld(t, TelegramConfig{})
	var ids []int64
	for i := range 5 {
		ids = append(ids, ada.Say(fmt.Sprint(i)))
	}
	for _, tt := range []struct {
		args    []any
		pending int
		texts   string
	}{
		{nil, 5, "0 1 2 3 4"},
		{[]any{"limit", 2}, 5, "0 1"},
		{[]any{"offset", ids[1]}, 4, "1 2 3 4"},
		{[]any{"offset", ids[0]}, 4, "1 2 3 4"},
		{[]any{"offset", -2}, 2, "3 4"},
		{[]any{"offset", ids[4] + 1}, 0, ""},
	} {
		var texts []string
		for _, u := range b.updates(tt.args...) {
			texts = append(texts, u.Message.Text)
		}
		if got := strings.Join(texts, " "); got != tt.texts || tg.Pending() != tt.pending {
			t.Errorf("%v: %q with %d pending, want %q with %d", tt.args, got, tg.Pending(), tt.texts, tt.pending)
		}
	}
}

func TestGetUpdatesKeepsToAllowedKinds(t *testing.T) {
	_, b, ada := newWorld(t, TelegramConfig{})
	ada.Block() // my_chat_member is sent by default
	ada.Unblock()
	b.updates("allowed_updates", []string{"message"})
	id := b.send("pick", "reply_markup", `{"inline_keyboard":[[{"text":"5","callback_data":"5"}]]}`)
	if got := ada.Press(id, "5"); got != 0 {
		t.Errorf("a callback that nobody asked for is update %d", got)
	}
	ada.Say("a")
	if got := len(b.updates()); got != 3 { // updates from before the choice stay
		t.Errorf("%d updates, want 3", got)
	}
	b.updates("allowed_updates", "[]", "offset", -1)
	if ada.Press(id, "5") == 0 {
		t.Error("an empty list is not the default")
	}
}

func TestGetUpdatesPollsLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg, b, ada := newWorld(t, TelegramConfig{})
		start := time.Now()
		if got := b.updates("timeout", 20); len(got) != 0 || time.Since(start) != 20*time.Second {
			t.Errorf("%d updates after %v", len(got), time.Since(start))
		}
		time.AfterFunc(7*time.Second, func() { ada.Say("a") })
		start = time.Now()
		if got := b.updates("timeout", 1000); len(got) != 1 || time.Since(start) != 7*time.Second {
			t.Errorf("%d updates after %v", len(got), time.Since(start))
		}
		b.updates("offset", 1<<40)

		first := make(chan reply)
		go func() { first <- b.call("getUpdates", "timeout", 50) }()
		synctest.Wait()
		if got := b.updates("timeout", 0); len(got) != 0 {
			t.Errorf("%d updates", len(got))
		}
		if r := <-first; r.Status != 409 || r.Description != "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running" {
			t.Errorf("the first of two polls: %+v", r)
		}

		go func() { first <- b.call("getUpdates", "timeout", 50) }()
		synctest.Wait()
		b.must(nil, "setWebhook", "url", "https://bot.test/hook")
		if r := <-first; r.Status != 409 || r.Description != "Conflict: terminated by setWebhook request" {
			t.Errorf("a poll with a new webhook: %+v", r)
		}
		if r := b.call("getUpdates"); r.Status != 409 || !strings.HasPrefix(r.Description, "Conflict: can't use getUpdates method while webhook is active") {
			t.Errorf("a poll beside a webhook: %+v", r)
		}
		b.must(nil, "deleteWebhook")

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://tg.test/bot1000:sim/getUpdates?timeout=50", nil)
		if _, err := b.client.Do(req); err == nil {
			t.Error("a poll outlived its client")
		}
		synctest.Wait()
		if tg.mu.Lock(); tg.queue.poll != nil {
			t.Error("a poll whose client left is still there")
		}
		tg.mu.Unlock()
	})
}

func TestUpdatesExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg, b, ada := newWorld(t, TelegramConfig{})
		id := b.send("pick", "reply_markup", `{"inline_keyboard":[[{"text":"5","callback_data":"5"}]]}`)
		ada.Press(id, "5")
		ada.Say("a")
		time.Sleep(questionLife + time.Second)
		if got := b.updates(); len(got) != 1 || got[0].Message == nil || tg.Pending() != 1 {
			t.Errorf("after the callback's life: %+v, %d pending", got, tg.Pending())
		}
		time.Sleep(messageLife)
		if got := b.updates(); len(got) != 0 || tg.Pending() != 0 {
			t.Errorf("after the message's life: %+v, %d pending", got, tg.Pending())
		}
	})
}

func TestQueueIsBounded(t *testing.T) {
	tg, b, ada := newWorld(t, TelegramConfig{})
	for range maxPending {
		tg.Inject(json.RawMessage(`{"poll":{}}`))
	}
	if id := ada.Say("one too many"); id != 0 || tg.Dropped() != 1 || tg.Pending() != maxPending {
		t.Errorf("update %d, %d dropped, %d pending", id, tg.Dropped(), tg.Pending())
	}
	last := b.updates("offset", -1)[0].UpdateID
	if b.updates("offset", last+1); tg.Pending() != 0 {
		t.Errorf("%d pending after all are confirmed", tg.Pending())
	}
	if ada.Say("again") != last+1 {
		t.Error("ids are not sequential over a full queue")
	}
}

func TestInject(t *testing.T) {
	tg, b, _ := newWorld(t, TelegramConfig{})
	id := tg.Inject(json.RawMessage(` {"message":{"message_id":5,"chat":{"id":-100,"type":"supergroup","title":"G"},"sticker":{}}} `))
	var raw []json.RawMessage
	b.must(&raw, "getUpdates")
	want := fmt.Sprintf(`{"update_id":%d,"message":{"message_id":5,"chat":{"id":-100,"type":"supergroup","title":"G"},"sticker":{}}}`, id)
	if len(raw) != 1 || string(raw[0]) != want {
		t.Errorf("got %s, want %s", raw, want)
	}
	b.must(nil, "sendMessage", "chat_id", -100, "text", "hello, group")
}

func TestSubscribersHearInOrderAndMayAct(t *testing.T) {
	tg, b, ada := newWorld(t, TelegramConfig{})
	var heard []string
	cancel := tg.Subscribe(func(e Event) {
		heard = append(heard, fmt.Sprint(e.Kind, " ", e.Message.FromBot, " ", e.Message.Text, e.Text))
		if e.Kind == "message" && e.Message.FromBot {
			ada.Press(e.Message.ID, "yes") // needs the server's lock
			ada.Say("I pressed")
		}
	})
	id := b.send("ready?", "reply_markup", `{"inline_keyboard":[[{"text":"Y","callback_data":"yes"}]]}`)
	b.must(nil, "sendChatAction", "chat_id", 7, "action", "typing")
	b.must(nil, "answerCallbackQuery", "callback_query_id", b.updates()[0].Callback.ID, "text", "fine")
	b.must(nil, "editMessageText", "chat_id", 7, "message_id", id, "text", "go")
	b.must(nil, "deleteMessage", "chat_id", 7, "message_id", id)
	cancel()
	ada.Say("unheard")
	want := []string{"message true ready?", "message false I pressed", "typing false typing", "callback_answer false fine", "edit true go", "delete true go"}
	if !slices.Equal(heard, want) {
		t.Errorf("heard %q, want %q", heard, want)
	}
}

func TestQuestionsGrowOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, b, ada := newWorld(t, TelegramConfig{})
		id := b.send("pick", "reply_markup", `{"inline_keyboard":[[{"text":"5","callback_data":"5"}]]}`)
		ada.Press(id, "5")
		time.Sleep(callbackLife + time.Second)
		r := b.call("answerCallbackQuery", "callback_query_id", b.updates()[0].Callback.ID)
		if r.Description != "Bad Request: query is too old and response timeout expired or query ID is invalid" {
			t.Errorf("late answer: %+v", r)
		}
	})
}
