package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/limiter"
)

// scripted answers calls with the bodies, one after the other, and notes the calls.
type scripted struct {
	bodies   []string
	methods  []string
	payloads []any
}

func (s *scripted) Call(_ context.Context, method string, payload any) ([]byte, error) {
	s.methods, s.payloads = append(s.methods, method), append(s.payloads, payload)
	body := s.bodies[0]
	s.bodies = s.bodies[1:]
	if body == "" {
		return nil, errors.New("connection reset")
	}
	return []byte(body), nil
}

func TestSendVoice(t *testing.T) {
	t.Parallel()
	refusal := func(words string) string {
		return `{"ok":false,"error_code":400,"description":"Bad Request: ` + words + `"}`
	}
	const sent = `{"ok":true,"result":{"message_id":1,"voice":{"file_id":"F"}}}`
	for name, tt := range map[string]struct {
		voice  Voice
		bodies []string
		id     string
		err    error
		calls  int
	}{
		"upload":                      {Voice{Data: []byte("OggS")}, []string{sent}, "F", nil, 1},
		"known":                       {Voice{FileID: "F"}, []string{sent}, "F", nil, 1},
		"music":                       {Voice{FileID: "F", Music: true}, []string{`{"ok":true,"result":{"audio":{"file_id":"M"}}}`}, "M", nil, 1},
		"settings refuse it":          {Voice{FileID: "F"}, []string{refusal("VOICE_MESSAGES_FORBIDDEN")}, "", ErrNoVoices, 1},
		"the group refuses it":        {Voice{Data: []byte("O")}, []string{refusal("not enough rights to send voice messages to the chat")}, "", ErrNoVoices, 1},
		"forgotten":                   {Voice{FileID: "F"}, []string{refusal("wrong file identifier/HTTP URL specified")}, "", ErrNoFile, 1},
		"an upload is never a file":   {Voice{Data: []byte("O")}, []string{refusal("wrong file_id")}, "", ErrBadRequest, 1},
		"broken after it left":        {Voice{Data: []byte("O")}, []string{""}, "", ErrAmbiguous, 1},
		"a flood delays, not doubles": {Voice{Data: []byte("O")}, []string{`{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":3}}`, sent}, "F", nil, 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			api := &scripted{bodies: tt.bodies}
			s := NewSender(SenderConfig{API: api, Pace: limiter.NewPace[int64](limiter.PaceConfig{}), Log: slog.New(slog.DiscardHandler),
				Observe: func(string, string) {}, Guard: func(run func()) { run() }})
			got, err := s.SendVoice(t.Context(), Target{Chat: 7, Reply: 5}, tt.voice)
			if id := got.FileID; id != tt.id || (id == "F") != (got.Message == 1) || !errors.Is(err, tt.err) || len(api.methods) != tt.calls {
				t.Errorf("%s: got %q, %v after %d calls", name, got.FileID, err, len(api.methods))
			}
		})
	}
}

func TestVoiceParameters(t *testing.T) {
	t.Parallel()
	const sent = `{"ok":true,"result":{}}`
	api := &scripted{bodies: []string{sent, sent}}
	s := NewSender(SenderConfig{API: api, Pace: limiter.NewPace[int64](limiter.PaceConfig{}), Log: slog.New(slog.DiscardHandler),
		Observe: func(string, string) {}, Guard: func(run func()) { run() }})
	v := Voice{Data: []byte("OggS"), Name: "story.ogg", Duration: 41600 * time.Millisecond, Caption: "<b>A</b>", Silent: true}
	if _, err := s.SendVoice(t.Context(), Target{Chat: 7, Topic: 3, Reply: 5}, v); err != nil {
		t.Fatal(err)
	}
	form, ok := api.payloads[0].(Form)
	want := map[string]string{
		"chat_id": "7", "message_thread_id": "3", "reply_parameters": `{"message_id":5,"allow_sending_without_reply":true}`,
		"caption": "<b>A</b>", "parse_mode": "HTML", "duration": "42", "disable_notification": "true",
	}
	if !ok || form.Field != "voice" || form.Name != "story.ogg" || len(form.Fields) != len(want) {
		t.Fatalf("got %+v", form)
	}
	for name, value := range want {
		if form.Fields[name] != value {
			t.Errorf("%s is %q, want %q", name, form.Fields[name], value)
		}
	}
	v.FileID, v.Music, v.Title = "F", true, "A"
	if _, err := s.SendVoice(t.Context(), Target{Chat: 7}, v); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(api.payloads[1])
	var got map[string]any
	if err != nil || json.Unmarshal(raw, &got) != nil || api.methods[1] != "sendAudio" || got["audio"] != "F" || got["title"] != "A" || got["chat_id"] != 7.0 {
		t.Errorf("%s %s", api.methods[1], raw)
	}
}
