package model

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"excursobot/bot/sim"
)

func TestRequestsOfReasoningModels(t *testing.T) {
	ans, err := newAnswer(Request{Language: "en", Places: towers(4)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, reasoning := range map[string]bool{"gpt-4.1-mini": false, "gpt-4o": false, "llama3": false, "gpt-5-mini": true, "openai/gpt-5.1": true, "o3": true,
		"o4-mini": true, "gpt-5-chat-latest": true, "olmo-3": false} {
		c := &Client{cfg: Config{Model: name}}
		text, err := json.Marshal(c.completionRequest(ans, strictSchema))
		if err != nil {
			t.Fatal(err)
		}
		for field, want := range map[string]bool{"max_completion_tokens": reasoning, "max_tokens": !reasoning, "temperature": !reasoning} {
			if got := strings.Contains(string(text), `"`+field+`":`); got != want {
				t.Errorf("%s: %s sent %v, want %v", name, field, got, want)
			}
		}
	}
	synctest.Test(t, func(t *testing.T) {
		b := newFixture(t, Config{Model: "gpt-5-mini"}, sim.ModelConfig{})
		if res, err := b.Write(t.Context(), Request{Language: "uk", Long: true, Places: towers(4)}, nil); err != nil || len(res.Stories) != 4 {
			t.Errorf("stories %v, error %v", ids(res.Stories), err)
		}
	})
}
