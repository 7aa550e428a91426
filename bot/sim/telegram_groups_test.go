package sim

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"
)

// poll polls once and returns what came.
func (b *bot) poll(t *testing.T) []json.RawMessage {
	t.Helper()
	var got []json.RawMessage
	b.must(&got, "getUpdates")
	return got
}

func TestTopics(t *testing.T) {
	tg, b, ada := newWorld(t, TelegramConfig{})
	g := tg.Group(GroupProfile{ID: -1001, Title: "G", Forum: true})
	g.Open(12)
	asked := ada.In(g).At(12).Locate(48, 11)
	var update struct {
		ID      int64      `json:"update_id"`
		Message apiMessage `json:"message"`
	}
	if err := json.Unmarshal(b.poll(t)[0], &update); err != nil || update.ID != asked {
		t.Fatal(err, update)
	}
	if m := update.Message; m.ThreadID != 12 || !m.IsTopicMessage || m.Chat.ID != -1001 || m.From.ID != 7 || !m.Chat.IsForum {
		t.Errorf("the bot received %+v", m)
	}
	b.must(nil, "sendMessage", "chat_id", -1001, "message_thread_id", 12, "text", "a",
		"reply_parameters", map[string]any{"message_id": update.Message.MessageID})
	if got := g.Messages(); len(got) != 2 || got[1].Topic != 12 || got[1].ReplyTo != got[0].ID {
		t.Errorf("the group shows %+v", got)
	}
	for name, call := range map[string]struct {
		chat, topic int
		want        string
	}{
		"an unknown topic":                  {-1001, 13, "Bad Request: message thread not found"},
		"a topic that the person never had": {7, 12, "Bad Request: message thread not found"},
	} {
		if r := b.call("sendMessage", "chat_id", call.chat, "message_thread_id", call.topic, "text", "a"); r.Description != call.want {
			t.Errorf("%s: %+v", name, r)
		}
	}
	g.Close(12)
	g.Close(0)
	for _, topic := range []int{0, 12} {
		for _, method := range []string{"sendMessage", "sendChatAction"} {
			if r := b.call(method, "chat_id", -1001, "message_thread_id", topic, "text", "a", "action", "typing"); r.Description != "Bad Request: TOPIC_CLOSED" {
				t.Errorf("%s in closed topic %d: %+v", method, topic, r)
			}
		}
	}
	ada.At(77).Say("hello")
	b.must(nil, "sendMessage", "chat_id", 7, "message_thread_id", 77, "text", "a")
}

func TestMigration(t *testing.T) {
	tg, b, ada := newWorld(t, TelegramConfig{})
	g := tg.Group(GroupProfile{ID: -5, Title: "G"})
	b.must(nil, "sendMessage", "chat_id", -5, "text", "a")
	moved := g.Migrate(-1000000000009, true)
	ada.In(moved).Say("b")
	r := b.call("sendMessage", "chat_id", -5, "text", "a")
	if r.Status != 400 || r.Description != "Bad Request: group chat was upgraded to a supergroup chat" || r.Parameters.MovedTo != -1000000000009 {
		t.Errorf("a call to the old id: %+v", r)
	}
	b.must(nil, "sendMessage", "chat_id", -1000000000009, "text", "a")
	var told []int64
	for _, raw := range b.poll(t) {
		var u struct {
			Message struct {
				Chat apiChat `json:"chat"`
				To   int64   `json:"migrate_to_chat_id"`
				From int64   `json:"migrate_from_chat_id"`
			} `json:"message"`
		}
		if err := json.Unmarshal(raw, &u); err != nil {
			t.Fatal(err)
		}
		told = append(told, u.Message.Chat.ID, u.Message.To, u.Message.From)
	}
	want := []int64{-5, -1000000000009, 0, -1000000000009, 0, -5, -1000000000009, 0, 0}
	if len(told) != len(want) {
		t.Fatalf("messages %v, want %v", told, want)
	}
	for i := range want {
		if told[i] != want[i] {
			t.Fatalf("messages %v, want %v", told, want)
		}
	}
}

func TestLimitsOfGroupsActionsAndDescriptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg, b, _ := newWorld(t, TelegramConfig{Limits: true})
		tg.Group(GroupProfile{ID: -1001})
		until := func(method string, args ...any) (n, after int) {
			for {
				if r := b.call(method, args...); !r.OK {
					return n, r.Parameters.RetryAfter
				}
				if n++; n > 100 {
					return n, 0
				}
			}
		}
		if n, after := until("sendMessage", "chat_id", -1001, "text", "a"); n != 20 || after != 3 {
			t.Errorf("%d messages to a group, then a wait of %d s, want 20 and 3", n, after)
		}
		if n, after := until("sendChatAction", "chat_id", 7, "action", "typing"); n != 5 || after != 2 {
			t.Errorf("%d actions, then a wait of %d s, want 5 and 2", n, after)
		}
		if n, after := until("setMyDescription", "description", "d"); n != 60 || after != 60 {
			t.Errorf("%d descriptions, then a wait of %d s, want 60 and 60", n, after)
		}
		if r := b.call("setMyCommands", "commands", []any{}); r.Status != 429 {
			t.Errorf("commands after many descriptions: %+v", r)
		}
		time.Sleep(time.Minute)
		b.must(nil, "setMyCommands", "commands", []any{})
	})
}

func TestMethodsOfTheTestEnvironment(t *testing.T) {
	for test, want := range map[bool]string{true: "test/getMe", false: "getMe"} {
		_, b, _ := newWorld(t, TelegramConfig{Test: test})
		for _, method := range []string{"getMe", "test/getMe"} {
			if r := b.call(method); r.OK != (method == want) {
				t.Errorf("test %v, %s: %+v", test, method, r)
			}
		}
	}
}
