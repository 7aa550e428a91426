package model

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	openai "github.com/sashabaranov/go-openai"

	"excursobot/bot/sim"
)

func TestRequestsOfReasoningModels(t *testing.T) {
	ans, err := newAnswer(Request{Language: "en", Places: towers(4)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		model, setting string
		openAI, warm   bool
		effort         string
	}{
		{"gpt-6-luna", "", true, true, "none"},
		{"gpt-6-luna", "auto", true, true, "none"},
		{"openai/gpt-6-luna", "auto", true, true, "none"},
		{"gpt-6-luna", "off", true, false, ""},
		{"gpt-6-luna", "low", true, false, "low"},
		{"gpt-6-astra", "auto", true, false, "low"},
		{"gpt-6.1-sol", "auto", true, false, "low"},
		{"gpt-5.1", "auto", true, false, "none"},
		{"gpt-5-mini", "auto", true, false, "minimal"},
		{"gpt-5-chat-latest", "auto", true, false, ""},
		{"gpt-5-pro", "auto", true, false, ""},
		{"o3", "auto", true, false, "low"},
		{"o4-mini", "high", true, false, "high"},
		{"gpt-oss:20b", "auto", false, true, "low"},
		{"gpt-4.1-mini", "auto", false, true, ""},
		{"gpt-4o", "", false, true, ""},
		{"llama3", "auto", false, true, ""},
		{"olmo-3", "auto", false, true, ""},
		{"qwen3", "none", false, true, "none"},
	}
	for _, tt := range tests {
		c := &Client{cfg: Config{Model: tt.model, Reasoning: tt.setting}}
		req := c.completionRequest(ans, strictSchema)
		text, err := json.Marshal(req)
		if err != nil {
			t.Fatal(err)
		}
		for field, want := range map[string]bool{"max_completion_tokens": tt.openAI, "max_tokens": !tt.openAI, "temperature": tt.warm, "reasoning_effort": tt.effort != ""} {
			if got := strings.Contains(string(text), `"`+field+`":`); got != want {
				t.Errorf("%s, %s: %s sent %v, want %v", tt.model, tt.setting, field, got, want)
			}
		}
		if req.ReasoningEffort != tt.effort {
			t.Errorf("%s, %s: effort %q, want %q", tt.model, tt.setting, req.ReasoningEffort, tt.effort)
		}
		if err := openai.NewReasoningValidator().Validate(req); err != nil {
			t.Errorf("%s, %s: the library refuses it: %v", tt.model, tt.setting, err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		b := newFixture(t, Config{Model: "gpt-6-luna"}, sim.ModelConfig{})
		if res, err := b.Write(t.Context(), Request{Language: "uk", Long: true, Places: towers(4)}, nil); err != nil || len(res.Stories) != 4 {
			t.Errorf("stories %v, error %v", ids(res.Stories), err)
		}
	})
}
