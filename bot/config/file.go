package config

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// fromFile sets every key that the YAML text names. It reads the nodes itself so that each problem has its line,
// and hands every value to parse, so that a value is written the same way in the file and in the environment.
func (c *Config) fromFile(path string, data []byte) (problems []error) {
	if strings.TrimSpace(string(data)) == "" {
		return nil
	}
	var doc yaml.Node
	if err := yaml.Load(data, &doc); err != nil {
		return []error{fmt.Errorf("%s: not YAML: %w", path, err)}
	}
	if len(doc.Content) == 0 || doc.Content[0].Tag == "!!null" { // nothing but comments
		return nil
	}
	f := fileReader{config: c, path: path, settings: map[string]setting{}, sections: map[string]bool{}, seen: map[string]bool{}}
	for _, s := range c.settings() {
		f.settings[s.key] = s
		if section, _, ok := strings.Cut(s.key, "."); ok {
			f.sections[section] = true
		}
	}
	f.mapping("", doc.Content[0])
	return f.problems
}

type fileReader struct {
	config   *Config
	path     string
	settings map[string]setting
	sections map[string]bool
	seen     map[string]bool
	problems []error
}

func (f *fileReader) complain(n *yaml.Node, format string, args ...any) {
	f.problems = append(f.problems, fmt.Errorf("%s line %d: %w", f.path, n.Line, fmt.Errorf(format, args...)))
}

// mapping reads "key: value" pairs; prefix is the section with its dot, or nothing at the top.
func (f *fileReader) mapping(prefix string, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		f.complain(n, "%s: want keys with values", strings.TrimSuffix("configuration."+prefix, "."))
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		key := prefix + name.Value
		s, isKey := f.settings[key]
		switch {
		case f.seen[key]:
			f.complain(name, "%s stands there twice", key)
		case isKey:
			f.value(s, value)
		case prefix == "" && f.sections[key] && value.Tag == "!!null":
			// A section whose keys are all commented out.
		case prefix == "" && f.sections[key]:
			f.mapping(key+".", value)
		default:
			f.complain(name, "unknown key %s", key)
		}
		f.seen[key] = true
	}
}

// value sets one key. A key without a value keeps its default.
func (f *fileReader) value(s setting, n *yaml.Node) {
	text, err := scalarText(n)
	if err != nil {
		f.complain(n, "%s: %w", s.key, err)
		return
	}
	if text == "" {
		return
	}
	f.config.origins[s.key] = fmt.Sprintf("%s line %d", f.path, n.Line)
	if err := parse(s.value, text); err != nil {
		f.problems = append(f.problems, f.config.unreadable(s, text, err))
	}
}

// scalarText returns a scalar as it is written, and a list as its entries with commas.
func scalarText(n *yaml.Node) (string, error) {
	switch {
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		return "", nil
	case n.Kind == yaml.ScalarNode:
		return n.Value, nil
	case n.Kind == yaml.SequenceNode:
		parts := make([]string, len(n.Content))
		for i, entry := range n.Content {
			if entry.Kind != yaml.ScalarNode {
				return "", errors.New("want a list of plain values")
			}
			parts[i] = entry.Value
		}
		return strings.Join(parts, ","), nil
	default:
		return "", errors.New("want a value, not keys")
	}
}
