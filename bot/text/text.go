// Package text holds every word that people read: one catalogue per language, and their rendering. Keys and
// placeholders are the same in every language; a test proves it. It decides how a thing is said and never when.
//
// A catalogue is a YAML file of flat keys ("story.more"). An entry is a text, or one text for each plural form
// of its language, chosen by the argument "n". Texts are Telegram HTML (Say), except what Telegram shows
// without markup: buttons, pop-up answers, commands, invoices (Plain).
package text

import (
	"embed"
	"fmt"
	"slices"

	"golang.org/x/text/language"
)

// HTML is text that is markup already; every other string given to Say is escaped for Telegram's HTML.
type HTML string

//go:embed *.yaml
var files embed.FS

// interfaceLanguages is the order in which languages are offered.
var interfaceLanguages = []string{"ru", "en", "fr", "pt", "uk"}

// fallback is the language of people whose own is unknown here.
const fallback = "en"

// Catalog is all languages. It does not change after Load, so any number of goroutines may use it.
type Catalog struct {
	words   map[string]*Words
	matcher language.Matcher
	matched []string // by the matcher's index
	stories []storyLanguage
}

// Load reads the embedded catalogues; an error is a fault of the build.
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
	if c.stories, err = loadNames(); err != nil {
		return nil, err
	}
	c.matcher, c.matched = newMatcher()
	return c, nil
}

// Languages are the interface languages, "ru" and "en" first.
func (c *Catalog) Languages() []string { return slices.Clone(interfaceLanguages) }

// Words returns the words of an interface language, English for an unknown one.
func (c *Catalog) Words(language string) *Words {
	if w, ok := c.words[language]; ok {
		return w
	}
	return c.words[fallback]
}
