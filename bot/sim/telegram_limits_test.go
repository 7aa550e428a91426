package sim

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg, b, _ := newWorld(t, TelegramConfig{Limits: true})
		try := func(chat int64) reply { return b.call("sendMessage", "chat_id", chat, "text", "a") }
		for i := range chatBurst {
			if r := try(7); !r.OK {
				t.Fatalf("message %d of the burst: %+v", i, r)
			}
		}
		if r := try(7); r.Status != 429 || r.Parameters.RetryAfter != 1 || r.Description != "Too Many Requests: retry after 1" {
			t.Errorf("over the burst: %+v", r)
		}
		b.must(nil, "sendChatAction", "chat_id", 7, "action", "typing") // not counted
		for range 5 {
			time.Sleep(time.Second)
			if r := try(7); !r.OK {
				t.Errorf("one a second: %+v", r)
			}
		}
		if r := b.call("editMessageText", "chat_id", 7, "message_id", 1, "text", "b"); r.Status != 429 {
			t.Errorf("edits are not counted: %+v", r)
		}
		time.Sleep(time.Minute)

		refused := 0
		for i := range int64(40) {
			tg.Person(Profile{ID: 100 + i})
			if !try(100 + i).OK {
				refused++
			}
		}
		if refused != 10 {
			t.Errorf("%d of 40 at once refused, want 10", refused)
		}
		if got := tg.Refused(); got != 12 {
			t.Errorf("Refused() = %d, want 12", got)
		}
		start, passed := time.Now(), 0
		for i := int64(0); time.Since(start) < 10*time.Second; i++ {
			tg.Person(Profile{ID: 1000 + i})
			if try(1000 + i).OK {
				passed++
			}
			time.Sleep(time.Second / 50)
		}
		if passed < 290 || passed > 301 {
			t.Errorf("%d passed in 10 s, want 30 a second", passed)
		}
	})
}

func TestLatencyIsHalfBeforeTheEffect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, b, ada := newWorld(t, TelegramConfig{Latency: 100 * time.Millisecond})
		for _, patience := range []time.Duration{49 * time.Millisecond, 51 * time.Millisecond} {
			b.client.Timeout = patience
			_, err := b.client.Get("http://tg.test/bot1000:sim/sendMessage?chat_id=7&text=a")
			if err == nil {
				t.Errorf("an answer within %v", patience)
			}
		}
		if got := len(ada.Messages()); got != 1 {
			t.Errorf("%d messages, want only the one whose client left after it was taken", got)
		}
	})
}
