package text

import (
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
)

func load(t testing.TB) *Catalog {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// eachText calls fn with every text of every language; form is plural.Other for texts without plural forms.
func eachText(t *testing.T, fn func(t *testing.T, lang, key string, form plural.Form, text string)) {
	t.Helper()
	c := load(t)
	for _, lang := range c.Languages() {
		for _, key := range slices.Sorted(maps.Keys(c.Words(lang).entries)) {
			t.Run(lang+"/"+key, func(t *testing.T) {
				for form, tmpl := range c.Words(lang).entries[key].forms {
					if tmpl != nil {
						fn(t, lang, key, plural.Form(form), source(tmpl))
					}
				}
			})
		}
	}
}

// source returns the text of a template.
func source(t template) string {
	var b strings.Builder
	for _, p := range t {
		if p.name != "" {
			b.WriteString("{" + p.name + "}")
		}
		b.WriteString(p.literal)
	}
	return b.String()
}

// names returns the placeholders of t, sorted, each once.
func (t template) names() []string {
	var names []string
	for _, p := range t {
		if p.name != "" {
			names = append(names, p.name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// plain reports whether Telegram shows the text of the key without markup.
func plain(key string) bool {
	switch key {
	case "start.button_location", "language.name", "card.line",
		"story.map", "story.more", "story.like", "story.dislike", "story.wrong", "story.thanks_vote", "story.thanks_wrong", "story.thanks_retired":
		return true
	}
	part, _, _ := strings.Cut(key, ".")
	return slices.Contains([]string{"button", "toast", "command", "bot"}, part) ||
		strings.HasPrefix(key, "donate.invoice_") || key == "donate.refused"
}

func TestLanguages(t *testing.T) {
	c := load(t)
	got := c.Languages()
	if want := []string{"ru", "en", "fr", "pt", "uk"}; !slices.Equal(got, want) {
		t.Fatalf("languages %v, want %v", got, want)
	}
	got[0] = "xx"
	if c.Languages()[0] != "ru" {
		t.Error("a caller changed the list")
	}
	names := map[string]bool{}
	for _, lang := range c.Languages() {
		if got := c.Words(lang).Language(); got != lang {
			t.Errorf("Words(%q) speaks %q", lang, got)
		}
		names[c.Words(lang).Plain("language.name")] = true
	}
	if len(names) != len(c.Languages()) {
		t.Errorf("languages share a name: %v", names)
	}
	for _, unknown := range []string{"", "xx", "RU", "de"} {
		if got := c.Words(unknown).Language(); got != "en" {
			t.Errorf("Words(%q) speaks %q, want en", unknown, got)
		}
	}
}

func TestEveryLanguageHasEveryKey(t *testing.T) {
	c := load(t)
	want := c.Words("en").entries
	for _, lang := range c.Languages() {
		got := c.Words(lang).entries
		for key := range want {
			if _, ok := got[key]; !ok {
				t.Errorf("%s: %s is missing", lang, key)
			}
		}
		for key := range got {
			if _, ok := want[key]; !ok {
				t.Errorf("%s: %s is in no other language", lang, key)
			}
		}
	}
}

func TestKeysOfTheCode(t *testing.T) {
	keys := load(t).Words("en").entries
	for _, key := range []string{
		"reason.off", "reason.down", "reason.busy", "reason.crowd", "reason.slow", "reason.budget", "reason.unfit",
		"reason.refused", "reason.silent", "reason.declined", "reason.retired",
		"command.start", "command.help", "command.language", "command.live", "command.stop", "command.settings", "command.donate",
		"command.stats", "command.privacy", "command.forget", "command.terms", "command.paysupport",
		"command.admin", "command.ban", "command.unban", "command.pause", "command.refund",
		"button.length_auto", "button.length_short", "button.length_long", "button.pictures_on", "button.pictures_off", "button.pins_on", "button.pins_off",
		"settings.length_auto", "settings.length_short", "settings.length_long", "settings.on", "settings.off",
		"settings.interest_history", "settings.interest_architecture", "settings.interest_people", "settings.interest_nature",
		"button.interest_history", "button.interest_architecture", "button.interest_people", "button.interest_nature",
		"live.summary", "live.summary_none", "live.summary_still", "live.summary_none_still",
		"compass.north", "compass.north_east", "compass.east", "compass.south_east", "compass.south", "compass.south_west", "compass.west", "compass.north_west",
		"side.ahead", "side.ahead_right", "side.right", "side.behind_right", "side.behind", "side.behind_left", "side.left", "side.ahead_left",
		"button.point_north", "button.point_south", "button.point_east", "button.point_west", "where.close", "where.near", "where.far",
		"distance.metres", "distance.kilometres", "duration.seconds", "duration.minutes", "duration.hours", "duration.hours_minutes",
	} {
		if _, ok := keys[key]; !ok {
			t.Errorf("%s is missing: its name is put together at run time", key)
		}
	}
	for key := range keys {
		if !regexp.MustCompile(`^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$`).MatchString(key) {
			t.Errorf("key %q has another shape than part.name", key)
		}
	}
}

func TestPlaceholdersAreTheSame(t *testing.T) {
	c := load(t)
	eachText(t, func(t *testing.T, lang, key string, form plural.Form, text string) {
		want := c.Words("en").entries[key]
		got := c.Words(lang).entries[key]
		if got.plurals != want.plurals {
			t.Errorf("plural forms: %t, in English %t", got.plurals, want.plurals)
		}
		if g, w := got.forms[form].names(), want.forms[plural.Other].names(); !slices.Equal(g, w) {
			t.Errorf("placeholders %v, in English %v", g, w)
		}
		if got.plurals && !slices.Contains(got.forms[form].names(), "n") {
			t.Error("plural forms without {n}")
		}
	})
}

// TestPluralFormsAreComplete finds by trial which forms a language uses and requires exactly these in every entry with forms.
func TestPluralFormsAreComplete(t *testing.T) {
	c := load(t)
	for _, lang := range c.Languages() {
		w := c.Words(lang)
		used := map[plural.Form]bool{plural.Other: true} // fractions
		for n := range 1_000 {
			used[w.form(n)] = true
		}
		used[w.form(1_000_000)] = true
		for key, e := range w.entries {
			if !e.plurals {
				continue
			}
			for name, form := range formNames {
				if has := e.forms[form] != nil; has != used[form] {
					t.Errorf("%s: %s: form %q there: %t, used by the language: %t", lang, key, name, has, used[form])
				}
			}
		}
	}
}

func TestHTMLIsTelegrams(t *testing.T) {
	tag := regexp.MustCompile(`</?[^>]*>`)
	allowed := regexp.MustCompile(`^<(/?(b|i|u|s|code)|a href="\{url\}"|/a)>$`)
	eachText(t, func(t *testing.T, _, key string, _ plural.Form, text string) {
		var open []string
		for _, m := range tag.FindAllString(text, -1) {
			switch {
			case plain(key):
				t.Errorf("markup %s in a text that is shown as it is", m)
			case !allowed.MatchString(m):
				t.Errorf("%s is no tag of ours", m)
			case !strings.HasPrefix(m, "</"):
				open = append(open, m[1:2])
			case len(open) == 0 || open[len(open)-1] != m[2:3]:
				t.Errorf("%s closes nothing", m)
			default:
				open = open[:len(open)-1]
			}
		}
		if len(open) > 0 {
			t.Errorf("%v stays open", open)
		}
		rest := tag.ReplaceAllString(text, "")
		if strings.ContainsAny(rest, "<>") || (strings.Contains(rest, "&") && html.UnescapeString(rest) == rest) {
			t.Errorf("unescaped < > or & in %q", text)
		}
	})
}
