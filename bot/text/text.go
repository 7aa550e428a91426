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

	"golang.org/x/text/language"
)

// HTML is an argument of Say that is Telegram HTML already. Say escapes every other string.
type HTML string

//go:embed *.yaml
var files embed.FS

// interfaceLanguages lists the languages of the interface in the order in which they are offered.
var interfaceLanguages = []string{"ru", "en", "fr", "pt", "uk"}

// fallback is the interface language of people whose language has no catalogue.
const fallback = "en"

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
	var err error
	if c.stories, err = loadStoryLanguages(); err != nil {
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
