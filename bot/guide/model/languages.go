package model

// Languages lists the codes of the languages in which stories can be written.
var Languages = []string{"ru", "en", "fr", "pt", "uk", "es", "de", "it", "ja", "ko", "zh", "ar", "hi", "tr", "pl"}

// english maps the codes to the names in the prompt.
var english = map[string]string{
	"ru": "Russian", "en": "English", "fr": "French", "pt": "Portuguese", "uk": "Ukrainian", "es": "Spanish", "de": "German", "it": "Italian",
	"ja": "Japanese", "ko": "Korean", "zh": "Chinese (Simplified)", "ar": "Arabic (Modern Standard)", "hi": "Hindi", "tr": "Turkish", "pl": "Polish",
}

// byCharacters reports whether texts of a language are measured in characters, because it has no spaces between words.
func byCharacters(language string) bool { return language == "zh" || language == "ja" }
