package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// DefaultFile is read if it is there and --config names no other.
const DefaultFile = "config.yaml"

const byDefault = "default" // the origin of a value that nobody set

// Environment is the process's environment as a map; a variable set to nothing counts as not set.
type Environment map[string]string

func NewEnvironment(list []string) Environment {
	env := make(Environment, len(list))
	for _, entry := range list {
		if name, value, _ := strings.Cut(entry, "="); value != "" {
			env[name] = value
		}
	}
	return env
}

// Load returns the effective configuration: defaults, then the file (path "" = DefaultFile if it exists), then the
// environment. The error has one line for each problem and names the key and where its value came from.
func Load(path string, env Environment) (Config, error) {
	c := Defaults()
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
	c.Derive(env)
	// One fault is told once: rules over several keys wait until each key is right by itself.
	if len(problems) == 0 {
		problems = c.check()
	}
	return c, errors.Join(problems...)
}

// readFile returns nil data when nobody named a file and the default one does not exist.
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

// fromEnvironment sets every key whose variable is there.
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
	return problems
}

// lookup returns the setting's text and where it stands; an empty origin means nowhere.
func (e Environment) lookup(s setting) (text, origin string, err error) {
	text, set := e[s.env]
	if set {
		origin = "environment variable " + s.env
	}
	if s.key == "http.addr" && !set && e["PORT"] != "" {
		return ":" + e["PORT"], "environment variable PORT", nil
	}
	name := s.env + "_FILE"
	path := e[name]
	if !s.secret || path == "" {
		return text, origin, nil
	}
	if set {
		return "", "", fmt.Errorf("%s: both %s and %s are set; want one", s.key, s.env, name)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", "", fmt.Errorf("%s (environment variable %s): %w", s.key, name, err)
	}
	text = strings.TrimSpace(string(data))
	if text == "" {
		return "", "", fmt.Errorf("%s (environment variable %s): %s is empty", s.key, name, path)
	}
	return text, "file named by " + name, nil
}

// problem says what is wrong with a setting, where it stands and, if it is no secret, what it is.
func (c *Config) problem(s setting, err error) error {
	return c.unreadable(s, format(s.value), err)
}

// unreadable is problem for a text that could not be read as the setting's value. The field goes back to its default,
// so that the same fault is not reported as out of range too.
func (c *Config) unreadable(s setting, text string, err error) error {
	_ = parse(s.value, s.def) // a default reads; no default leaves a zero that no range refuses
	if s.secret || text == "" {
		return fmt.Errorf("%s (%s): %w", s.key, c.Origin(s.key), err)
	}
	return fmt.Errorf("%s (%s): %q: %w", s.key, c.Origin(s.key), text, err)
}

// Origin says where the key's value came from.
func (c *Config) Origin(key string) string {
	if o := c.origins[key]; o != "" {
		return o
	}
	return byDefault
}

// SetOrigin records where the key's value came from.
func (c *Config) SetOrigin(key, origin string) { c.origins[key] = origin }

// IsDefault reports whether nobody set the key.
func (c *Config) IsDefault(key string) bool { return c.Origin(key) == byDefault }

// UsageError is a problem that only the person who started the program can solve: a wrong command line or configuration.
type UsageError struct{ Err error }

// Error implements error.
func (e UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e UsageError) Unwrap() error { return e.Err }
