package model

import (
	"slices"
	"strings"
	"testing"
)

// planted is a fault put into a good story.
type planted struct {
	name string
	want []string // rules that may stop it
	make func(s sample) (language, text string)
}

// invented holds a sentence with an invented year in each language.
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
		{"invented year", []string{"year"}, func(s sample) (string, string) { return s.language, s.story + " " + invented[s.language] }},
		{"greeting", []string{rulePhrase}, func(s sample) (string, string) { return s.language, greetings[s.language] + s.story }},
		{"words about the source", []string{rulePhrase}, func(s sample) (string, string) { return s.language, s.story + sources[s.language] }},
		{"words about the writer", []string{rulePhrase, ruleContact}, end(" As an AI, I love it.")},
		{"bold", []string{ruleMarkup}, func(s sample) (string, string) { return s.language, "**" + s.title + "** " + s.story }},
		{"heading", []string{ruleMarkup}, func(s sample) (string, string) { return s.language, "# " + s.story }},
		{"tag", []string{ruleMarkup}, func(s sample) (string, string) { return s.language, "<b>" + s.story + "</b>" }},
		{"link", []string{ruleMarkup}, end(" [more](https://example.org)")},
		{"address", []string{ruleMarkup, ruleContact}, end(" See museum.org for tickets.")},
		{"name", []string{ruleMarkup, ruleContact}, end(" @guide_bot")},
		{"list", []string{ruleMarkup}, func(s sample) (string, string) { return s.language, s.story + "\n- one\n- two" }},
		{"invisible signs", []string{ruleMarkup}, end(" \u202egnorw")},
		{"words about the source with a curly apostrophe", []string{rulePhrase, ruleContact}, end(" Here’s what I don’t know: as an AI, nothing.")},
		{"far too long", []string{ruleLength}, func(s sample) (string, string) { return s.language, strings.Repeat(s.story+" ", 6) }},
		{"a few words", []string{ruleLength, ruleScript}, func(s sample) (string, string) {
			r := []rune(s.story)
			return s.language, string(r[:min(len(r), 18)])
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

// TestPlantedFaultsAreStopped puts faults of each kind into good stories.
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
			if got := rule(t, Check(s.place(), Passage{Language: s.source()}, language, text)); !slices.Contains(p.want, got) {
				t.Errorf("%s in %s (%s): stopped by %q, want %q", p.name, s.language, s.title, got, p.want)
				continue
			}
			stopped[kind]++
		}
	}
	for kind, n := range planted {
		if stopped[kind] != n {
			t.Errorf("%s: %d of %d stopped", kind, stopped[kind], n)
		}
	}
}
