package text

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// storyLanguage is a language that has stories but no interface.
type storyLanguage struct{ Code, Name string }

func loadStoryLanguages() ([]storyLanguage, error) {
	data, err := files.ReadFile("names.yaml")
	if err != nil {
		return nil, fmt.Errorf("read story languages: %w", err)
	}
	var names []storyLanguage
	if err := yaml.Unmarshal(data, &names); err != nil {
		return nil, fmt.Errorf("parse story languages: %w", err)
	}
	return names, nil
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
