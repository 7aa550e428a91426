package sim

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseHTML(t *testing.T) {
	entity := func(kind string, offset, length int) apiEntity {
		return apiEntity{Type: kind, Offset: offset, Length: length}
	}
	link := func(offset, length int, url string) apiEntity {
		return apiEntity{Type: "text_link", Offset: offset, Length: length, URL: url}
	}
	tests := []struct {
		name, src, text string
		entities        []apiEntity
	}{
		{"plain", "a > b", "a > b", nil},
		{"references", "&lt;b&gt; &amp;&quot; &#33;&#x1F600; &nbsp; & &#0; &lt", "<b> &\" !😀 &nbsp; & &#0; <", nil},
		{"every plain tag", "<b>1</b><strong>2</strong><i>3</i><em>4</em><u>5</u><ins>6</ins><s>7</s><strike>8</strike><del>9</del>", "123456789", []apiEntity{
			entity("bold", 0, 1), entity("bold", 1, 1), entity("italic", 2, 1), entity("italic", 3, 1), entity("underline", 4, 1),
			entity("underline", 5, 1), entity("strikethrough", 6, 1), entity("strikethrough", 7, 1), entity("strikethrough", 8, 1)}},
		{"offsets in UTF-16", "😀я<b>😀</b>", "😀я😀", []apiEntity{entity("bold", 3, 2)}},
		{"nested", "<b>a<i>b</i></b>", "ab", []apiEntity{entity("bold", 0, 2), entity("italic", 1, 1)}},
		{"upper case and space", "<B >a</B >", "a", []apiEntity{entity("bold", 0, 1)}},
		{"short end tag", "<b>a</>", "a", []apiEntity{entity("bold", 0, 1)}},
		{"empty tags vanish", "<b><i></i></b>x", "x", nil},
		{"links", `<a href="https://a.test/?a=1&amp;b=2">x</a> <a href='a.test'>y</a> <a href=a.test>z</a> <a>b.test</a>`, "x y z b.test", []apiEntity{
			link(0, 1, "https://a.test/?a=1&b=2"), link(2, 1, "http://a.test"), link(4, 1, "http://a.test"), link(6, 6, "http://b.test")}},
		{"a link that leads nowhere is text", `<a href="javascript:alert(1)">x</a><a href="">y</a>`, "xy", nil},
		{"mention", `<a href="tg://user?id=5">x</a>`, "x", []apiEntity{{Type: "text_mention", Length: 1, User: &apiUser{ID: 5}}}},
		{"spoilers", `<tg-spoiler>a</tg-spoiler><span class="tg-spoiler">b</span>`, "ab", []apiEntity{entity("spoiler", 0, 1), entity("spoiler", 1, 1)}},
		{"quotes", "<blockquote>a</blockquote><blockquote expandable>b</blockquote>", "ab", []apiEntity{entity("blockquote", 0, 1), entity("expandable_blockquote", 1, 1)}},
		{"code", `<code>a</code><pre>b</pre><pre><code class="language-go">c</code></pre>`, "abc", []apiEntity{
			entity("code", 0, 1), entity("pre", 1, 1), {Type: "pre", Offset: 2, Length: 1, Language: "go"}}},
		{"emoji", `<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>`, "👍", []apiEntity{{Type: "custom_emoji", Length: 2, CustomEmojiID: "5368324170671202286"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text, entities, err := parseHTML(tt.src)
			if err != nil {
				t.Fatal(err)
			}
			if text != tt.text {
				t.Errorf("text = %q, want %q", text, tt.text)
			}
			if !sameEntities(entities, tt.entities) {
				t.Errorf("entities = %+v, want %+v", entities, tt.entities)
			}
		})
	}
}

func TestParseHTMLRefuses(t *testing.T) {
	for src, want := range map[string]string{
		"a < b":                        `Unsupported start tag "" at byte offset 2`,
		"a <b":                         `Unclosed start tag at byte offset 2`,
		"<p>x</p>":                     `Unsupported start tag "p" at byte offset 0`,
		"<br/>":                        `Unsupported start tag "br/" at byte offset 0`,
		"я<!-- x -->":                  `Unsupported start tag "!--" at byte offset 2`,
		"<b>x":                         `Can't find end tag corresponding to start tag "b"`,
		"x</b>":                        `Unexpected end tag at byte offset 1`,
		"<b><i>x</b></i>":              `Unmatched end tag at byte offset 7, expected "</i>", found "</b>"`,
		"<b>x</b":                      `Unclosed end tag at byte offset 4`,
		"<b>x</ b>":                    `Unclosed end tag at byte offset 4`,
		"<a href>x</a>":                `Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0`,
		"<a =x>x</a>":                  `Empty attribute name in the tag "a" at byte offset 0`,
		"<a href=":                     `Unclosed start tag "a" at byte offset 0`,
		`<a href="x`:                   `Unclosed start tag at byte offset 0`,
		"<a href=a/b>x</a>":            `Unexpected end of name token at byte offset 8`,
		`<span class="x">a</span>`:     `Tag "span" must have class "tg-spoiler" at byte offset 0`,
		"<tg-emoji>x</tg-emoji>":       `Invalid custom emoji identifier specified`,
		"&#xd83d;":                     "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units",
		strings.Repeat("<b>", 2) + "x": `Can't find end tag corresponding to start tag "b"`,
	} {
		_, _, err := parseHTML(src)
		if want = "Bad Request: can't parse entities: " + want; err == nil || err.Error() != want {
			t.Errorf("%q:\n got %v\nwant %s", src, err, want)
		}
	}
}

func TestTrimmed(t *testing.T) {
	text, entities := trimmed("  я b ", []apiEntity{{Type: "bold", Offset: 0, Length: 3}, {Type: "italic", Offset: 4, Length: 2}, {Type: "code", Offset: 0, Length: 2}})
	want := []apiEntity{{Type: "bold", Offset: 0, Length: 1}, {Type: "italic", Offset: 2, Length: 1}}
	if text != "я b" || !reflect.DeepEqual(entities, want) {
		t.Errorf("trimmed to %q %+v, want %+v", text, entities, want)
	}
}

func FuzzParseHTML(f *testing.F) {
	for _, s := range []string{"", "<b>x</b>", `<a href="https://a.test">x</a>`, "&#x1F600;&lt;", "<pre><code class=language-go>x</code></pre>", "<b><i>x</b>", "<a href='&amp;'>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		text, entities, err := parseHTML(src)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "Bad Request: can't parse entities: ") {
				t.Errorf("error %q is not Telegram's", err)
			}
			return
		}
		if utf8.ValidString(src) && !utf8.ValidString(text) {
			t.Errorf("%q made invalid text %q", src, text)
		}
		text, entities = trimmed(text, entities)
		size, last := utf16Len(text), 0
		for _, e := range entities {
			if e.Length <= 0 || e.Offset < last || e.Offset+e.Length > size {
				t.Errorf("%q: entity %+v is out of order or outside of %d units", src, e, size)
			}
			last = e.Offset
		}
		// An escaped text is the same after parsing.
		escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(src)
		if back, _, err := parseHTML(escaped); err != nil || back != src {
			t.Errorf("%q escaped comes back as %q, %v", src, back, err)
		}
	})
}

func BenchmarkParseHTML(b *testing.B) {
	src := "<b>Дом с химерами</b>\n" + strings.Repeat("Слова о доме &amp; людях. ", 30) + `<a href="https://ru.wikipedia.org/wiki/X">Википедия</a>`
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := parseHTML(src); err != nil {
			b.Fatal(err)
		}
	}
}
