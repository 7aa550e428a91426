package maplink

import "strings"

// languageSet is a set of languages.
type languageSet uint32

const (
	english languageSet = 1 << iota
	russian
	ukrainian
	french
	portuguese
	spanish
	italian
	german
	polish
	turkish
	arabic
	hindi
	chinese
	japanese
	korean
	dutch
	catalan
	galician

	allLanguages languageSet = 1<<iota - 1
)

var languageCodes = map[string]languageSet{
	"en": english, "ru": russian, "uk": ukrainian, "fr": french, "pt": portuguese, "es": spanish, "it": italian, "de": german, "pl": polish,
	"tr": turkish, "ar": arabic, "hi": hindi, "zh": chinese, "ja": japanese, "ko": korean, "nl": dutch, "ca": catalan, "gl": galician,
}

// languageOf returns the language of a code from Telegram, 0 if it is not among ours.
func languageOf(code string) languageSet {
	base, _, _ := strings.Cut(strings.ReplaceAll(code, "_", "-"), "-")
	return languageCodes[strings.ToLower(base)]
}
