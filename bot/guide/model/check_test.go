package model

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"excursobot/geo/places"
)

func (s sample) place() places.Place {
	return places.Place{ID: "Q1", Title: s.title, Extract: s.extract}
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
		if err := Check(s.place(), s.language, s.story); err != nil {
			t.Errorf("%s, %s: %v", s.language, s.title, err)
		}
	}
	for _, l := range Languages {
		if seen[l] < 2 {
			t.Errorf("%d stories in %s, want 2", seen[l], l)
		}
	}
}

// planted is a fault put into a good story.
type planted struct {
	name string
	want []string // rules that may stop it
	make func(s sample) (language, text string)
}

// translations of "In 1777 ... ", as a model would slip an invented year in.
var invented = map[string]string{
	"en": "It was rebuilt in 1777 after a fire.", "ru": "После пожара его перестроили в 1777 году.", "fr": "Il fut rebâti en 1777.", "pt": "Foi refeito em 1777.",
	"uk": "Після пожежі його відбудували у 1777 році.", "es": "Fue reconstruido en 1777.", "de": "Im Jahr 1777 wurde es erneuert.", "it": "Fu rifatto nel 1777.",
	"ja": "１７７７年に建て直されました。", "ko": "1777년에 다시 지어졌습니다.", "zh": "一七七七年重修。", "ar": "وأعيد بناؤه عام ١٧٧٧.", "hi": "इसे १७७७ में फिर बनाया गया।",
	"tr": "1777'de yeniden yapıldı.", "pl": "Odbudowano go w 1777 roku.",
}

var greetings = map[string]string{
	"en": "Hello! ", "ru": "Здравствуйте! ", "fr": "Bonjour ! ", "pt": "Olá! ", "uk": "Вітаємо! ", "es": "¡Hola! ", "de": "Hallo! ", "it": "Ciao! ", "ja": "こんにちは。",
	"ko": "안녕하세요! ", "zh": "大家好！", "ar": "مرحبا! ", "hi": "नमस्ते! ", "tr": "Merhaba! ", "pl": "Dzień dobry! ",
}

var sources = map[string]string{
	"en": " According to the text, it is famous.", "ru": " Согласно тексту, он знаменит.", "fr": " Selon le texte, il est célèbre.", "pt": " Segundo o texto, é famoso.",
	"uk": " Згідно з текстом, він відомий.", "es": " Según el texto, es famoso.", "de": " Laut dem Text ist es berühmt.", "it": " Secondo il testo è famoso.",
	"ja": "ウィキペディアに載っています。", "ko": " 위키백과에 나옵니다.", "zh": "维基百科有记载。", "ar": " كما جاء في ويكيبيديا.", "hi": " विकिपीडिया में ऐसा लिखा है।",
	"tr": " Metne göre ünlüdür.", "pl": " Według tekstu jest sławny.",
}

func plants() []planted {
	end := func(tail string) func(s sample) (string, string) {
		return func(s sample) (string, string) { return s.language, s.story + tail }
	}
	all := []planted{
		{"invented year", []string{ruleYear}, func(s sample) (string, string) { return s.language, s.story + " " + invented[s.language] }},
		{"greeting", []string{rulePhrase}, func(s sample) (string, string) { return s.language, greetings[s.language] + s.story }},
		{"words about the source", []string{rulePhrase}, func(s sample) (string, string) { return s.language, s.story + sources[s.language] }},
		{"words about the writer", []string{rulePhrase}, end(" As an AI, I love it.")},
		{"bold", []string{ruleMarkup}, func(s sample) (string, string) { return s.language, "**" + s.title + "** " + s.story }},
		{"heading", []string{ruleMarkup}, func(s sample) (string, string) { return s.language, "# " + s.story }},
		{"tag", []string{ruleMarkup}, func(s sample) (string, string) { return s.language, "<b>" + s.story + "</b>" }},
		{"link", []string{ruleMarkup}, end(" [more](https://example.org)")},
		{"address", []string{ruleMarkup}, end(" See museum.org for tickets.")},
		{"name", []string{ruleMarkup}, end(" @guide_bot")},
		{"list", []string{ruleMarkup}, func(s sample) (string, string) { return s.language, s.story + "\n- one\n- two" }},
		{"invisible signs", []string{ruleMarkup}, end(" \u202egnorw")},
		{"words about the source with a curly apostrophe", []string{rulePhrase}, end(" Here’s what I don’t know: as an AI, nothing.")},
		{"far too long", []string{ruleLength}, func(s sample) (string, string) { return s.language, strings.Repeat(s.story+" ", 6) }},
		{"one sentence", []string{ruleLength, ruleScript}, func(s sample) (string, string) {
			r := []rune(s.story)
			return s.language, string(r[:min(len(r), 50)])
		}},
	}
	for _, other := range Languages {
		all = append(all, planted{"language " + other, []string{ruleScript}, func(s sample) (string, string) {
			if s.language == other {
				return "", ""
			}
			for _, o := range corpus {
				if o.language == other {
					return s.language, o.story
				}
			}
			return "", ""
		}})
	}
	return all
}

