package app

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/lmittmann/tint"
)

// newLogger writes to w: tint if the format says text or w is a terminal, else one JSON object a line. Secrets are replaced
// in messages and values, wherever they stand.
func newLogger(w io.Writer, cfg Config, env environment) *slog.Logger {
	return newLoggerAt(w, cfg, env, cfg.logLevel())
}

func (c *Config) logLevel() slog.Level {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Log.Level)); err != nil {
		return slog.LevelInfo // Load lets no other name through
	}
	return level
}

// newLoggerAt is newLogger with a level that may change while it runs.
func newLoggerAt(w io.Writer, cfg Config, env environment, level slog.Leveler) *slog.Logger {
	replace := newRedactor(cfg.secrets()).replaceAttr
	terminal := isTerminal(w)
	if cfg.Log.Format == "text" || cfg.Log.Format == "auto" && terminal {
		return slog.New(tint.NewTextHandler(w, &tint.Options{
			Level:       level,
			ReplaceAttr: replace,
			TimeFormat:  time.TimeOnly,
			NoColor:     !terminal || env["NO_COLOR"] != "",
		}))
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if a.Value.Kind() == slog.KindDuration {
			// JSON has no durations; nanoseconds are nobody's unit. Seconds() would write 3.688 as 3.6879999999999997.
			return slog.Float64(a.Key, float64(a.Value.Duration())/float64(time.Second))
		}
		return replace(groups, a)
	}}))
}

// isTerminal says whether w is a character device: a terminal, or something as harmless to colour.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// secrets returns the values that no log may hold.
func (c *Config) secrets() []string {
	var list []string
	for _, s := range c.settings() {
		if text := format(s.value); s.secret && text != "" {
			list = append(list, text)
		}
	}
	if u, err := url.Parse(c.Store.Postgres); err == nil && u.User != nil {
		if password, set := u.User.Password(); set {
			list = append(list, password) // drivers quote the address in parts
		}
	}
	return list
}

// redactor takes secrets out of log attributes.
type redactor struct {
	secrets []string
	replace *strings.Replacer
}

// newRedactor ignores secrets of less than 6 bytes: they are placeholders such as "none", and would garble every line.
func newRedactor(secrets []string) *redactor {
	const least = 6
	r := &redactor{}
	var pairs []string
	for _, s := range secrets {
		if len(s) < least {
			continue
		}
		forms := []string{s}
		for _, form := range []string{url.QueryEscape(s), url.PathEscape(s)} {
			if form != s {
				forms = append(forms, form)
			}
		}
		for _, form := range forms {
			r.secrets = append(r.secrets, form)
			pairs = append(pairs, form, mask)
		}
	}
	r.replace = strings.NewReplacer(pairs...)
	return r
}

// replaceAttr is a handler's ReplaceAttr.
func (r *redactor) replaceAttr(_ []string, a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = r.clean(a.Value, a.Value.String())
	case slog.KindAny:
		switch v := a.Value.Any().(type) {
		case slog.Level, *slog.Source:
		case error:
			a.Value = r.clean(a.Value, v.Error())
		case []byte:
			a.Value = r.clean(a.Value, string(v))
		default:
			a.Value = r.clean(a.Value, fmt.Sprintf("%+v", v))
			// The JSON handler follows pointers that the line above prints as addresses.
			if data, err := json.Marshal(v); err == nil {
				a.Value = r.clean(a.Value, string(data))
			}
		}
	}
	return a
}

// clean returns the value, or its text without the secrets that are in it.
func (r *redactor) clean(value slog.Value, text string) slog.Value {
	for _, secret := range r.secrets {
		if strings.Contains(text, secret) {
			return slog.StringValue(r.replace.Replace(text))
		}
	}
	return value
}
