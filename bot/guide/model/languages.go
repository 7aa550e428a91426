package model

// Languages are the codes in which stories can be told.
var Languages = []string{"ru", "en", "fr", "pt", "uk", "es", "de", "it", "ja", "ko", "zh", "ar", "hi", "tr", "pl"}

// english names the languages as the prompt does.
var english = map[string]string{
	"ru": "Russian", "en": "English", "fr": "French", "pt": "Portuguese", "uk": "Ukrainian", "es": "Spanish", "de": "German", "it": "Italian",
	"ja": "Japanese", "ko": "Korean", "zh": "Chinese (Simplified)", "ar": "Arabic (Modern Standard)", "hi": "Hindi", "tr": "Turkish", "pl": "Polish",
}

// byCharacters says whether a language is measured in characters, since it puts no spaces between words.
func byCharacters(language string) bool { return language == "zh" || language == "ja" }
