package chat

import (
	"testing"
)

func TestNewChecksItsConfig(t *testing.T) {
	tests := []struct {
		cfg  Config
		base string // "" = an error
	}{
		{Config{APIKey: "k"}, DefaultBaseURL},
		{Config{APIKey: "k", BaseURL: "https://api.openai.com"}, "https://api.openai.com/v1"},
		{Config{BaseURL: "http://127.0.0.1:11434/v1/"}, "http://127.0.0.1:11434/v1"},
		{Config{BaseURL: "https://host/openai/api"}, "https://host/openai/api"},
		{Config{}, ""},
		{Config{APIKey: "k", BaseURL: "api.openai.com"}, ""},
		{Config{APIKey: "k", BaseURL: "ftp://host"}, ""},
	}
	for _, tt := range tests {
		c, err := New(tt.cfg)
		if (err == nil) != (tt.base != "") {
			t.Errorf("%+v: error %v", tt.cfg, err)
			continue
		}
		if err == nil && c.Name() != DefaultModel {
			t.Errorf("name %q", c.Name())
		}
		if got, _ := baseURL(tt.cfg.BaseURL); tt.base != "" && got != tt.base {
			t.Errorf("base URL %q, want %q", got, tt.base)
		}
	}
}
