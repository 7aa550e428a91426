package config

import (
	"log/slog"
	"net/url"
	"path/filepath"
)

// Secrets returns the values that must not appear in any log.
func (c *Config) Secrets() []string {
	var list []string
	for _, s := range c.settings() {
		if text := format(s.value); s.secret && text != "" {
			list = append(list, text)
		}
	}
	if u, err := url.Parse(c.Store.Postgres); err == nil && u.User != nil {
		if password, set := u.User.Password(); set {
			list = append(list, password) // drivers quote parts of the address
		}
	}
	return list
}

// LogLevel returns log.level.
func (c *Config) LogLevel() slog.Level {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Log.Level)); err != nil {
		return slog.LevelInfo // Load accepts no other name
	}
	return level
}

// StoreFile returns the path of the store's file in store.dir.
func (c *Config) StoreFile() string { return filepath.Join(c.Store.Dir, "excursobot.db") }
