package config

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// fromFile sets every key in the YAML text. It reads YAML nodes, so that each problem is reported with its line, and calls parse for each
// value, so that the file and the environment share one notation.
func (c *Config) fromFile(path string, data []byte) (problems []error) {
	if strings.TrimSpace(string(data)) == "" {
		return nil
	}
	var doc yaml.Node
	if err := yaml.Load(data, &doc); err != nil {
		return []error{fmt.Errorf("%s: not YAML: %s", path, plainYAML(err))}
	}
	if len(doc.Content) == 0 || doc.Content[0].Tag == "!!null" { // nothing but comments
		return nil
	}
	f := fileReader{config: c, path: path, settings: map[string]setting{}, sections: map[string]bool{}, removed: map[string]removedKey{}, seen: map[string]bool{}}
	for _, s := range c.settings() {
		f.settings[s.key] = s
		if section, _, ok := strings.Cut(s.key, "."); ok {
			f.sections[section] = true
		}
	}
	for _, r := range removedKeys {
		f.removed[r.key] = r
		f.sections[r.section()] = true
	}
	f.mapping("", doc.Content[0])
	return f.problems
}

// yamlPlace is where the library tells that it found an error, before the error itself.
var yamlPlace = regexp.MustCompile(`^.*? at L(\d+)(?:\.C\d+)?: `)

// plainYAML returns what is wrong with a text that is no YAML, without the library's own words around it.
func plainYAML(err error) string {
	text := err.Error()
	if at := yamlPlace.FindStringSubmatch(text); at != nil {
		return "line " + at[1] + ": " + text[len(at[0]):]
	}
	if i := strings.LastIndex(text, "yaml: "); i >= 0 {
		return text[i+len("yaml: "):]
	}
	return text
}

type fileReader struct {
	config   *Config
	path     string
	settings map[string]setting
	sections map[string]bool
	removed  map[string]removedKey
	seen     map[string]bool
	problems []error
}

func (f *fileReader) complain(n *yaml.Node, format string, args ...any) {
	f.problems = append(f.problems, fmt.Errorf("%s: %w", f.origin(n), fmt.Errorf(format, args...)))
}

// origin names the node's line.
func (f *fileReader) origin(n *yaml.Node) string { return fmt.Sprintf("%s line %d", f.path, n.Line) }

// mapping reads "key: value" pairs. The prefix is the section with its dot, or empty at the top.
func (f *fileReader) mapping(prefix string, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		f.complain(n, "%s: want keys with values", strings.TrimSuffix("configuration."+prefix, "."))
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		key := prefix + name.Value
		s, isKey := f.settings[key]
		r, isRemoved := f.removed[key]
		switch {
		case f.seen[key]:
			f.complain(name, "%s is set twice", key)
		case isKey:
			f.value(s, value)
		case isRemoved:
			if value.Tag != "!!null" {
				f.config.noteRemoved(r, f.origin(name))
			}
		case prefix == "" && f.sections[key] && value.Tag == "!!null":
			// All keys of the section are commented out.
		case prefix == "" && f.sections[key]:
			f.mapping(key+".", value)
		default:
			known := append(slices.Sorted(maps.Keys(f.settings)), slices.Sorted(maps.Keys(f.sections))...)
			if meant := similar(key, known); meant != "" {
				f.complain(name, "unknown key %s; did you mean %s?", key, meant)
			} else {
				f.complain(name, "unknown key %s", key)
			}
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
	f.config.origins[s.key] = f.origin(n)
	if err := parse(s.value, text); err != nil {
		f.problems = append(f.problems, f.config.unreadable(s, text, err))
	}
}

// scalarText returns a scalar as it is written. Of a list it returns the entries, separated by commas.
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
