package facts

import (
	"slices"
	"strings"
	"testing"
)

// check returns the rules that refuse a story and those that only mark it.
func check(t *testing.T, language, source, story string) (refused, marked []string) {
	t.Helper()
	for _, f := range Read(Source{Language: language, Text: source}).Check(story, language, today) {
		if f.Refuse {
			refused = append(refused, string(f.Rule))
		} else {
			marked = append(marked, string(f.Rule))
		}
	}
	return refused, marked
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name, language, source, story string
		refused                       string // rules, separated by blanks
	}{
		{"equal year", "en", "It was built in 1753.", "In 1753 it was built.", ""},
		{"other year", "en", "It was built in 1753.", "In 1763 it was built.", "year"},
		{"seats are no year", "en", "The hall has 1,937 seats.", "It was bombed in 1937.", "year"},
		{"seats without separator are no year", "de", "Der Saal hat 1300 Plätze.", "Schon um 1300 stand hier ein Theater.", "year"},
		{"century of a year", "en", "It was built in 1753.", "It comes from the 18th century.", ""},
		{"the 1600s are the 17th century", "en", "It was built in the 17th century.", "It was built in the 1600s.", ""},
		{"decade of a year", "ru", "Построен в 1936 году.", "Построен в тридцатых годах XX века.", ""},
		{"year of a decade is invented", "en", "It was built in the 1930s.", "It was built in 1934.", "year"},
		{"range with two digits", "en", "The war of 1941—45 destroyed it.", "In 1945 it was destroyed.", ""},
		{"range with one digit", "de", "Das Jahr 2007/8 brachte den Umbau.", "2008 war der Umbau fertig.", ""},
		{"difference of two years", "en", "It was begun in 1753 and opened in 1759.", "Six years later it opened.", ""},
		{"year from a number of years", "en", "It was begun in 1753; after six years it opened.", "It opened in 1759.", ""},
		{"age", "en", "It was built in 1826.", "It is 200 years old.", ""},
		{"wrong age", "en", "It was built in 1826.", "It is 300 years old.", "number"},
		{"rounding that is named", "en", "It has 7,934 books.", "It has about 8,000 books.", ""},
		{"rounding that is not named", "en", "It has 7,434 books.", "It has 8,000 books.", "number"},
		{"unit converted", "en", "It is 245 feet high.", "It is 75 metres high.", ""},
		{"unit converted wrongly", "en", "It is 245 feet high.", "It is 90 metres high.", "number"},
		{"words and digits", "fr", "Elle a 95 marches.", "Elle a quatre-vingt-quinze marches.", ""},
		{"compound", "de", "Der Saal hat 3000 Plätze.", "Der Saal hat dreitausend Plätze.", ""},
		{"Roman numeral", "en", "It opened in 1754.", "The date MDCCLIV stands above the door.", ""},
		{"ruler", "ru", "При Николае II дом продали.", "При Николае I дом продали.", "number"},
		{"digits of another script", "hi", "यह 1934 में बना।", "यह १९३४ में बना।", ""},
		{"era", "ja", "1965年に完成した。", "昭和四十年に完成した。", ""},
		{"Han numerals", "zh", "建于1968年。", "建于一千九百六十八年。", ""},
		{"day and month", "en", "She died on 1 November 1714.", "She died on 1 October 1714.", "date"},
		{"before Christ", "en", "It dates from the 13th century BC.", "It is over 3,200 years old.", ""},
		{"one and first are no numbers", "en", "A house stands here.", "The first house, one of a kind, opened once.", ""},
		{"two is left to the judge", "en", "Ann and Tom built it.", "Ann and Tom, two builders, built it.", ""},
		{"invented name", "en", "Sarah Henley fell from it.", "Mary Parker fell from it.", "name"},
		{"inflected name", "ru", "Дом построил Осип Бове.", "Архитектором был Осип Бове, и Осипа Бове помнят.", ""},
		{"two German nouns are no name", "de", "In den Kellern fanden Menschen Zuflucht.", "In den Kellern Schutz zu finden war leicht.", ""},
		{"German name", "de", "Die Kirche baute George Bähr.", "Die Kirche baute Balthasar Neumann.", "name"},
		{"quotation of the source", "en", `He said: "I love this old bridge."`, `"I love this old bridge," he said.`, ""},
		{"invented quotation", "en", "She survived.", `"I felt like a bird," she told the judge.`, "quote"},
		{"superlative of the world", "en", "It is the oldest bridge of the town.", "It is the oldest bridge of the world.", "superlative"},
		{"style", "ru", "Здание построено из кирпича.", "Здание построено в готическом стиле из кирпича.", "style"},
		{"swapped dates", "en", "The bridge was opened in 1864. In 1885 Sarah Henley survived a fall.", "In 1864 Sarah Henley survived a fall.", "swap"},
		{"swapped number", "en", "The left tower has 120 narrow steps. The right tower has 96 steps of marble.", "Climb the 120 marble steps on the right.", "number"},
		{"number of another thing as a measure", "en", "The bell weighs 12 tons. The hall has 49 seats.", "The bell weighs 49 tons.", "number"},
		{"number told later in the sentence", "en", "The pond with the swans was dug in 1854; it was filled up in 1928.", "The pond with the swans was gone in 1928.", ""},
		{"swapped year in Chinese", "zh", "1604年，人们在塔外包砖。广场于2003年建成，有喷泉。", "广场1604年建成，有喷泉。", "swap"},
		{"swapped year in Japanese", "ja", "黒門は1960年に復元された。埋橋は1955年に架けられた。", "埋橋は1960年に架けられました。", "swap"},
		{"swapped year in Korean", "ko", "1907년에 성벽이 헐렸다. 1962년에 국보로 지정되었다.", "1962년에 성벽이 헐렸습니다.", "swap"},
		{"own year in Korean", "ko", "1907년에 성벽이 헐렸다. 1962년에 국보로 지정되었다.", "1907년에 성벽이 헐렸습니다.", ""},
		{"Korean numeral", "ko", "잡상 아홉 개가 있다.", "잡상이 9개 있습니다.", ""},
		{"other Korean numeral", "ko", "잡상 아홉 개가 있다.", "잡상이 열두 개 있습니다.", "number"},
		{"decade of another century", "en", "It burnt in 1861 and was rebuilt in 1949.", "It was rebuilt in the sixties of the 20th century.", "year"},
		{"decade without a noun", "es", "Se cerró en 1992.", "Se cerró en los noventa.", ""},
		{"number of another ruler", "tr", "IV. Murad geldi, II. Mahmud gitti.", "II. Murad geldi.", "number"},
		{"rounding of fewer digits only", "en", "It has 700 rooms.", "It has about 770 rooms.", "number"},
		{"age of unrelated years", "en", "It opened in 1894. It is red. It has a clock. A bus fell in 1952.", "For 58 years it was green.", "number"},
		{"age of years that the story names", "en", "It opened in 1894. It is red. It has a clock. A bus fell in 1952.", "It opened in 1894. A bus fell 58 years later.", ""},
		{"two parts of a metre", "pt", "As paredes têm dois metros e vinte de espessura.", "As paredes têm 2,20 metros.", ""},
		{"Turkish ending behind a name", "tr", "UNESCO'nun listesine alındı.", "Burası UNESCO'nun listesine girdi.", ""},
		{"empty story", "en", "It stands.", "", ""},
		{"empty source", "en", "", "It was built in 1753.", "year"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			refused, marked := check(t, tt.language, tt.source, tt.story)
			if got := strings.Join(slices.Compact(refused), " "); got != tt.refused {
				t.Errorf("refused by %q (marked by %q), want %q", got, marked, tt.refused)
			}
		})
	}
}

