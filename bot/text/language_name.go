package text

import "strings"

// LanguageName returns the name of a language of Wikipedia as its speakers write it: "français" for "fr". A language that is not listed has its code.
// (The tables of golang.org/x/text would make the program 3 MB larger.)
func LanguageName(code string) string {
	if name := languageNames[code]; name != "" {
		return name
	}
	return code
}

var languageNames = readLanguageNames(`ar العربية|az azərbaycanca|be беларуская|bg български|bn বাংলা|bs bosanski|ca català|cs čeština|cy Cymraeg|da dansk|de Deutsch|
	el Ελληνικά|en English|es español|et eesti|eu euskara|fa فارسی|fi suomi|fr français|ga Gaeilge|gl galego|he עברית|hi हिन्दी|hr hrvatski|hu magyar|
	hy հայերեն|id Bahasa Indonesia|is íslenska|it italiano|ja 日本語|ka ქართული|kk қазақша|ko 한국어|lb Lëtzebuergesch|lt lietuvių|lv latviešu|mk македонски|
	ms Bahasa Melayu|mt Malti|nl Nederlands|no norsk|pl polski|pt português|ro română|ru русский|sk slovenčina|sl slovenščina|sq shqip|sr српски|
	sv svenska|ta தமிழ்|th ไทย|tr Türkçe|tt татарча|uk українська|ur اردو|uz oʻzbekcha|vi Tiếng Việt|zh 中文`)

func readLanguageNames(list string) map[string]string {
	names := map[string]string{}
	for entry := range strings.SplitSeq(list, "|") {
		code, name, _ := strings.Cut(strings.TrimSpace(entry), " ")
		names[code] = name
	}
	return names
}
