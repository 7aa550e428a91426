package monitor

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

// Bounds of what is remembered of the log.
const (
	maxProblems = 50
	maxWords    = 400 // bytes of one problem's details
)

// Problem is a warning or an error, in words. The same one again, but for its numbers, is counted and not listed again.
type Problem struct {
	At      time.Time `json:"at"` // the last time
	Level   string    `json:"level"`
	Part    string    `json:"part"`
	Words   string    `json:"words"`
	Details string    `json:"details,omitempty"`
	Times   int       `json:"times"`
}

// problems is the last of them.
type problems struct {
	mu   sync.Mutex
	kept []Problem // the oldest first
}

func (p *problems) add(fresh Problem) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fresh.Times = 1
	same := slices.IndexFunc(p.kept, func(old Problem) bool {
		return old.Words == fresh.Words && old.Part == fresh.Part && withoutNumbers(old.Details) == withoutNumbers(fresh.Details)
	})
	switch {
	case same >= 0:
		fresh.Times += p.kept[same].Times
		p.kept = slices.Delete(p.kept, same, same+1)
	case len(p.kept) == maxProblems:
		p.kept = slices.Delete(p.kept, 0, 1)
	}
	p.kept = append(p.kept, fresh)
}

// withoutNumbers leaves what tells one kind of problem from another: ids, counts and durations differ each time.
func withoutNumbers(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '.' {
			return -1
		}
		return r
	}, s)
}

// list returns a copy, the newest first.
func (p *problems) list() []Problem {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := append([]Problem{}, p.kept...)
	slices.Reverse(out)
	return out
}

// Watch returns a handler that hands everything to next and keeps warnings and errors for the page, whatever level is logged.
// replace takes secrets out, as the handler's own ReplaceAttr does. Errors are counted by the part that logged them, except of those
// parts that report theirs through Fault.
func (m *Monitor) Watch(next slog.Handler, replace func([]string, slog.Attr) slog.Attr, reporting ...string) slog.Handler {
	return &listener{next: next, heard: &hearing{m: m, replace: replace, reporting: reporting}}
}

type hearing struct {
	m         *Monitor
	replace   func([]string, slog.Attr) slog.Attr
	reporting []string
}

// listener is a slog.Handler.
type listener struct {
	next  slog.Handler
	heard *hearing
	attrs []slog.Attr
}

// Enabled implements slog.Handler.
func (l *listener) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn || l.next.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (l *listener) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelWarn {
		l.heard.note(r, l.attrs)
		if !l.next.Enabled(ctx, r.Level) {
			return nil
		}
	}
	return l.next.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (l *listener) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &listener{next: l.next.WithAttrs(attrs), heard: l.heard, attrs: append(slices.Clone(l.attrs), attrs...)}
}

// WithGroup implements slog.Handler. The page's words have no groups.
func (l *listener) WithGroup(name string) slog.Handler {
	return &listener{next: l.next.WithGroup(name), heard: l.heard, attrs: l.attrs}
}

// unshown are keys of no use to the reader: people and updates are nobody's business here, and a stack is for the log.
var unshown = []string{"part", "user_id", "person", "chat", "update", "stack", "lat", "lon"}

func (h *hearing) note(r slog.Record, kept []slog.Attr) {
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
		case !slices.Contains(unshown, a.Key) && text != "" && a.Value.Kind() != slog.KindGroup:
			rest = append(rest, strings.ReplaceAll(a.Key, "_", " ")+" "+text)
		}
		return true
	}
	for _, a := range kept {
		read(a)
	}
	r.Attrs(read)
	message := h.clean(r.Message)
	p.Words = inWords(message)
	if cause != "" {
		rest = append([]string{cause}, rest...)
	}
	p.Details = cut(strings.Join(rest, " · "), maxWords)
	h.m.problems.add(p)
	if p.Level == "error" && !slices.Contains(h.reporting, p.Part) {
		h.m.Fault(p.Part)
	}
}

// clean takes secrets out of the message.
func (h *hearing) clean(message string) string {
	if h.replace == nil {
		return message
	}
	return h.replace(nil, slog.String(slog.MessageKey, message)).Value.String()
}

// sentences say what log events mean to the operator; an event without one is shown as it is, with spaces.
var sentences = map[string]string{
	"telegram_unreachable": "Telegram cannot be reached; it is tried again",
	"telegram_flood":       "Telegram asked for a pause: too many messages",
	"telegram_retry":       "A message did not get through at once and was sent again",
	"message_refused":      "Telegram refused a message",
	"overload":             "Requests were refused: more than the bot may take",
	"chat_full":            "One chat has too much under way; what it sends beyond that is given up, and it is told so",
	"update_dead_lettered": "An update was put aside: it could not be read, or three processes ended over it",
	"update_unknown":       "The store did not say whether an update is done; Telegram keeps it",
	"update_done":          "An answered update could not be remembered as done",
	"update":               "An update failed; the person got an apology",
	"panic":                "A handler panicked; that update alone failed",
	"delivered":            "A told story could not be remembered",
	"tell":                 "A story could not be found for a reason of our own",
	"card":                 "A card could not be sent; the story comes without one",
	"model_call_failed":    "A call to the model failed; people get the source's own words",
	"model_request_failed": "A request to the model failed or its answer was unusable",
	"breaker_opened":       "The model failed too often and is left alone for a while",
	"story_dropped":        "A written story failed the checks",
	"story_unkept":         "A written story could not be kept",
	"story_retired":        "Two people called a story wrong; it is told no more",
	"tokens_uncounted":     "Spent tokens could not be counted",
	"library_unasked":      "The library could not be read",
	"sweep":                "Expired rows could not be removed",
	"part_failed":          "A part of the bot failed; the process ends",
	"drain_over":           "Work in flight did not end in time at the stop",
	"no_volume":            "No volume is mounted",
	"no_model":             "There is no model",
	"no_contact":           "Wikipedia is not told whom to contact",
	"read_ahead":           "Stories could not be prepared ahead",
}

func inWords(event string) string {
	if s, ok := sentences[event]; ok {
		return s
	}
	return strings.ReplaceAll(event, "_", " ")
}

// cut shortens s to at most n bytes, at a whole character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + " …"
}
