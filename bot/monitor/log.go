package monitor

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// LogHandler returns a handler that passes every record to next, and stores warnings and errors as problems, at any log level of next. replace removes
// secrets, like ReplaceAttr of slog.HandlerOptions. An error also counts as a fault of the part that logged it, except for the parts in reporting,
// which call Fault themselves.
func (m *Monitor) LogHandler(next slog.Handler, replace func([]string, slog.Attr) slog.Attr, reporting ...string) slog.Handler {
	return &logHandler{next: next, recorder: &logRecorder{m: m, replace: replace, reporting: reporting}}
}

// logRecorder turns log records into problems.
type logRecorder struct {
	m         *Monitor
	replace   func([]string, slog.Attr) slog.Attr
	reporting []string
}

var _ slog.Handler = (*logHandler)(nil)

type logHandler struct {
	next     slog.Handler
	recorder *logRecorder
	attrs    []slog.Attr
}

// Enabled implements slog.Handler.
func (l *logHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn || l.next.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (l *logHandler) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelWarn {
		l.recorder.record(r, l.attrs)
		if !l.next.Enabled(ctx, r.Level) {
			return nil
		}
	}
	return l.next.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (l *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &logHandler{next: l.next.WithAttrs(attrs), recorder: l.recorder, attrs: append(slices.Clone(l.attrs), attrs...)}
}

// WithGroup implements slog.Handler. Problems ignore groups.
func (l *logHandler) WithGroup(name string) slog.Handler {
	return &logHandler{next: l.next.WithGroup(name), recorder: l.recorder, attrs: l.attrs}
}

// hiddenKeys are the keys that problems leave out: personal data, ids of updates, and stacks, which are for the log.
var hiddenKeys = []string{"part", "user_id", "person", "chat", "update", "stack", "lat", "lon"}

func (h *logRecorder) record(r slog.Record, attrs []slog.Attr) {
	p := Problem{At: r.Time.UTC().Truncate(time.Second), Level: "warning", Part: "app"}
	if r.Level >= slog.LevelError {
		p.Level = "error"
	}
	var cause string
	var rest []string
	read := func(a slog.Attr) bool {
		a.Value = a.Value.Resolve()
		if h.replace != nil {
			a = h.replace(nil, a)
		}
		text := a.Value.String()
		if a.Value.Kind() == slog.KindDuration {
			text = a.Value.Duration().Round(time.Millisecond).String()
		}
		switch {
		case a.Key == "part":
			p.Part = text
		case a.Key == "error" || a.Key == "hint":
			cause = text
		case !slices.Contains(hiddenKeys, a.Key) && text != "" && a.Value.Kind() != slog.KindGroup:
			rest = append(rest, strings.ReplaceAll(a.Key, "_", " ")+" "+text)
		}
		return true
	}
	for _, a := range attrs {
		read(a)
	}
	r.Attrs(read)
	message := h.clean(r.Message)
	p.Words = sentenceOf(message)
	if cause != "" {
		rest = append([]string{cause}, rest...)
	}
	p.Details = shorten(strings.Join(rest, " · "), maxDetails)
	h.m.problems.add(p)
	if p.Level == "error" && !slices.Contains(h.reporting, p.Part) {
		h.m.Fault(p.Part)
	}
}

// clean removes secrets from the message.
func (h *logRecorder) clean(message string) string {
	if h.replace == nil {
		return message
	}
	return h.replace(nil, slog.String(slog.MessageKey, message)).Value.String()
}

// shorten cuts s to at most n bytes, at the end of a character.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + " …"
}
