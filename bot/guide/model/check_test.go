package model

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"excursobot/geo/places"
)

func (s sample) place() places.Place {
	return places.Place{ID: "Q1", Title: s.title, Extract: s.extract}
}

// source returns the language of the sample's extract, which may be English.
func (s sample) source() string {
	for _, word := range []string{" the ", " was ", " is a "} {
		if s.language != "en" && strings.Contains(s.extract, word) {
			return "en"
		}
	}
	return s.language
}

// rule returns the rule that stops a text, "" = none.
func rule(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var c *CheckError
	if !errors.As(err, &c) {
		t.Fatalf("error %v is no *CheckError", err)
	}
	return c.Rule
}

func TestGoodStoriesPass(t *testing.T) {
	seen := map[string]int{}
	for _, s := range corpus {
		seen[s.language]++
		if err := Check(s.place(), Passage{Language: s.source()}, s.language, s.story); err != nil {
			t.Errorf("%s, %s: %v", s.language, s.title, err)
		}
	}
	for _, l := range Languages {
		if seen[l] < 2 {
			t.Errorf("%d stories in %s, want 2", seen[l], l)
		}
	}
}

func TestLengthBounds(t *testing.T) {
	word := func(n int) string { return strings.TrimSpace(strings.Repeat("the ", n)) }
	character := func(n int) string { return strings.Repeat("石", n) }
	tests := []struct {
		language, text, want string
	}{
		{"en", word(29), ruleLength}, {"en", word(30), ""}, {"en", word(180), ""}, {"en", word(181), ruleLength},
		{"zh", character(59), ruleLength}, {"zh", character(60), ""}, {"zh", character(600), ""}, {"zh", character(601), ruleLength},
		{"en", "", ruleScript}, {"en", strings.Repeat("the ", 1<<20), ruleLength},
	}
	for _, tt := range tests {
		if got := rule(t, Check(places.Place{ID: "Q1", Extract: strings.Repeat("the ", 400)}, Passage{}, tt.language, tt.text)); got != tt.want {
			t.Errorf("%s, %d bytes: stopped by %q, want %q", tt.language, len(tt.text), got, tt.want)
		}
	}
	if got := rule(t, Check(places.Place{}, Passage{}, "en", word(30))); got != RulePlace {
		t.Errorf("no place: stopped by %q", got)
	}
	if got := rule(t, Check(places.Place{ID: "Q1"}, Passage{}, "xx", word(30))); got != ruleScript {
		t.Errorf("no language: stopped by %q", got)
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range corpus {
		f.Add(s.extract, s.language, s.story)
	}
	f.Add("\xff1894", "en", "İ.com <\x00> １８９4 一九九九年")
	f.Fuzz(func(t *testing.T, extract, language, text string) {
		err := Check(places.Place{ID: "Q1", Extract: extract}, Passage{Language: language}, language, text)
		if err != nil && rule(t, err) == "" {
			t.Error("an error without a rule")
		}
		if err == nil && (!utf8.ValidString(text) || strings.ContainsRune(text, 0)) {
			t.Errorf("passed: %q", text)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	for _, language := range []string{"en", "ru", "zh", "ar", "hi"} {
		i := slices.IndexFunc(corpus, func(s sample) bool { return s.language == language })
		place := corpus[i].place()
		place.Extract = strings.Repeat(place.Extract+" ", 1200/utf8.RuneCountInString(place.Extract)+1)
		b.Run(language, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := Check(place, Passage{Language: corpus[i].source()}, language, corpus[i].story); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
