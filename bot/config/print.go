package config

import (
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Mask replaces a secret wherever it would be shown.
const Mask = "***"

// WriteYAML writes every key with its effective value; secrets are masked. A comment has the origin of each value that is not the default.
func (c *Config) WriteYAML(w io.Writer) error {
	return c.writeSections(w, func(s setting) string {
		text := format(s.value)
		if s.secret && text != "" {
			text = Mask
		}
		if s.key == "telegram.webhook_url" {
			text = maskPath(text)
		}
		line := lastName(s.key) + ":" + s.yaml(text)
		if o := c.Origin(s.key); o != byDefault {
			line += " # " + o
		}
		return line
	})
}

// maskPath masks the parts of an address's path that may be a secret: operators used to put the bot's token there.
func maskPath(address string) string {
	const long = 16 // letters, in which nobody names a page
	scheme, rest, found := strings.Cut(address, "://")
	if !found {
		return address
	}
	parts := strings.Split(rest, "/")
	for i, part := range parts {
		if i > 0 && (len(part) >= long || strings.ContainsAny(part, ":%")) {
			parts[i] = Mask
		}
	}
	return scheme + "://" + strings.Join(parts, "/")
}

// writeExample writes config.example.yaml: every key with its default and its description.
func writeExample(w io.Writer) error {
	head := `# Excursobot's configuration. Every key is optional: the values here are the defaults, and a key without a value
# keeps its default. Copy this file to config.yaml, or set the environment variables in brackets: they override the
# file. A secret can also be read from a file: set NAME_FILE to the file's name instead of NAME.
# "excursobot check" prints the values in effect.
`
	if _, err := io.WriteString(w, head); err != nil {
		return err
	}
	c := Defaults()
	return c.writeSections(w, func(s setting) string {
		env := s.env
		if s.secret {
			env += ", secret"
		}
		return comment(s.help+" ("+env+")") + lastName(s.key) + ":" + s.yaml(s.def)
	})
}

// writeSections writes the text that line returns for each setting, indented under its section.
func (c *Config) writeSections(w io.Writer, line func(setting) string) error {
	open := ""
	for _, s := range c.settings() {
		section, _, nested := strings.Cut(s.key, ".")
		if section != open {
			open = section
			head := "\n"
			if nested {
				head += section + ":\n"
			}
			if _, err := io.WriteString(w, head); err != nil {
				return err
			}
		}
		text := line(s)
		if nested {
			text = "  " + strings.ReplaceAll(text, "\n", "\n  ")
		}
		if _, err := fmt.Fprintln(w, text); err != nil {
			return err
		}
	}
	return nil
}

// comment returns text as lines of comment.
func comment(text string) string {
	const width = 110
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(text) {
		switch {
		case column == 0:
			b.WriteString("# ")
		case column+1+len(word) > width:
			b.WriteString("\n# ")
			column = 0
		default:
			b.WriteByte(' ')
		}
		b.WriteString(word)
		column += 1 + len(word)
	}
	b.WriteByte('\n')
	return b.String()
}

// yaml returns text as the setting's YAML value with a space before it, and nothing for an empty text. Text is quoted where YAML would read
// it as something else; numbers, switches and durations need no quotes.
func (s setting) yaml(text string) string {
	if text == "" {
		return ""
	}
	if _, isText := s.value.(*string); !isText {
		return " " + text
	}
	out, err := yaml.Dump(text, yaml.WithLineWidth(-1))
	if err != nil {
		return fmt.Sprintf(" %q", text) // a double-quoted Go string is YAML for every text without control characters
	}
	return " " + strings.TrimSuffix(string(out), "\n")
}

// lastName returns the part of a key after its section.
func lastName(key string) string {
	if _, name, ok := strings.Cut(key, "."); ok {
		return name
	}
	return key
}
