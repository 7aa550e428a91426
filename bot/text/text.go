// Package text holds every text that people read, in one catalogue per language, and renders it. Keys and placeholders are the same in every language;
// a test proves it. The package decides how a text reads, not when it is sent.
//
// A catalogue is a YAML file of flat keys ("story.more"). An entry is one text, or one text for each plural form of its language, chosen by the
// argument "n". Texts are Telegram HTML (Say), except those that Telegram shows without markup: buttons, pop-up answers, commands, invoices (Plain).
package text

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

//go:embed *.yaml
var files embed.FS

// Catalog holds all languages. It does not change after Load, so any number of goroutines may use it.
type Catalog struct {
	words        map[string]*Words
	matcher      language.Matcher
	matcherCodes []string // interface languages by the matcher's index
	stories      []storyLanguage
}

// Load reads the embedded catalogues. An error means that the build is broken.
func Load() (*Catalog, error) {
	c := &Catalog{words: make(map[string]*Words, len(interfaceLanguages))}
	for _, code := range interfaceLanguages {
		data, err := files.ReadFile(code + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("read catalogue: %w", err)
		}
		w, err := parse(code, data)
		if err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", code, err)
		}
		c.words[code] = w
	}
	names, err := files.ReadFile("names.yaml")
	if err != nil {
		return nil, fmt.Errorf("read story languages: %w", err)
	}
	if c.stories, err = parseStoryLanguages(names); err != nil {
		return nil, err
	}
	c.matcher, c.matcherCodes = newMatcher()
	return c, nil
}

// Languages returns the codes of the interface languages, "ru" and "en" first.
func (c *Catalog) Languages() []string { return slices.Clone(interfaceLanguages) }

// Words returns the texts of an interface language, or the English ones if the language has no interface.
func (c *Catalog) Words(language string) *Words {
	if w, ok := c.words[language]; ok {
		return w
	}
	return c.words[fallback]
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

// StoryLanguages returns the codes of the languages that have stories but no interface, in the order in which they are offered. People who chose one
// get the interface in English.
func (c *Catalog) StoryLanguages() []string {
	codes := make([]string, len(c.stories))
	for i, s := range c.stories {
		codes[i] = s.Code
	}
	return codes
}

// StoryLanguage returns the native name of a language that has stories but no interface; false for other codes.
func (c *Catalog) StoryLanguage(code string) (name string, ok bool) {
	i := slices.IndexFunc(c.stories, func(s storyLanguage) bool { return s.Code == code })
	if i < 0 {
		return "", false
	}
	return c.stories[i].Name, true
}

// MatchStory returns the language of stories for a code from Telegram: a story language if the code names one, else the result of Match.
func (c *Catalog) MatchStory(code string) string {
	base, _, _ := strings.Cut(strings.ToLower(code), "-")
	if _, ok := c.StoryLanguage(base); ok {
		return base
	}
	return c.Match(code)
}
