package text

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/feature/plural"
)

func TestVoice(t *testing.T) {
	shouting := regexp.MustCompile(`\p{Lu}{5,}`)
	eachText(t, func(t *testing.T, _, key string, _ plural.Form, text string) {
		if strings.Contains(text, "!") || strings.Contains(text, "??") {
			t.Errorf("shouts: %q", text)
		}
		if m := shouting.FindString(strings.ReplaceAll(text, "CC BY-SA", "")); m != "" {
			t.Errorf("capitals %q", m)
		}
		if n := emoji(text); n > 1 {
			t.Errorf("%d emoji, want at most one", n)
		}
		if text != strings.TrimSpace(text) || strings.Contains(text, "  ") || strings.Contains(text, "\n\n\n") {
			t.Errorf("stray white space in %q", text)
		}
		if clean(text) != text {
			t.Errorf("control or direction characters in %q", text)
		}
	})
}

// emoji counts the pictographs of s.
func emoji(s string) int {
	n := 0
	for _, r := range s {
		if unicode.Is(unicode.So, r) {
			n++
		}
	}
	return n
}

func TestScriptOfTheLanguage(t *testing.T) {
	markup := regexp.MustCompile(`<[^>]*>|\{[a-z]+\}|/[a-z]+`)
	latin := regexp.MustCompile(`\b(Telegram|Wikipedia|Stars?|CC BY-SA)\b`)
	only := regexp.MustCompile(`[ыэёъ]`) // letters that Russian has and Ukrainian does not have
	eachText(t, func(t *testing.T, lang, _ string, _ plural.Form, text string) {
		words := latin.ReplaceAllString(markup.ReplaceAllString(text, ""), "")
		for _, r := range words {
			cyrillic := lang == "ru" || lang == "uk"
			if unicode.IsLetter(r) && unicode.Is(unicode.Cyrillic, r) != cyrillic {
				t.Errorf("letter %q of another script in %q", r, text)
				return
			}
		}
		if lang == "uk" && only.MatchString(words) {
			t.Errorf("Russian letter in %q", text)
		}
		if lang == "ru" && strings.ContainsAny(words, "іїєґ") {
			t.Errorf("Ukrainian letter in %q", text)
		}
	})
}

// In French there is a space before colons and question marks. It must be a no-break space, so that no line begins with the sign.
func TestFrenchSignsStayWithTheirWord(t *testing.T) {
	breaks := regexp.MustCompile(` [:;?!»]|« `)
	eachText(t, func(t *testing.T, lang, _ string, _ plural.Form, text string) {
		if m := breaks.FindString(text); lang == "fr" && m != "" {
			t.Errorf("a line may break in %q of %q", m, text)
		}
	})
}

func TestTelegramsLimits(t *testing.T) {
	limit := func(key string) int {
		part, _, _ := strings.Cut(key, ".")
		switch {
		case key == "button.old" || part == "toast" || strings.HasPrefix(key, "story.thanks_"):
			return 200 // answerCallbackQuery
		case key == "donate.refused":
			return 200 // the error of a pre-checkout, shown in a pop-up
		case key == "donate.invoice_title" || key == "donate.invoice_label":
			return 32
		case key == "donate.invoice_description":
			return 255
		case part == "button" || key == "start.button_location" || plain(key) && part == "story":
			return 40 // more is cut off on a phone
		case part == "command":
			return 60 // Telegram takes 256; one line of the menu
		case strings.HasPrefix(key, "bot.short_description"):
			return 120
		case strings.HasPrefix(key, "bot.description"):
			return 512
		}
		return 1500 // leaves room in a message of 4096
	}
	eachText(t, func(t *testing.T, _, key string, _ plural.Form, text string) {
		if n := len(utf16.Encode([]rune(text))); n > limit(key) {
			t.Errorf("%d units, want at most %d", n, limit(key))
		}
	})
}

func TestWelcomeIsShort(t *testing.T) {
	c := load(t)
	for _, lang := range c.Languages() {
		if n := strings.Count(c.Words(lang).Say("start.welcome"), "\n") + 1; n > 3 {
			t.Errorf("%s: %d lines, want at most 3", lang, n)
		}
	}
}
