package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/limiter"
)

// script answers the n-th call with the n-th of its steps, the last one forever.
type script struct {
	mu     sync.Mutex
	steps  []step
	answer func(method string) step // in the place of steps; may be nil
	calls  []sent
}

type step struct {
	body string
	err  error
}

type sent struct {
	method string
	text   string
	raw    string
	at     time.Time
}

func (s *script) Call(_ context.Context, method string, payload any) ([]byte, error) {
	raw, err := json.Marshal(payload)
	if err != nil {
		return nil, err
	}
	var p struct{ Text string }
	_ = json.Unmarshal(raw, &p)
	s.mu.Lock()
	defer s.mu.Unlock()
	var next step
	if s.answer != nil {
		next = s.answer(method)
	} else {
		next = s.steps[min(len(s.calls), len(s.steps)-1)]
	}
	s.calls = append(s.calls, sent{method, p.Text, string(raw), time.Now()})
	return []byte(next.body), next.err
}

func (s *script) methods() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, c := range s.calls {
		names = append(names, c.method)
	}
	return strings.Join(names, " ")
}

// last returns when the last call was made.
func (s *script) last() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[len(s.calls)-1].at
}

var (
	fine      = step{body: `{"ok":true,"result":{"message_id":7}}`}
	page502   = step{body: "<html>502 Bad Gateway</html>"}
	page504   = step{err: &gatewayError{Status: 504}} // as the wire reports it
	flood     = step{body: `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5","parameters":{"retry_after":5}}`}
	blocked   = refuse(403, "Forbidden: bot was blocked by the user")
	internal  = refuse(500, "Internal Server Error")
	cutOff    = step{err: io.ErrUnexpectedEOF}
	noNetwork = &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	noRoute   = step{err: noNetwork}
	same      = refuse(400, "Bad Request: message is not modified: specified new message content is the same")
	notThere  = refuse(400, "Bad Request: message to edit not found")
	noRights  = refuse(400, "Bad Request: not enough rights to send text messages to the chat")
	badMarkup = refuse(400, "Bad Request: can't parse entities: unsupported start tag")
)

func refuse(code int, description string) step {
	body, err := json.Marshal(map[string]any{"ok": false, "error_code": code, "description": description})
	return step{body: string(body), err: err}
}

func newSender(api API) *Sender {
	return NewSender(SenderConfig{
		API:     api,
		Pace:    limiter.NewPace[int64](limiter.PaceConfig{Rate: 25, Burst: 25, KeyRate: 1, KeyBurst: 3}),
		Log:     slog.New(slog.DiscardHandler),
		Observe: func(string, string) {},
		Guard:   func(run func()) { run() },
	})
}

func TestSendByOutcome(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		steps   []step
		edit    bool
		want    error // nil = sent
		methods string
	}{
		{"taken at once", []step{fine}, false, nil, "sendMessage"},
		{"a page in HTML is no success and is tried again", []step{page502, fine}, false, nil, "sendMessage sendMessage"},
		{"an internal error is tried again", []step{internal, fine}, false, nil, "sendMessage sendMessage"},
		{"no connection is tried again", []step{noRoute, noRoute, fine}, false, nil, "sendMessage sendMessage sendMessage"},
		{"a flood wait is obeyed", []step{flood, fine}, false, nil, "sendMessage sendMessage"},
		{"a send that a gateway gave up may have been taken and is not repeated", []step{page504}, false, ErrAmbiguous, "sendMessage"},
		{"an edit that a gateway gave up is repeated", []step{page504, fine}, true, nil, "editMessageText editMessageText"},
		{"a send cut off may have been taken and is not repeated", []step{cutOff}, false, ErrAmbiguous, "sendMessage"},
		{"an edit cut off is repeated", []step{cutOff, fine}, true, nil, "editMessageText editMessageText"},
		{"an edit that changes nothing is a success", []step{same}, true, nil, "editMessageText"},
		{"an edit of what has gone becomes a send", []step{notThere, fine}, true, nil, "editMessageText sendMessage"},
		{"refused markup goes out as plain text", []step{badMarkup, fine}, false, nil, "sendMessage sendMessage"},
		{"refused markup of an edit goes out as plain text", []step{badMarkup, fine}, true, nil, "editMessageText editMessageText"},
		{"a person who blocked the bot is unreachable", []step{blocked}, false, ErrUnreachable, "sendMessage"},
		{"a group without the right to write is unreachable", []step{noRights}, false, ErrUnreachable, "sendMessage"},
		{"so is one for administrators", []step{refuse(400, "Bad Request: need administrator rights in the channel chat")}, false, ErrUnreachable, "sendMessage"},
		{"so is one that forbids writing", []step{refuse(400, "Bad Request: CHAT_WRITE_FORBIDDEN")}, false, ErrUnreachable, "sendMessage"},
		{"so is one that put the bot out", []step{refuse(403, "Forbidden: bot was kicked from the supergroup chat")}, false, ErrUnreachable, "sendMessage"},
		{"tries are bounded", []step{{err: noNetwork}}, false, noNetwork, "sendMessage sendMessage sendMessage sendMessage sendMessage"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := &script{steps: tt.steps}
				s := newSender(api)
				edit := 0
				if tt.edit {
					edit = 3
				}
				_, err := s.put(t.Context(), Target{Chat: 1}, edit, Message{HTML: "<b>R&amp;D</b>", Tail: `<a href="https://e.x">src</a>`})
				if !errors.Is(err, tt.want) {
					t.Errorf("error %v, want %v", err, tt.want)
				}
				if got := api.methods(); got != tt.methods {
					t.Errorf("calls %q, want %q", got, tt.methods)
				}
			})
		})
	}
}

func TestFloodWaitHoldsItsChatAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &script{steps: []step{flood, fine}}
		s := newSender(api)
		start := time.Now()
		var wg sync.WaitGroup
		wg.Go(func() { mustSend(t, s, 1) })
		time.Sleep(time.Second / 2)
		mustSend(t, s, 2)
		if d := api.last().Sub(start); d != time.Second/2 {
			t.Errorf("another chat's message went out after %v, want at once (500ms)", d)
		}
		wg.Wait()
		if d := api.last().Sub(start); d < 5*time.Second {
			t.Errorf("the chat's message went out after %v, want at least 5s", d)
		}
	})
}

func TestFloodWaitsOfAFewChatsHoldNobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &script{steps: []step{flood, flood, fine}}
		s := newSender(api)
		start := time.Now()
		var wg sync.WaitGroup
		for chat := range int64(2) {
			wg.Go(func() { mustSend(t, s, chat+1) })
		}
		time.Sleep(time.Second / 2)
		mustSend(t, s, 3)
		if d := api.last().Sub(start); d != time.Second/2 {
			t.Errorf("the third chat's message went out after %v, want at once (500ms)", d)
		}
		wg.Wait()
	})
}

func TestFloodWaitsOfMostChatsHoldEverybody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		steps := append([]step{fine, fine}, slices.Repeat([]step{flood}, floodChats)...)
		api := &script{steps: append(steps, fine)}
		s := newSender(api)
		mustSend(t, s, 101)
		mustSend(t, s, 102)
		start := time.Now()
		var wg sync.WaitGroup
		for chat := range int64(floodChats) {
			wg.Go(func() { mustSend(t, s, chat+1) })
		}
		time.Sleep(time.Second) // they were refused, and the wait of 5 s is not over
		if n := len(strings.Fields(api.methods())); n != 2+floodChats {
			t.Fatalf("%d calls within a second, want the two and those that were refused", n)
		}
		mustSend(t, s, 103)
		wg.Wait()
		for i, c := range api.calls[2+floodChats:] {
			if d := c.at.Sub(start); d < 5*time.Second {
				t.Errorf("call %d after the floods went out after %v, want at least 5s", i, d)
			}
		}
		if s.pace.Stats().Paused != 0 {
			t.Errorf("still paused")
		}
	})
}

func TestFloodsAmongManyAnswersAreTheChatsOwn(t *testing.T) {
	t.Parallel()
	var f floods
	now := time.Now()
	for chat := range int64(40) {
		if refused := chat%3 == 0; f.note(now, chat, refused) {
			t.Fatalf("chat %d: all chats were held although most were answered", chat)
		}
	}
	for chat := range int64(floodChats - 1) { // each long after the one before
		if now = now.Add(floodWindow); f.note(now, chat, true) {
			t.Fatalf("chat %d: old refusals count", chat)
		}
	}
}

func TestAFloodOfActionsDelaysNoMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &script{answer: func(method string) step {
			if method == methodAction {
				return flood
			}
			return fine
		}}
		s := newSender(api)
		start := time.Now()
		stop := s.ShowTyping(t.Context(), Target{Chat: 1})
		synctest.Wait()
		mustSend(t, s, 1)
		if d := time.Since(start); d != 0 {
			t.Errorf("the message went out after %v, want at once", d)
		}
		time.Sleep(4900 * time.Millisecond)
		if got := strings.Count(api.methods(), methodAction); got != 1 {
			t.Errorf("%d actions within the wait of 5 s, want 1", got)
		}
		stop()
	})
}

func mustSend(t *testing.T, s *Sender, chat int64) {
	t.Helper()
	if _, err := s.Send(t.Context(), Target{Chat: chat}, Message{HTML: "x"}); err != nil {
		t.Errorf("send to chat %d: %v", chat, err)
	}
}

func TestPlainTextKeepsWordsAndAddress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &script{steps: []step{badMarkup, fine}}
		if _, err := newSender(api).Send(t.Context(), Target{Chat: 1}, Message{HTML: "<b>R&amp;D</b>", Tail: `<a href="https://e.x">src</a>`, Picture: "https://p.x/1.jpg"}); err != nil {
			t.Fatal(err)
		}
		last := api.calls[1]
		if want := "R&D\n\nsrc (https://e.x)"; last.text != want {
			t.Errorf("text %q, want %q", last.text, want)
		}
		if strings.Contains(last.raw, "parse_mode") || strings.Contains(last.raw, "p.x") {
			t.Errorf("plain message keeps markup or picture: %s", last.raw)
		}
	})
}

func TestLongTextComesInParts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &script{steps: []step{fine}}
		m := Message{HTML: strings.Repeat("слово ", 1000), Tail: "source", Picture: "https://p.x/1.jpg", Buttons: [][]Button{{{Text: "b", Data: "d"}}}}
		if _, err := newSender(api).Edit(t.Context(), Target{Chat: 1}, 9, m); err != nil {
			t.Fatal(err)
		}
		if got, want := api.methods(), "editMessageText sendMessage"; got != want {
			t.Fatalf("calls %q, want %q", got, want)
		}
		first, last := api.calls[0], api.calls[1]
		if !strings.Contains(first.raw, "p.x") || strings.Contains(first.raw, "inline_keyboard") {
			t.Errorf("first part wants the picture and no buttons: %.200s", first.raw)
		}
		if !strings.HasSuffix(last.text, "\n\nsource") || !strings.Contains(last.raw, "inline_keyboard") || strings.Contains(last.raw, "p.x") {
			t.Errorf("last part wants source and buttons: %.200s", last.raw)
		}
	})
}

func TestTypingIsRenewedAndEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &script{steps: []step{fine}}
		s := newSender(api)
		stop := s.ShowTyping(t.Context(), Target{Chat: 1})
		time.Sleep(9 * time.Second)
		stop()
		stop() // harmless
		time.Sleep(time.Minute)
		if got, want := api.methods(), "sendChatAction sendChatAction sendChatAction"; got != want {
			t.Errorf("calls %q, want %q", got, want)
		}
	})
}

func TestParseTrustsOnlyTheBody(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		err        error
		ok         bool
	}{
		{"ok true", `{"ok":true,"result":true}`, nil, true},
		{"ok true beats an error about it", `{"ok":true,"result":true}`, errors.New("x"), true},
		{"ok false", `{"ok":false,"error_code":400,"description":"Bad Request"}`, nil, false},
		{"html without an error", "<html>", nil, false},
		{"empty without an error", "", nil, false},
		{"json of another kind", `[]`, nil, false},
		{"neither ok nor error", `{}`, nil, false},
		{"retry_after of a wrong type", `{"ok":false,"error_code":429,"parameters":{"retry_after":"x"}}`, nil, false},
		{"transport error", "", io.EOF, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := Parse([]byte(tt.body), tt.err); (err == nil) != tt.ok {
				t.Errorf("parse error %v, want ok %v", err, tt.ok)
			}
		})
	}
}
