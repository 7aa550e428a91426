package sim

import (
	"testing"
)

func TestTelegramFaults(t *testing.T) {
	tg, b, ada := newWorld(t, TelegramConfig{Fault: func(method string, n int) (int, string, int, bool) {
		switch {
		case method != "sendMessage":
			return 0, "", 0, false
		case n == 1:
			return 429, "", 5, true
		case n == 2:
			return 502, `{"html":"<html>"}`, 0, true
		case n == 3:
			return FaultCut, "", 0, true
		}
		return 0, "", 0, false
	}})
	if r := b.call("sendMessage", "chat_id", 7, "text", "a"); r.Status != 429 || r.Parameters.RetryAfter != 5 || r.Description != "Too Many Requests: retry after 5" {
		t.Errorf("first %+v", r)
	}
	if r := b.call("sendMessage", "chat_id", 7, "text", "a"); r.Status != 502 || r.OK {
		t.Errorf("second %+v", r)
	}
	if n := len(ada.Messages()); n != 0 {
		t.Errorf("%d messages came through", n)
	}
	if _, err := b.client.Get("http://tg.test/bot1000:sim/sendMessage?chat_id=7&text=cut"); err == nil {
		t.Error("the third call has an answer")
	}
	if m := ada.Messages(); len(m) != 1 || m[0].Text != "cut" {
		t.Errorf("the cut call left %+v", m)
	}
	b.send("d")
	if got := tg.Calls()["sendMessage"]; got != 4 {
		t.Errorf("%d calls counted, want 4", got)
	}
}
