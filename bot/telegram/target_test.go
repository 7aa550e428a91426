package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// place returns the parameters of the n-th call that tell where it goes.
func (s *script) place(t *testing.T, n int) string {
	t.Helper()
	var p struct {
		Chat  int64           `json:"chat_id"`
		Topic int             `json:"message_thread_id"`
		Reply json.RawMessage `json:"reply_parameters"`
	}
	if err := json.Unmarshal([]byte(s.calls[n].raw), &p); err != nil {
		t.Fatalf("%s: %v", s.calls[n].raw, err)
	}
	return strings.TrimSpace(fmt.Sprint(s.calls[n].method, " ", p.Chat, " ", p.Topic, " ", string(p.Reply)))
}

func (s *script) places(t *testing.T) []string {
	t.Helper()
	var all []string
	for i := range s.calls {
		all = append(all, s.place(t, i))
	}
	return all
}

const answeredFive = `{"message_id":5,"allow_sending_without_reply":true}`

var (
	closedTopic = refuse(400, "Bad Request: TOPIC_CLOSED")
	noTopic     = refuse(400, "Bad Request: message thread not found")
	movedAway   = step{body: `{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1009}}`}
)

func TestCallsGoToTheirPlace(t *testing.T) {
	t.Parallel()
	group, person := Target{Chat: -7, Topic: 12, Reply: 5}, Target{Chat: 7, Topic: 3}
	send := func(ctx context.Context, s *Sender, to Target) error {
		_, err := s.Send(ctx, to, Message{HTML: "x"})
		return err
	}
	for _, tt := range []struct {
		name  string
		steps []step
		do    func(ctx context.Context, s *Sender) error
		err   error
		want  []string
	}{
		{"a message goes to its topic, as a reply", []step{fine}, func(ctx context.Context, s *Sender) error { return send(ctx, s, group) },
			nil, []string{"sendMessage -7 12 " + answeredFive}},
		{"so does one in a private chat", []step{fine}, func(ctx context.Context, s *Sender) error { return send(ctx, s, person) },
			nil, []string{"sendMessage 7 3"}},
		{"only the first part is a reply", []step{fine}, func(ctx context.Context, s *Sender) error {
			_, err := s.Send(ctx, group, Message{HTML: strings.Repeat("word ", 1000)})
			return err
		}, nil, []string{"sendMessage -7 12 " + answeredFive, "sendMessage -7 12"}},
		{"an edit takes neither", []step{fine}, func(ctx context.Context, s *Sender) error {
			_, err := s.Edit(ctx, group, 9, Message{HTML: "x"})
			return err
		}, nil, []string{"editMessageText -7 0"}},
		{"an edit that becomes a send takes both", []step{notThere, fine}, func(ctx context.Context, s *Sender) error {
			_, err := s.Edit(ctx, group, 9, Message{HTML: "x"})
			return err
		}, nil, []string{"editMessageText -7 0", "sendMessage -7 12 " + answeredFive}},
		{"an action goes to the topic", []step{fine}, func(ctx context.Context, s *Sender) error { s.act(ctx, group, "typing"); return nil },
			nil, []string{"sendChatAction -7 12"}},
		{"an optional call goes to the topic", []step{fine}, func(ctx context.Context, s *Sender) error {
			s.SendOptional(ctx, person, "sendVenue", map[string]any{"title": "T"})
			return nil
		}, nil, []string{"sendVenue 7 3"}},
		{"a topic that is gone is left out", []step{noTopic, fine}, func(ctx context.Context, s *Sender) error { return send(ctx, s, person) },
			nil, []string{"sendMessage 7 3", "sendMessage 7 0"}},
		{"a closed topic of a group ends it, with one call", []step{closedTopic}, func(ctx context.Context, s *Sender) error { return send(ctx, s, group) },
			ErrUnreachable, []string{"sendMessage -7 12 " + answeredFive}},
		{"a closed topic of a person is left out", []step{closedTopic, fine}, func(ctx context.Context, s *Sender) error { return send(ctx, s, person) },
			nil, []string{"sendMessage 7 3", "sendMessage 7 0"}},
		{"a group that moved is followed", []step{movedAway, fine}, func(ctx context.Context, s *Sender) error {
			return errors.Join(send(ctx, s, Target{Chat: -7}), send(ctx, s, Target{Chat: -7}))
		}, nil, []string{"sendMessage -7 0", "sendMessage -1009 0", "sendMessage -1009 0"}},
		{"a group that does not tell where it is is not called twice", []step{refuse(400, "Bad Request: group chat was deactivated")},
			func(ctx context.Context, s *Sender) error { return send(ctx, s, Target{Chat: -7}) }, ErrUnreachable, []string{"sendMessage -7 0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := &script{steps: tt.steps}
				if err := tt.do(t.Context(), newSender(api)); !errors.Is(err, tt.err) {
					t.Errorf("error %v, want %v", err, tt.err)
				}
				if got := api.places(t); !slices.Equal(got, tt.want) {
					t.Errorf("calls\n%q, want\n%q", got, tt.want)
				}
			})
		})
	}
}

func TestAFileGoesToItsPlace(t *testing.T) {
	t.Parallel()
	payload, err := address(Target{Chat: -7, Topic: 12, Reply: 5}, "sendPhoto", Form{Fields: map[string]string{"disable_notification": "true"}, Field: "photo"})
	if err != nil {
		t.Fatal(err)
	}
	form, ok := payload.(Form)
	want := map[string]string{"chat_id": "-7", "message_thread_id": "12", "reply_parameters": answeredFive, "disable_notification": "true"}
	if got := fmt.Sprint(form.Fields); !ok || got != fmt.Sprint(want) {
		t.Errorf("fields %s, want %v", got, want)
	}
}

func TestAMoveIsToldOnce(t *testing.T) {
	t.Parallel()
	var told []string
	m := moves{tell: func(_ context.Context, from, to int64) { told = append(told, fmt.Sprint(from, " ", to)) }}
	for range 2 {
		m.note(t.Context(), -1, -2)
	}
	m.note(t.Context(), -1, -3) // a group moves once, but what Telegram says last holds
	if want := []string{"-1 -2", "-1 -3"}; !slices.Equal(told, want) || m.follow(-1) != -3 {
		t.Errorf("told %q, want %q; now at %d", told, want, m.follow(-1))
	}
	for chat := range int64(maxMoves + 10) {
		m.note(t.Context(), chat+1, -9)
	}
	if len(m.to) != maxMoves {
		t.Errorf("%d moves remembered, want %d", len(m.to), maxMoves)
	}
}

func TestPeopleWhoCannotBeWrittenTo(t *testing.T) {
	t.Parallel()
	for _, description := range []string{
		"Bad Request: PEER_ID_INVALID", "Error: PEER_ID_INVALID", "Bad Request: chat not found", "Bad Request: user not found",
		"Bad Request: USER_DEACTIVATED", "Bad Request: INPUT_USER_DEACTIVATED", "Bad Request: USER_IS_BLOCKED", "Bad Request: USER_IS_BOT",
		"Bad Request: CHANNEL_PRIVATE", "Bad Request: CHAT_RESTRICTED", "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN", "Bad Request: TOPIC_CLOSED",
		"Bad Request: group chat was deactivated", "Bad Request: have no write access to the chat", "Bad Request: CHAT_GUEST_SEND_FORBIDDEN",
	} {
		if err := classify(&APIError{Code: 400, Description: description}); !errors.Is(err, ErrUnreachable) {
			t.Errorf("%q: %v", description, err)
		}
	}
}
