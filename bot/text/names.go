package text

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// storyLanguage is a language in which there are stories and no interface.
type storyLanguage struct{ Code, Name string }

func loadNames() ([]storyLanguage, error) {
	data, err := files.ReadFile("names.yaml")
	if err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	var names []storyLanguage
	if err := yaml.Unmarshal(data, &names); err != nil {
		return nil, fmt.Errorf("names: %w", err)
	}
	return names, nil
}

// StoryLanguages are the codes of languages for stories alone, in the order in which they are offered. People who chose one get the interface
// in English.
func (c *Catalog) StoryLanguages() []string {
	codes := make([]string, len(c.stories))
	for i, s := range c.stories {
		codes[i] = s.Code
	}
	return codes
}

// StoryLanguage returns the own name of a language for stories alone.
func (c *Catalog) StoryLanguage(code string) (name string, ok bool) {
	i := slices.IndexFunc(c.stories, func(s storyLanguage) bool { return s.Code == code })
	if i < 0 {
		return "", false
	}
	return c.stories[i].Name, true
}

// MatchStory is Match with the languages for stories alone: what a person with the code should be told stories in.
func (c *Catalog) MatchStory(code string) string {
	base, _, _ := strings.Cut(strings.ToLower(code), "-")
	if _, ok := c.StoryLanguage(base); ok {
		return base
	}
	return c.Match(code)
}
