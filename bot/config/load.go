package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// DefaultFile is read if it exists and --config is not given.
const DefaultFile = "config.yaml"

const byDefault = "default" // the origin of a value that is not set

// Environment is the process's environment by name. An empty variable counts as not set.
type Environment map[string]string

// NewEnvironment reads entries of the form NAME=value, as os.Environ returns them.
func NewEnvironment(list []string) Environment {
	env := make(Environment, len(list))
	for _, entry := range list {
		if name, value, _ := strings.Cut(entry, "="); value != "" {
			env[name] = value
		}
	}
	return env
}

// Load returns the effective configuration: defaults, overridden by the file (path "" = DefaultFile if it exists), overridden by the
// environment. The error has one line for each problem, with the key and the origin of its value.
func Load(path string, env Environment) (Config, error) {
	c := Defaults()
	path, err := ExpandHome(path)
	if err != nil {
		return c, fmt.Errorf("configuration file: %w", err)
	}
	data, path, err := readFile(path)
	if err != nil {
		return c, err
	}
	problems := c.fromFile(path, data)
	problems = append(problems, c.fromEnvironment(env)...)
	for _, s := range c.settings() {
		if c.Origin(s.key) == byDefault {
			continue
		}
		if err := s.within(); err != nil {
			problems = append(problems, c.problem(s, err))
		}
	}
	if dir, err := ExpandHome(c.Store.Dir); err != nil {
		problems = append(problems, fmt.Errorf("store.dir (%s): %w", c.Origin("store.dir"), err))
	} else {
		c.Store.Dir = dir
	}
	c.Derive(env)
	// A fault is reported once: rules over several keys are checked only if each key is valid.
	if len(problems) == 0 {
		problems = c.check()
	}
	return c, errors.Join(problems...)
}

// readFile returns nil data if no file is named and the default one does not exist.
func readFile(path string) ([]byte, string, error) {
	const most = 1 << 20 // bytes; the example has about 10 000
	optional := path == ""
	if optional {
		path = DefaultFile
	}
	info, err := os.Stat(path)
	if optional && errors.Is(err, fs.ErrNotExist) {
		return nil, path, nil
	}
	if err != nil {
		return nil, path, fmt.Errorf("configuration file: %w", err)
	}
	if info.Size() > most {
		return nil, path, fmt.Errorf("configuration file %s: larger than %d bytes", path, most)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, path, fmt.Errorf("configuration file: %w", err)
	}
	return data, path, nil
}

// fromEnvironment sets every key whose variable is set.
func (c *Config) fromEnvironment(env Environment) (problems []error) {
	for _, s := range c.settings() {
		text, origin, err := env.lookup(s)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if origin == "" {
			continue
		}
		c.origins[s.key] = origin
		if err := parse(s.value, text); err != nil {
			problems = append(problems, c.unreadable(s, text, err))
		}
	}
	for _, r := range removedKeys {
		if env[r.env] != "" {
			c.noteRemoved(r, "environment variable "+r.env)
		}
	}
	return problems
}

// lookup returns the setting's text and its origin; the origin is empty if the environment does not set it.
func (e Environment) lookup(s setting) (text, origin string, err error) {
	text = unquoted(e[s.env])
	set := text != ""
	if set {
		origin = "environment variable " + s.env
	}
	if s.key == "http.addr" && !set && e["PORT"] != "" {
		return ":" + e["PORT"], "environment variable PORT", nil
	}
	name := s.env + "_FILE"
	path, err := ExpandHome(e[name])
	if err != nil {
		return "", "", fmt.Errorf("%s (environment variable %s): %w", s.key, name, err)
	}
	if !s.secret || path == "" {
		return text, origin, nil
	}
	if set {
		return "", "", fmt.Errorf("%s: both %s and %s are set; set only one", s.key, s.env, name)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", "", fmt.Errorf("%s (environment variable %s): %w", s.key, name, err)
	}
	text = unquoted(strings.TrimSpace(string(data)))
	if text == "" {
		return "", "", fmt.Errorf("%s (environment variable %s): %s is empty", s.key, name, path)
	}
	return text, "file named by " + name, nil
}

// unquoted returns text without the quotes around it, which files of variables keep in containers and which no value needs.
func unquoted(text string) string {
	text = strings.TrimSpace(text)
	if n := len(text); n >= 2 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
		return text[1 : n-1]
	}
	return text
}

// ExpandHome returns a path whose ~ is replaced with the home directory, as a shell does.
func ExpandHome(path string) (string, error) {
	if path != "~" && !strings.HasPrefix(path, "~/") {
		if strings.HasPrefix(path, "~") {
			return "", fmt.Errorf("%s: write the directory in full", path)
		}
		return path, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("%s: the home directory is unknown: %w", path, err)
	}
	return home + path[1:], nil
}

// problem returns an error with the setting's key, its origin and, unless it is a secret, its value.
func (c *Config) problem(s setting, err error) error {
	return c.unreadable(s, format(s.value), err)
}

// unreadable is problem for a text that parse refused. The field is set to its default, so that the fault is not reported a second time
// as out of range.
func (c *Config) unreadable(s setting, text string, err error) error {
	_ = parse(s.value, s.def) // it cannot fail: the table's defaults are valid, and zero is in range without one
	if s.secret || text == "" {
		return fmt.Errorf("%s (%s): %w", s.key, c.Origin(s.key), err)
	}
	return fmt.Errorf("%s (%s): %q: %w", s.key, c.Origin(s.key), text, err)
}

// Origin returns where the key's value came from, for people.
func (c *Config) Origin(key string) string {
	if o := c.origins[key]; o != "" {
		return o
	}
	return byDefault
}

// IsDefault reports whether the key is neither in the file nor in the environment.
func (c *Config) IsDefault(key string) bool { return c.Origin(key) == byDefault }

// UsageError is a problem that only the person who started the program can solve: a wrong command line or configuration.
type UsageError struct{ Err error }

// Error implements error.
func (e UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e UsageError) Unwrap() error { return e.Err }
