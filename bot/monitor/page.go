package monitor

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"math"
	"net/http"
	"strings"
	"time"
)

// span is the time span of the charts.
type span string

const (
	lastMinutes span = "minutes" // the last ten
	lastHour    span = "hour"
	lastDay     span = "day"
)

func spanOf(r *http.Request) span {
	switch s := span(r.URL.Query().Get("span")); s {
	case lastMinutes, lastDay:
		return s
	default:
		return lastHour
	}
}

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"brief":   func(t Seconds) string { return strings.ReplaceAll(brief(t), " ", "\u00a0") }, // keeps a number and its unit on one line
	"count":   count,
	"decimal": decimal,
	"percent": func(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) },
	"bytes":   size,
	"clock":   func(t time.Time) string { return t.UTC().Format("15:04:05") },
	"ago":     func(now, then time.Time) string { return ago(now.Sub(then)) },
	"moment":  func(t time.Time) string { return t.UTC().Format("2 Jan 15:04:05") },
}).ParseFS(pageFiles, "page/*.html"))

// view is the data of the templates.
type view struct {
	Stats
	Span    span
	Charts  []chart
	Sources []row
	Classes []row
	Login   bool // a token is set, so the page shows the log-out button
}

// row is a row of a small table.
type row struct {
	Name  string
	Class string // of the colour in the charts
	Rate  float64
	Total uint64
}

func (m *Monitor) render(w io.Writer, name string, s span) error {
	now := m.current.Load()
	v := view{Stats: now.stats, Span: s, Charts: chartsOf(now, s), Login: m.cfg.Token != ""}
	for _, source := range sources {
		v.Sources = append(v.Sources, row{Name: sourceNames[source], Class: source, Rate: v.Requests.BySource[source], Total: v.Requests.Total[source]})
	}
	for _, class := range classes {
		v.Classes = append(v.Classes, row{Name: classNames[class], Total: uint64(max(0, v.Gate.Waiting[class]))})
	}
	if err := templates.ExecuteTemplate(w, name, v); err != nil {
		return fmt.Errorf("render the dashboard: %w", err)
	}
	return nil
}

var sourceNames = map[string]string{
	"library": "library", "pack": "built-in pack", "generated": "written by the model", "extract": "extract of the article",
	"none": "no story", "busy": "refused, overloaded",
}

var classNames = map[string]string{"interactive": "people", "live": "live walks", "read_ahead": "read-ahead", "warm_up": "warm-up"}

func (m *Monitor) writePage(w http.ResponseWriter, s span) {
	var page bytes.Buffer
	if err := m.render(&page, "page", s); err != nil {
		m.log.Error("dashboard_render_failed", "error", err)
		http.Error(w, "the page could not be rendered; see the log", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(page.Bytes())
}

func writeLogin(w http.ResponseWriter, status int, problem string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = templates.ExecuteTemplate(w, "login", problem) // fails only if the client left
}

// count formats a whole number with thin spaces between thousands.
func count(n any) string {
	s := fmt.Sprintf("%d", n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "\u2009" + s[i:]
	}
	return s
}

// ago formats the time since an event.
func ago(d time.Duration) string {
	if d < time.Minute {
		return "just now"
	}
	return brief(InSeconds(d)) + " ago"
}

// decimal formats a rate, with one decimal place below ten unless it is 0.
func decimal(x float64) string {
	if x >= 10 || math.Abs(x-math.Round(x)) < 0.05 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.1f", x)
}

// size formats bytes in the unit that gives at most three digits before the point.
func size(n any) string {
	var b float64
	switch n := n.(type) {
	case int64:
		b = float64(n)
	case uint64:
		b = float64(n)
	}
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for ; b >= 1000 && i < len(units)-1; i++ {
		b /= 1024
	}
	if i > 0 && b < 10 {
		return fmt.Sprintf("%.1f %s", b, units[i])
	}
	return fmt.Sprintf("%.0f %s", math.Round(b), units[i])
}
