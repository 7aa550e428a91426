package text

import "golang.org/x/text/language"

// maxCode bounds what is parsed: no language tag that anybody uses is longer.
const maxCode = 35

// newMatcher returns a matcher over the interface languages and their codes by the matcher's index. The fallback
// stands first, because that is what the matcher returns when nothing fits.
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

// Match returns the interface language for a code as Telegram gives it ("pt-br", "uk", "zh-hans", ""), "en" if there is none.
// A language that is not here gets the one that CLDR says its speakers read best: Belarusian and Kazakh get Russian,
// Breton and Wolof get French.
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
	return c.matched[i]
}
