package telegram

import (
	"html"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	words := strings.Repeat("word ", 30) // 150 units
	tests := []struct {
		name         string
		markup, tail string
		limit        int
		want         []string
	}{
		{"nothing gives no part", "", "", 64, nil},
		{"space alone gives no part", " \n ", "", 64, nil},
		{"short text stays whole with its tail", "<b>a</b>", "\n\n<i>src</i>", 64, []string{"<b>a</b>\n\n<i>src</i>"}},
		{"exactly the limit stays whole", strings.Repeat("я", 64), "", 64, []string{strings.Repeat("я", 64)}},
		{"an emoji counts two units", strings.Repeat("🧭", 33), "", 64, []string{strings.Repeat("🧭", 32), "🧭"}},
		{"an entity counts one unit", strings.Repeat("&amp;", 64), "", 64, []string{strings.Repeat("&amp;", 64)}},
		{"an entity is never cut", strings.Repeat("&quot;", 65), "", 64, []string{strings.Repeat("&quot;", 64), "&quot;"}},
		{"markup is free", "<b>" + strings.Repeat("x", 64) + "</b>", "", 64, []string{"<b>" + strings.Repeat("x", 64) + "</b>"}},
		{"a paragraph is preferred to a later word", strings.Repeat("a", 40) + "\n\n" + strings.Repeat("b ", 20), "", 64,
			[]string{strings.Repeat("a", 40), strings.TrimSpace(strings.Repeat("b ", 20))}},
		{"a sentence is preferred to a later word", strings.Repeat("a", 40) + ". bb bb bb bb bb bb bb bb bb", "", 64,
			[]string{strings.Repeat("a", 40) + ".", "bb bb bb bb bb bb bb bb bb"}},
		{"an open tag is closed and opened again", `<a href="https://x.y/?a=1&amp;b=2">` + words[:100] + "</a>", "", 64,
			[]string{
				`<a href="https://x.y/?a=1&amp;b=2">` + strings.TrimSpace(words[:60]) + "</a>",
				`<a href="https://x.y/?a=1&amp;b=2">` + strings.TrimSpace(words[60:100]) + "</a>",
			}},
		{"the tail is whole on the last part", strings.TrimSpace(words[:100]), "\n\n<i>" + strings.Repeat("s", 60) + "</i>", 64,
			[]string{strings.TrimSpace(words[:60]), strings.TrimSpace(words[60:100]), "<i>" + strings.Repeat("s", 60) + "</i>"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, split(tt.markup, tt.tail, tt.limit)); diff != "" {
				t.Errorf("split (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	got := Plain(`<b>R&amp;D &lt;3</b> <a href="https://e.x/?a=1&amp;b=2">more</a>`)
	if want := "R&D <3 more (https://e.x/?a=1&b=2)"; got != want {
		t.Errorf("plain = %q, want %q", got, want)
	}
}

// FuzzSplit feeds escaped text of any kind between tags: parts keep to the limit, are balanced, and lose only space.
func FuzzSplit(f *testing.F) {
	f.Add("Title", "Some text. More text.\n\nEnd", "source", uint16(64))
	f.Add("🧭", strings.Repeat("слово & <b> ", 50), strings.Repeat("long", 60), uint16(70))
	f.Fuzz(func(t *testing.T, title, body, tail string, size uint16) {
		limit := 64 + int(size)%512
		title, body, tail = strings.ToValidUTF8(title, ""), strings.ToValidUTF8(body, ""), strings.ToValidUTF8(tail, "")
		markup := "<b>" + html.EscapeString(title) + "</b>\n\n" + `<i>x <a href="https://e.x/">` + html.EscapeString(body) + "</a></i>"
		end := "\n\n<i>" + html.EscapeString(tail) + "</i>"
		seen := ""
		for _, part := range split(markup, end, limit) {
			if n := units(part); n > limit {
				t.Fatalf("part has %d units, limit %d", n, limit)
			}
			if !utf8.ValidString(part) {
				t.Fatalf("part is not UTF-8: %q", part)
			}
			var open []string
			for _, tok := range lex(part) {
				switch {
				case tok.tag == "":
					seen += html.UnescapeString(tok.raw)
				case !tok.end:
					open = append(open, tok.tag)
				case len(open) == 0 || open[len(open)-1] != tok.tag:
					t.Fatalf("unbalanced: %q", part)
				default:
					open = open[:len(open)-1]
				}
			}
			if len(open) > 0 {
				t.Fatalf("left open %v: %q", open, part)
			}
		}
		if got, want := squeeze(seen), squeeze(title+"x"+body+tail); got != want {
			t.Fatalf("shown %q, want %q", got, want)
		}
	})
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

func BenchmarkSplit(b *testing.B) {
	text := "<b>Title</b>\n\n" + strings.Repeat("Предложение о месте. ", 60)
	b.ReportAllocs()
	for b.Loop() {
		split(text, "\n\n<a href=\"https://e.x\">src</a>", maxMessage)
	}
}
