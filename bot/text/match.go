package text

import "golang.org/x/text/language"

// maxCode is the length in bytes of the longest language tag that Match parses. Tags in use are shorter.
const maxCode = 35

// interfaceLanguages lists the languages of the interface in the order in which they are offered.
var interfaceLanguages = []string{"ru", "en", "fr", "pt", "uk"}

// fallback is the interface language of people whose language has no catalogue.
const fallback = "en"

// newMatcher returns a matcher for the interface languages, and their codes by the matcher's index. The fallback comes first, because the matcher
// returns the first language if none fits.
func newMatcher() (language.Matcher, []string) {
	codes := []string{fallback}
	for _, code := range interfaceLanguages {
		if code != fallback {
			codes = append(codes, code)
		}
	}
	tags := make([]language.Tag, len(codes))
	for i, code := range codes {
		tags[i] = language.MustParse(code)
	}
	return language.NewMatcher(tags), codes
}
