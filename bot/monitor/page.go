package monitor

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"strings"
	"time"
)

func spanOf(r *http.Request) span {
	switch s := span(r.URL.Query().Get("span")); s {
	case lastMinutes, lastDay:
		return s
	default:
		return lastHour
	}
}

//go:embed page
var pageFiles embed.FS

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
