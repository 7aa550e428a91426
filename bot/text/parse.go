package text

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
	"golang.org/x/text/feature/plural"
)

// piece is a part of a text: literal text, or a placeholder with its name.
type piece struct {
	literal string
	name    string
}

// template is one text, split at its placeholders.
type template []piece

// entry is the value of a key. forms is indexed by plural.Form; a text without plural forms is under plural.Other.
type entry struct {
	forms   [plural.Many + 1]template
	plurals bool
}

var formNames = map[string]plural.Form{
	"zero": plural.Zero, "one": plural.One, "two": plural.Two, "few": plural.Few, "many": plural.Many, "other": plural.Other,
}

// UnmarshalYAML implements yaml.Unmarshaler. The node is a text, or a mapping of plural forms with at least "other".
func (e *entry) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		t, err := parseTemplate(node.Value)
		if err != nil {
			return fmt.Errorf("line %d: %w", node.Line, err)
		}
		e.forms[plural.Other] = t
		return nil
	}
	forms := map[string]string{}
	if err := node.Decode(&forms); err != nil {
		return err
	}
	e.plurals = true
	for name, s := range forms {
		form, ok := formNames[name]
		if !ok {
			return fmt.Errorf("line %d: unknown plural form %q", node.Line, name)
		}
		t, err := parseTemplate(s)
		if err != nil {
			return fmt.Errorf("line %d: %w", node.Line, err)
		}
		e.forms[form] = t
	}
	if e.forms[plural.Other] == nil {
		return fmt.Errorf("line %d: plural form \"other\" is missing", node.Line)
	}
	return nil
}

var (
	errEmpty = errors.New("empty text")
	errBrace = errors.New("brace without a partner or a name")
)

// parseTemplate splits a text at its {placeholders}.
func parseTemplate(s string) (template, error) {
	if strings.TrimSpace(s) == "" {
		return nil, errEmpty
	}
	var t template
	for s != "" {
		start := strings.IndexAny(s, "{}")
		if start < 0 {
			return append(t, piece{literal: s}), nil
		}
		size := strings.IndexByte(s[start:], '}')
		if s[start] == '}' || size < 2 {
			return nil, errBrace
		}
		if start > 0 {
			t = append(t, piece{literal: s[:start]})
		}
		t = append(t, piece{name: s[start+1 : start+size]})
		s = s[start+size+1:]
	}
	return t, nil
}
