package sim

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestModelBreaksStreams(t *testing.T) {
	tests := map[string]struct {
		finish string
		done   bool
		empty  bool
	}{
		"cut": {}, "break": {}, "error": {}, "length": {finish: "length", done: true}, "filter": {finish: "content_filter", done: true},
		"nofinish": {done: true}, "empty": {done: true, empty: true}, "refusal": {finish: "stop", done: true, empty: true}, "notjson": {finish: "stop", done: true},
	}
	for fault, want := range tests {
		m := NewModel(ModelConfig{Latency: func(int) time.Duration { return 0 }, Fault: func(int) string { return fault }})
		text, finish, _, done := listen(t, post(t, m, ask("English", "60-80 words", nil)), func(string) {})
		if finish != want.finish || done != want.done || (text == "") != want.empty {
			t.Errorf("%s: finish %q, done %v, %d bytes", fault, finish, done, len(text))
		}
		if fault != "refusal" && fault != "notjson" && json.Valid([]byte(text)) != (fault == "nofinish") {
			t.Errorf("%s: text %q", fault, text)
		}
	}
}

func TestModelAnswersWhole(t *testing.T) {
	m := NewModel(ModelConfig{Latency: func(int) time.Duration { return 0 }})
	res := post(t, m, ask("German", "100-120 words", map[string]any{"stream": false, "stream_options": nil, "response_format": nil}))
	defer res.Body.Close()
	var body struct {
		Choices []struct {
			Message      struct{ Content string }
			FinishReason string `json:"finish_reason"`
		}
		Usage usage
	}
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil || len(body.Choices) != 1 {
		t.Fatalf("body: %v", err)
	}
	got := body.Choices[0]
	if got.FinishReason != "stop" || !strings.Contains(got.Message.Content, "```json") || !strings.Contains(got.Message.Content, "Dieser Ort heißt Tower") {
		t.Errorf("finish %q: %s", got.FinishReason, got.Message.Content)
	}
}

func TestModelStopsWhenItsClientLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewModel(ModelConfig{Fault: func(n int) string { return []string{"", "hang", "stall", ""}[n] }})
		for range 3 {
			client := http.Client{Transport: Transport(map[string]http.Handler{"model": m}), Timeout: 2 * time.Second}
			body, _ := json.Marshal(ask("English", "60-80 words", nil))
			if res, err := client.Post("http://model/v1/chat/completions", "application/json", strings.NewReader(string(body))); err == nil {
				_, _ = io.ReadAll(res.Body)
				res.Body.Close()
			}
			synctest.Wait()
		}
		if got, want := m.Stats(), (ModelStats{Calls: 3, Peak: 1}); got != want {
			t.Errorf("stats %+v, want %+v", got, want)
		}
	})
}
