package text

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// HTML is an argument of Say that is Telegram HTML already. Say escapes every other string.
type HTML string

// Words holds and renders the texts of one language.
type Words struct {
	code    string
	tag     language.Tag
	printer *message.Printer
	entries map[string]entry
}

// Language returns the code of the language.
func (w *Words) Language() string { return w.code }

// Say renders the text of a key as Telegram HTML. args are name, value pairs for its {placeholders}. The argument named "n" selects the plural form
// (CLDR: one, few, many, other). Say removes control characters and those that change the direction of writing from strings and escapes them, unless
// they are HTML. It formats numbers as the language does, with at most one digit after the point, and a time.Duration as Duration does. A placeholder
// without an argument stays visible, and an unknown key renders as itself; a test finds such calls.
func (w *Words) Say(key string, args ...any) string { return w.render(key, args, true) }

// Plain renders a text that Telegram shows without markup: a button, a pop-up answer, a command or an invoice. It differs from Say in not escaping the
// arguments.
func (w *Words) Plain(key string, args ...any) string { return w.render(key, args, false) }

func (w *Words) render(key string, args []any, escape bool) string {
	e, ok := w.entries[key]
	if !ok {
		return key
	}
	t := e.forms[plural.Other]
	if e.plurals {
		if chosen := e.forms[w.form(valueOf(args, "n"))]; chosen != nil {
			t = chosen
		}
	}
	if len(t) == 1 && t[0].name == "" {
		return t[0].literal
	}
	var b strings.Builder
	b.Grow(roomFor(t, args))
	for _, p := range t {
		if p.name == "" {
			b.WriteString(p.literal)
			continue
		}
		v := valueOf(args, p.name)
		if v == nil {
			b.WriteString("{" + p.name + "}")
			continue
		}
		b.WriteString(w.argument(v, escape))
	}
	return b.String()
}

// roomFor returns about how many bytes a text takes: a story is far longer than what surrounds it.
func roomFor(t template, args []any) int {
	n := 0
	for _, p := range t {
		n += len(p.literal)
	}
	for _, arg := range args {
		switch s := arg.(type) {
		case string:
			n += len(s)
		case HTML:
			n += len(s)
		}
	}
	return n
}

// valueOf returns the value that follows name in args, nil if there is none.
func valueOf(args []any, name string) any {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1]
		}
	}
	return nil
}

// argument renders the value of a placeholder.
func (w *Words) argument(v any, escape bool) string {
	var s string
	switch v := v.(type) {
	case HTML:
		return string(v)
	case string:
		s = v
	case time.Duration:
		return w.Duration(v)
	default:
		if n, ok := w.number(v); ok {
			return n
		}
		s = fmt.Sprint(v)
	}
	s = clean(s)
	if escape {
		s = html.EscapeString(s)
	}
	return s
}

// clean removes characters from a foreign string that could change how the text around it reads: control characters except line breaks, marks that
// change or isolate the direction of writing, and invalid UTF-8. Marks for a single point (LRM, RLM) and joiners stay, because names need them.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t', r == '\u2028', r == '\u2029': // tab, line and paragraph separators
			return ' '
		case r < 0x20, 0x7f <= r && r <= 0x9f: // C0, DEL, C1
			return -1
		case 0x202a <= r && r <= 0x202e, 0x2066 <= r && r <= 0x206f: // embeddings, overrides, isolates, deprecated shapers
			return -1
		case r == 0xfeff, 0xfff9 <= r && r <= 0xfffb, r == 0xfffd: // byte order mark, interlinear notes, broken UTF-8
			return -1
		}
		return r
	}, s)
}

// parse reads one catalogue.
func parse(code string, data []byte) (*Words, error) {
	tag, err := language.Parse(code)
	if err != nil {
		return nil, fmt.Errorf("language code: %w", err)
	}
	w := &Words{code: code, tag: tag, printer: message.NewPrinter(tag)}
	if err := yaml.Unmarshal(data, &w.entries); err != nil {
		return nil, err
	}
	return w, nil
}

// Duration renders d: "20 s", "3 min", "1 h 25 min". It rounds up to 5 s (at least 5 s) below a minute, so that "wait 5 s" is never too short, and to a
// minute above.
func (w *Words) Duration(d time.Duration) string {
	if d <= 55*time.Second {
		const step = 5 // seconds
		steps := max(1, (int64(d)+int64(step*time.Second)-1)/int64(step*time.Second))
		return w.Say("duration.seconds", "s", steps*step)
	}
	minutes := max(1, int64(d.Round(time.Minute)/time.Minute))
	hours := minutes / 60
	minutes %= 60
	switch {
	case hours == 0:
		return w.Say("duration.minutes", "m", minutes)
	case minutes == 0:
		return w.Say("duration.hours", "h", hours)
	}
	return w.Say("duration.hours_minutes", "h", hours, "m", minutes)
}

// number renders v in the number format of the language; false if v is not a number.
func (w *Words) number(v any) (string, bool) {
	switch v := v.(type) {
	case float64:
		return w.printer.Sprint(number.Decimal(v, number.MaxFractionDigits(1))), true
	case float32:
		return w.number(float64(v))
	}
	n, ok := integer(v)
	if !ok {
		return "", false
	}
	if -1000 < n && n < 1000 { // without grouping, the digits are the same in all languages of the catalogue
		return strconv.FormatInt(n, 10), true
	}
	return w.printer.Sprint(number.Decimal(n)), true
}

// form returns the plural form that the language uses with v: plural.Other for fractions and for values that are not numbers.
func (w *Words) form(v any) plural.Form {
	n, ok := integer(v)
	if !ok {
		return plural.Other
	}
	const period = 10_000_000 // MatchPlural takes n modulo this
	n %= period
	if n < 0 {
		n = -n
	}
	return plural.Cardinal.MatchPlural(w.tag, int(n), 0, 0, 0, 0)
}

// integer returns the whole number in v, for the types that callers use.
func integer(v any) (int64, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case int32:
		return int64(v), true
	case uint64:
		return int64(min(v, math.MaxInt64)), true
	}
	return 0, false
}
