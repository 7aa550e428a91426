package text

import (
	"errors"
	"html"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// words returns a language made of the given YAML.
func words(t testing.TB, code, catalogue string) *Words {
	t.Helper()
	w, err := parse(code, []byte(catalogue))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestSay(t *testing.T) {
	w := words(t, "en", `
a.plain: just text
a.one: "Hello, {name}."
a.two: "{x}{y}"
a.link: '<a href="{url}">{title}</a>'
a.count: {one: "{n} star", other: "{n} stars"}
`)
	tests := []struct {
		name string
		key  string
		args []any
		want string
	}{
		{"no placeholder", "a.plain", nil, "just text"},
		{"unneeded argument", "a.plain", []any{"x", 1}, "just text"},
		{"string", "a.one", []any{"name", "you"}, "Hello, you."},
		{"unknown key", "a.none", []any{"name", "you"}, "a.none"},
		{"missing argument stays visible", "a.one", nil, "Hello, {name}."},
		{"nil argument stays visible", "a.one", []any{"name", nil}, "Hello, {name}."},
		{"name without value", "a.one", []any{"name"}, "Hello, {name}."},
		{"name that is no string", "a.one", []any{1, "you"}, "Hello, {name}."},
		{"arguments are not placeholders", "a.two", []any{"x", "{y}", "y", "z"}, "{y}z"},
		{"escaped", "a.one", []any{"name", `<b>&"'`}, "Hello, &lt;b&gt;&amp;&#34;&#39;."},
		{"HTML as it is", "a.one", []any{"name", HTML("<b>you</b>")}, "Hello, <b>you</b>."},
		{"quotes in an address", "a.link", []any{"url", `https://x/"onclick="`, "title", "A & B"}, `<a href="https://x/&#34;onclick=&#34;">A &amp; B</a>`},
		{"integer", "a.one", []any{"name", 1234567}, "Hello, 1,234,567."},
		{"int64", "a.one", []any{"name", int64(-5)}, "Hello, -5."},
		{"fraction", "a.one", []any{"name", 1.25}, "Hello, 1.2."},
		{"duration", "a.one", []any{"name", 90 * time.Second}, "Hello, duration.minutes."},
		{"error", "a.one", []any{"name", errors.New("a<b")}, "Hello, a&lt;b."},
		{"plural one", "a.count", []any{"n", 1}, "1 star"},
		{"plural other", "a.count", []any{"n", 1000}, "1,000 stars"},
		{"plural of a fraction", "a.count", []any{"n", 1.5}, "1.5 stars"},
		{"plural without n", "a.count", nil, "{n} stars"},
		{"direction override", "a.one", []any{"name", "a\u202eb\u2066c\u2069"}, "Hello, abc."},
		{"control characters", "a.one", []any{"name", "a\x00b\x1b\u0085\tc\u2028d\ne"}, "Hello, ab c d\ne."},
		{"invalid UTF-8", "a.one", []any{"name", "a\xffb"}, "Hello, ab."},
		{"marks that names need", "a.one", []any{"name", "\u05d0\u200f 👨\u200d👩"}, "Hello, \u05d0\u200f 👨\u200d👩."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := w.Say(tt.key, tt.args...); got != tt.want {
				t.Errorf("Say(%q, %q) = %q, want %q", tt.key, tt.args, got, tt.want)
			}
		})
	}
}

func TestPlainDoesNotEscape(t *testing.T) {
	w := words(t, "en", `a.one: "R&B {name}"`)
	if got, want := w.Plain("a.one", "name", "<A&\u202eB>"), "R&B <A&B>"; got != want {
		t.Errorf("Plain = %q, want %q", got, want)
	}
}

func TestPluralForms(t *testing.T) {
	c := load(t)
	tests := []struct {
		lang string
		n    any
		want string
	}{
		{"ru", 0, "0 минут"},
		{"ru", 1, "1 минуту"},
		{"ru", 3, "3 минуты"},
		{"ru", 5, "5 минут"},
		{"ru", 11, "11 минут"},
		{"ru", 12, "12 минут"},
		{"ru", 21, "21 минуту"},
		{"ru", 111, "111 минут"},
		{"ru", -2, "-2 минуты"},
		{"ru", 1.5, "1,5 минуты"},
		{"ru", int64(20_000_001), "20\u00a0000\u00a0001 минуту"},
		{"uk", 22, "22 хвилини"},
		{"uk", 60, "60 хвилин"},
		{"en", 1, "1 minute"},
		{"en", 0, "0 minutes"},
		{"fr", 0, "0 minute"},
		{"fr", 2, "2 minutes"},
		{"pt", 1, "1 minuto"},
		{"pt", 2, "2 minutos"},
	}
	for _, tt := range tests {
		if got := c.Words(tt.lang).Say("live.interval", "n", tt.n); got != tt.want {
			t.Errorf("%s %v: %q, want %q", tt.lang, tt.n, got, tt.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, catalogue string }{
		{"empty text", `a.b: ""`},
		{"only white space", `a.b: "  "`},
		{"no name", `a.b: "{}"`},
		{"open brace", `a.b: "a {name"`},
		{"closing brace", `a.b: "a} {name}"`},
		{"unknown plural form", `a.b: {one: x, some: y, other: z}`},
		{"no form for the rest", `a.b: {one: x}`},
		{"empty plural form", `a.b: {one: "", other: z}`},
		{"list", `a.b: [x]`},
		{"key twice", "a.b: x\na.b: y"},
		{"no mapping", "x"},
		{"broken", "a.b: 'x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if w, err := parse("en", []byte(tt.catalogue)); err == nil {
				t.Errorf("parsed as %v, want an error", w.entries)
			}
		})
	}
	if _, err := parse("not a code", []byte("a.b: x")); err == nil {
		t.Error("language code that is none was taken")
	}
}

// FuzzSay checks that no argument can add a tag or an entity to the text, or break out of an attribute.
func FuzzSay(f *testing.F) {
	for _, s := range []string{"", "Лувр", "<script>", `" onclick="`, "a&b;", "{title}", "\u202e\x00\xff", "&amp;", "'>"} {
		f.Add(s)
	}
	w := words(f, "en", `a.link: '<a href="{url}">{title}</a>'`)
	f.Fuzz(func(t *testing.T, s string) {
		got := w.Say("a.link", "url", s, "title", s)
		if !utf8.ValidString(got) {
			t.Fatalf("%q is not UTF-8", got)
		}
		body, ok := strings.CutPrefix(got, `<a href="`)
		if !ok {
			t.Fatalf("%q lost its beginning", got)
		}
		if body, ok = strings.CutSuffix(body, `</a>`); !ok {
			t.Fatalf("%q lost its end", got)
		}
		url, title, ok := strings.Cut(body, `">`)
		if !ok || url != title {
			t.Fatalf("%q: the address ends elsewhere", got)
		}
		if strings.ContainsAny(title, `<>"'`) {
			t.Fatalf("%q holds markup", title)
		}
		if back := html.UnescapeString(title); back != clean(s) {
			t.Fatalf("%q reads as %q, want %q", title, back, clean(s))
		}
	})
}

func BenchmarkSay(b *testing.B) {
	ru := load(b).Words("ru")
	story := strings.Repeat("Это не один храм, а девять церквей на общем основании. ", 9)
	b.Run("text", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ru.Say("error.nothing")
		}
	})
	b.Run("plural", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ru.Say("live.interval", "n", 25)
		}
	})
	b.Run("story", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ru.Say("story.text", "title", "Храм Василия Блаженного", "where", "120 м на север ↑", "text", story, "source", HTML("<a>…</a>"))
		}
	})
	b.Run("distance", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ru.Distance(1340)
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load(b)
	}
}