// TestPlantedFaultsAreStopped is the report: how many of each kind of fault were stopped.
func TestPlantedFaultsAreStopped(t *testing.T) {
	planted, stopped := map[string]int{}, map[string]int{}
	for _, p := range plants() {
		for _, s := range corpus {
			language, text := p.make(s)
			if text == "" {
				continue
			}
			kind := p.name
			if strings.HasPrefix(kind, "language ") {
				kind = "wrong language"
			}
			planted[kind]++
			if got := rule(t, Check(s.place(), language, text)); !slices.Contains(p.want, got) {
				t.Errorf("%s in %s (%s): stopped by %q, want %q", p.name, s.language, s.title, got, p.want)
				continue
			}
			stopped[kind]++
		}
	}
	var report strings.Builder
	fmt.Fprintf(&report, "| planted into %d good stories in %d languages | stopped |\n| --- | --- |\n", len(corpus), len(Languages))
	for _, kind := range slices.Sorted(maps.Keys(planted)) {
		fmt.Fprintf(&report, "| %s | %d of %d |\n", kind, stopped[kind], planted[kind])
	}
	checkReport(t, report.String())
}

var update = flag.Bool("update", false, "rewrite the report in docs/fact-check.md")

// checkReport compares the table with the one that the document shows below its mark.
func checkReport(t *testing.T, table string) {
	t.Helper()
	const path, mark = "../../../docs/fact-check.md", "<!-- report -->\n"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, shown, ok := strings.Cut(string(page), mark)
	if !ok {
		t.Fatalf("%s has no line %q", path, mark)
	}
	if shown == table {
		return
	}
	if !*update {
		t.Errorf("%s is not current: go test ./bot/guide/model -run Planted -update\n%s", path, table)
		return
	}
	if err := os.WriteFile(path, []byte(before+mark+table), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestYears(t *testing.T) {
	tests := []struct {
		text, source string
		want         int
	}{
		{"built in 1894", "built 1894", 0},
		{"built in 1894", "built 1895", 1894},
		{"built in the 19th century", "", 0},
		{"in 988 and 3000 and 18940 and 0.1894567", "", 0},
		{"in the 1890s", "in 1894", 0},
		{"in the 1890s", "in 1904", 1890},
		{"in 1890", "in 1894", 1890},
		{"в 1890-х годах", "в 1894 году", 0},
		{"у 1890-ті роки", "у 1894 році", 0},
		{"dans les années 1890", "en 1894", 0},
		{"1890年代に", "1894年", 0},
		{"1890년대에", "1894년", 0},
		{"in den 1890er Jahren", "1894", 0},
		{"1890'larda", "1894", 0},
		{"1890'da", "1894", 1890},
		{"في عام ١٨٩٤", "in 1894", 0},
		{"في عام ١٨٩٤", "in 1895", 1894},
		{"१७९९ में", "1799 में", 0},
		{"१७९९ में", "1798 में", 1799},
		{"１９１４年", "1914年", 0},
		{"一九一四年", "1914年", 0},
		{"一九一四年", "1915年", 1914},
		{"二〇〇八年", "2008年", 0},
		{"三四五六", "", 0},
		{"a hall for 1500 people", "a hall for 1,500 people", 0},
		{"зал на 1500 мест", "зал на 1 500 мест", 0},
		{"finished in 1999", "built 1998–99", 0},
		{"the M1917 and №1917", "", 1917},
		{"the M1917", "", 0},
		{"1894-1899", "1894", 1899},
		{"1894 metres", "1894", 0},
		{"year 2099 and 2100", "2099", 0},
	}
	for _, tt := range tests {
		if got := inventedYear(places.Place{Extract: tt.source}, tt.text); got != tt.want {
			t.Errorf("%q of %q: got %d, want %d", tt.text, tt.source, got, tt.want)
		}
	}
	if got := inventedYear(places.Place{Title: "Expo 1889", Description: "fair of 1900", Year: 1937}, "1889, 1900, 1937, 1938"); got != 1938 {
		t.Errorf("title, description and year: got %d, want 1938", got)
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
		if got := rule(t, Check(places.Place{ID: "Q1"}, tt.language, tt.text)); got != tt.want {
			t.Errorf("%s, %d bytes: stopped by %q, want %q", tt.language, len(tt.text), got, tt.want)
		}
	}
	if got := rule(t, Check(places.Place{}, "en", word(30))); got != rulePlace {
		t.Errorf("no place: stopped by %q", got)
	}
	if got := rule(t, Check(places.Place{ID: "Q1"}, "xx", word(30))); got != ruleScript {
		t.Errorf("no language: stopped by %q", got)
	}
}

func TestMarkupFindsOnlyMarkup(t *testing.T) {
	for _, text := range []string{"3 < 5 metres", "A & B", "St. Mary's; the U.S. army", "built.Here again", "the year—1894", "a (round) yard", "«Дом» — музей", "5 * 3",
		"it's 3.5 m high", "e.g. stone", "the [old] wall", "Fish & chips; beer"} {
		if got := markup(text); got != "" {
			t.Errorf("%q: found %q", text, got)
		}
	}
	for _, text := range []string{"a <br/> b", "AT&amp;T", "it&#39;s", "as said [1]", "see Louvre.com", "www.louvre", "a\x00b", "bad \uFFFD sign", "http://x", "a|b", "\u2066x"} {
		if got := markup(text); got == "" {
			t.Errorf("%q: found nothing", text)
		}
	}
}

func TestPhrasesRespectWords(t *testing.T) {
	tests := []struct {
		language, text, want string
	}{
		{"en", "hidden stones lie here", ""},
		{"en", "hi there", "hi"},
		{"en", "the extraction of stone", ""},
		{"en", "the extract says", "the extract"},
		{"de", "liebe auf den ersten blick", ""},
		{"ru", "друзья поэта жили здесь", ""},
		{"ru", "друзья, этот дом", "друзья,"},
		{"ru", "приветливый хозяин", "привет*"},
		{"ru", "по данным википедии", "википеди*"},
		{"tr", "değerli taşlarla süslü", ""},
		{"ja", "この建物は、抜粋では", "抜粋"},
	}
	for _, tt := range tests {
		if got := forbidden(tt.language, tt.text); got != tt.want {
			t.Errorf("%s %q: got %q, want %q", tt.language, tt.text, got, tt.want)
		}
	}
	for _, l := range Languages {
		if len(forbiddenIn[l].opening) < 5 || len(forbiddenIn[l].anywhere) < 5 || english[l] == "" {
			t.Errorf("%s has no list", l)
		}
	}
	for l, list := range forbiddenIn {
		for _, phrase := range append(list.opening, list.anywhere...) {
			if phrase != strings.ToLower(phrase) {
				t.Errorf("%s: %q is not in lower case", l, phrase)
			}
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range corpus {
		f.Add(s.extract, s.language, s.story)
	}
	f.Add("\xff1894", "en", "İ.com <\x00> １８９4 一九九九年")
	f.Fuzz(func(t *testing.T, extract, language, text string) {
		err := Check(places.Place{ID: "Q1", Extract: extract}, language, text)
		if err != nil && rule(t, err) == "" {
			t.Error("an error without a rule")
		}
		if err == nil && (!utf8.ValidString(text) || strings.ContainsAny(text, "@#\x00")) {
			t.Errorf("passed: %q", text)
		}
		if err == nil {
			if again := Check(places.Place{ID: "Q1", Extract: extract + " " + text}, language, text); again != nil {
				t.Errorf("more source, but stopped: %v", again)
			}
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
				if err := Check(place, language, corpus[i].story); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