func TestNamesOfAnotherLanguageAreLeftToTheJudge(t *testing.T) {
	p := Read(Source{Language: "fr", Title: "Мост", Text: "Le pont fut construit par Guillaume Dubois en 1850."})
	for story, want := range map[string]int{
		"Мост построил Гийом Дюбуа.":   0,
		"Мост построил Густав Эйфель.": 1,
	} {
		found := p.Check(story, "ru", today)
		if len(found) != want || want == 1 && found[0].Refuse {
			t.Errorf("%s: %v", story, found)
		}
	}
}

func TestLexiconsAreRead(t *testing.T) {
	for _, language := range []string{"en", "ru", "es", "fr", "ja", "ar", "de", "zh", "it", "pt", "pl", "tr", "hi", "uk", "ko"} {
		l := lexicons()[language]
		if l == nil || len(l.century.whole) == 0 || len(l.unit.whole)+len(l.unit.stems) == 0 {
			t.Errorf("%s: no word for century or no unit", language)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("en", "It was built in 1753–59 and has 1,900 seats.", "Nineteen hundred seats, MDCCLIII.")
	f.Add("fr", "Les quatre-vingt-dix-neuf marches du XIXe siècle", "« dix-septième »")
	f.Add("zh", "一九五八年〇元年", "二万三千")
	f.Add("ru", "в 80-х гг. XIX в.", "т.е. 12.05.1905 '")
	f.Fuzz(func(t *testing.T, language, source, story string) {
		if len(source)+len(story) > 4000 {
			return
		}
		for _, found := range Read(Source{Language: language, Text: source}).Check(story, language, today) {
			if found.Rule == "" {
				t.Fatal("a finding without a rule")
			}
		}
	})
}

// Russian gives a year the ending of an ordinal ("1607-м"). It is not a number of metres.
func TestYearsWithEndings(t *testing.T) {
	tests := []struct{ from, source, in, story, refused string }{
		{"fr", "Le pont a été achevé en 1607.", "ru", "Мост достроили в 1607-м.", ""},
		{"ru", "Мост достроили в 1607-м.", "en", "The bridge was finished in 1607.", ""},
		{"ru", "Мост достроили в 1607 году.", "ru", "Мост достроили в 1607-м.", ""},
		{"fr", "Le pont a été achevé en 1607.", "ru", "Мост достроили в 1617-м.", "year"},
		{"ru", "До моста 1607 м.", "en", "The bridge was finished in 1606.", "year"},
		{"en", "The tower is 214 metres high.", "ru", "Высота башни 214 м.", ""},
		{"en", "The tower is 214 metres high.", "ru", "Высота башни 314 м.", "number"},
	}
	for _, tt := range tests {
		var refused []string
		for _, f := range Read(Source{Language: tt.from, Text: tt.source}).Check(tt.story, tt.in, today) {
			if f.Refuse {
				refused = append(refused, string(f.Rule))
			}
		}
		if got := strings.Join(refused, " "); got != tt.refused {
			t.Errorf("%q from %q: refused by %q, want %q", tt.story, tt.source, got, tt.refused)
		}
	}
}

func TestNumbersBelongToWhatTheyStandBeside(t *testing.T) {
	t.Parallel()
	const source = "The gate was blown up on 4 May 2013 and rebuilt in 2016. The mill burnt down in 1750, when somebody left a candle in the loft. " +
		"The bell was cast in the 16th century. Strauss left in 1931, and the bridge opened in 1937."
	for story, want := range map[string]Rule{
		"The gate was blown up on 4 May 2013.":         "",
		"The gate was blown up on 4 May 2016.":         RuleDate,
		"In the 16th century the mill burnt down.":     RuleSwap,
		"In the 18th century the mill burnt down.":     "",
		"За шесть лет до открытия моста Штраус ушёл.":  "",
		"За восемь лет до открытия моста Штраус ушёл.": RuleNumber,
	} {
		language := "en"
		if story[0] > 127 {
			language = "ru"
		}
		got := Rule("")
		for _, f := range Read(Source{Language: "en", Text: source}).Check(story, language, today) {
			if f.Refuse {
				got = f.Rule
			}
		}
		if got != want {
			t.Errorf("%q: rule %q, want %q", story, got, want)
		}
	}
}
