package app

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/lmittmann/tint"

	"excursobot/bot/config"
)

// NewLogger returns a logger that writes to w: coloured text if log.format is text or w is a terminal, otherwise one JSON object a line.
// Secrets are masked in messages and values.
func NewLogger(w io.Writer, cfg config.Config, env config.Environment) *slog.Logger {
	return NewLoggerAt(w, cfg, env, cfg.LogLevel())
}

// NewLoggerAt is NewLogger with a level that can change while the bot runs.
func NewLoggerAt(w io.Writer, cfg config.Config, env config.Environment, level slog.Leveler) *slog.Logger {
	replace := newRedactor(cfg.Secrets()).replaceAttr
	terminal := config.IsTerminal(w)
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
			// JSON has no durations; seconds are easier to read than nanoseconds. Seconds() would write 3.688 as 3.6879999999999997.
			return slog.Float64(a.Key, float64(a.Value.Duration())/float64(time.Second))
		}
		return replace(groups, a)
	}}))
}

// redactor masks secrets in log attributes.
type redactor struct {
	secrets []string
	replace *strings.Replacer
}

// newRedactor ignores secrets of less than 6 bytes: they are placeholders such as "none", and masking them would garble every line.
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
			pairs = append(pairs, form, config.Mask)
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
			// The JSON handler follows pointers, which the line above prints as addresses.
			if data, err := json.Marshal(v); err == nil {
				a.Value = r.clean(a.Value, string(data))
			}
		}
	}
	return a
}

// clean returns the value, or its text with the secrets masked if it contains any.
func (r *redactor) clean(value slog.Value, text string) slog.Value {
	for _, secret := range r.secrets {
		if strings.Contains(text, secret) {
			return slog.StringValue(r.replace.Replace(text))
		}
	}
	return value
}
