package chat

import (
	"encoding/json"
	"strings"
	"testing"

	openai "github.com/sashabaranov/go-openai"
)

func TestRequestsOfReasoningModels(t *testing.T) {
	p, _ := about(4).prompt(Limits{})
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
		{"gpt-6-luna", "minimal", true, true, "none"},
		{"gpt-6-astra", "none", true, false, "low"},
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
		req := firstForm(tt.model, tt.setting).request(tt.model, p)
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
}
