package text

import "golang.org/x/text/language"

// maxCode is the length in bytes of the longest language tag that Match parses. Tags in use are shorter.
const maxCode = 35

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

// Match returns the interface language for a code from Telegram ("pt-br", "uk", "zh-hans", ""), or "en" if none fits. A language without an interface
// gets the one that its speakers read best according to CLDR: Belarusian and Kazakh get Russian, Breton and Wolof get French.
func (c *Catalog) Match(code string) string {
	if code == "" || len(code) > maxCode {
		return fallback
	}
	tag, err := language.Parse(code)
	if err != nil {
		return fallback
	}
	_, i, confidence := c.matcher.Match(tag)
	if confidence == language.No {
		return fallback
	}
	return c.matcherCodes[i]
}
