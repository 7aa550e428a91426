package text

import (
	"fmt"

	"go.yaml.in/yaml/v4"
)

// storyLanguage is a language that has stories but no interface.
type storyLanguage struct{ Code, Name string }

// parseStoryLanguages reads names.yaml.
func parseStoryLanguages(data []byte) ([]storyLanguage, error) {
	var names []storyLanguage
	if err := yaml.Unmarshal(data, &names); err != nil {
		return nil, fmt.Errorf("parse story languages: %w", err)
	}
	return names, nil
}
