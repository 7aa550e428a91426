package text

import (
	"slices"
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	c := load(t)
	tests := []struct{ code, want string }{
		{"ru", "ru"}, {"en", "en"}, {"fr", "fr"}, {"pt", "pt"}, {"uk", "uk"},
		{"pt-br", "pt"}, {"pt-pt", "pt"}, {"fr-CA", "fr"}, {"en-GB", "en"}, {"EN_us", "en"}, {"ru-UA", "ru"}, {"uk-UA", "uk"},
		// CLDR names the language that their speakers most likely read.
		{"be", "ru"}, {"kk", "ru"}, {"ky", "ru"}, {"uz", "ru"}, {"tt", "ru"}, {"br", "fr"}, {"wo", "fr"},
		// No related language.
		{"de", "en"}, {"es", "en"}, {"zh-hans", "en"}, {"ar", "en"}, {"pl", "en"}, {"bg", "en"}, {"lv", "en"}, {"gl", "en"},
		{"", "en"}, {"xx", "en"}, {"und", "en"}, {"русский", "en"}, {"a", "en"}, {"-", "en"}, {"ru ", "en"},
		{strings.Repeat("ru-", 5000), "en"},
	}
	for _, tt := range tests {
		if got := c.Match(tt.code); got != tt.want {
			t.Errorf("Match(%.20q) = %q, want %q", tt.code, got, tt.want)
		}
	}
}

func FuzzMatch(f *testing.F) {
	for _, s := range []string{"", "ru", "pt-br", "zh-hans", "x-private", "en-u-co-phonebk", "\x00"} {
		f.Add(s)
	}
	c := load(f)
	languages := c.Languages()
	f.Fuzz(func(t *testing.T, code string) {
		got := c.Match(code)
		if !slices.Contains(languages, got) {
			t.Errorf("Match(%q) = %q", code, got)
		}
		if again := c.Match(code); again != got {
			t.Errorf("Match(%q) = %q, then %q", code, got, again)
		}
	})
}
