package config

import "testing"

func TestSimilarKeys(t *testing.T) {
	keys := []string{"telegram.token", "monitor.token", "live.default", "openai.max_concurrent", "speech.max_concurrent", "places.contact", "live"}
	for wrong, want := range map[string]string{
		"telegram.tokn":         "telegram.token",
		"monitor.tokens":        "monitor.token",
		"lives":                 "live",
		"telegram.contact":      "places.contact",
		"openai.max_concurent":  "openai.max_concurrent",
		"places.max_concurrent": "", // of two sections
		"token":                 "",
		"something.else":        "",
		"":                      "",
	} {
		if got := similar(wrong, keys); got != want {
			t.Errorf("%q: %q, want %q", wrong, got, want)
		}
	}
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"kitten", "sitting", 3}, {"tokn", "token", 1}} {
		if got := edits(tt.a, tt.b); got != tt.want {
			t.Errorf("%q to %q: %d edits, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
