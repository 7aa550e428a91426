package monitor

import (
	"time"
)

func briefSeconds(x float64) string { return brief(Seconds(x)) }

// plots lists the charts in the order of the page.
var plots = func() []plot {
	requests := plot{title: "Requests", unit: "a minute, by source", stacked: true, format: decimal}
	for i, source := range sources {
		requests.lines = append(requests.lines, line{name: sourceNames[source], class: source,
			value: func(p point, minutes float64) float64 { return float64(p.requests[i]) / minutes }})
	}
	quantiles := func(of func(point) [3]float32) []line {
		lines := make([]line, 3)
		for i, name := range []string{"p50", "p95", "p99"} {
			lines[i] = line{name: name, class: name, gaps: true, value: func(p point, _ float64) float64 { return float64(of(p)[i]) }}
		}
		return lines
	}
	gauge := func(of func(point) uint32) func(point, float64) float64 {
		return func(p point, _ float64) float64 { return float64(of(p)) }
	}
	return []plot{
		requests,
		{title: "First content", unit: "from a location", limit: maxFirst, limitName: "limit 3 s", format: briefSeconds,
			lines: quantiles(func(p point) [3]float32 { return p.first })},
		{title: "Whole answer", unit: "from a location", limit: maxFirst, limitName: "limit 3 s", format: briefSeconds,
			lines: quantiles(func(p point) [3]float32 { return p.story })},
		{title: "Model", unit: "calls and waiting jobs", format: decimal, lines: []line{
			{name: "running", class: "running", value: gauge(func(p point) uint32 { return p.running })},
			{name: "waiting", class: "waiting", value: gauge(func(p point) uint32 { return p.waiting })},
			{name: "failed a minute", class: "failed", value: func(p point, minutes float64) float64 { return float64(p.failed) / minutes }},
		}},
		{title: "Telegram", unit: "calls a minute", format: decimal, lines: []line{
			{name: "calls", class: "running", value: func(p point, minutes float64) float64 { return float64(p.sent) / minutes }},
			{name: "429s", class: "failed", value: func(p point, minutes float64) float64 { return float64(p.floods) / minutes }},
		}},
		{title: "Walks and inbox", unit: "at once", format: decimal, lines: []line{
			{name: "live walks", class: "running", value: gauge(func(p point) uint32 { return p.walks })},
			{name: "updates in work", class: "waiting", value: gauge(func(p point) uint32 { return p.inbox })},
		}},
		{title: "Lateness of walks", unit: "over a minute", limit: maxLate, limitName: "limit 3 s", format: briefSeconds, lines: []line{
			{name: "p95", class: "p95", gaps: true, value: func(p point, _ float64) float64 { return float64(p.late) }},
		}},
		{title: "Voices", unit: "a minute", format: decimal, needed: func(s Stats) bool { return s.Speech.Used() }, lines: []line{
			{name: "sent", class: "running", value: func(p point, minutes float64) float64 { return float64(p.voices) / minutes }},
			{name: "did not come", class: "failed", value: func(p point, minutes float64) float64 { return float64(p.mute) / minutes }},
		}},
		{title: "Memory", unit: "MiB resident", format: decimal, lines: []line{
			{name: "resident", class: "running", value: func(p point, _ float64) float64 { return float64(p.memory) }},
		}},
	}
}()

// span is the time span of the charts.
type span string

const (
	lastMinutes span = "minutes" // the last ten
	lastHour    span = "hour"
	lastDay     span = "day"
)

func chartsOf(m *snapshot, s span) []chart {
	points, step, reach := m.hour, sampleEvery, time.Hour
	ago := []string{"60 min ago", "30 min", "now"}
	switch s {
	case lastMinutes:
		reach, ago = 10*time.Minute, []string{"10 min ago", "5 min", "now"}
	case lastDay:
		points, step, reach = m.day, time.Minute, 24*time.Hour
		ago = []string{"24 h ago", "12 h", "now"}
	}
	cols := columnsOf(points, m.stats.At.Unix(), step, reach)
	charts := make([]chart, 0, len(plots))
	for _, p := range plots {
		if p.needed == nil || p.needed(m.stats) {
			charts = append(charts, p.draw(cols, ago))
		}
	}
	return charts
}

// columnsOf sorts points into columns. The bounds of columns are multiples of their width on the clock, so points that share a column always share it.
func columnsOf(points []point, now int64, step, reach time.Duration) []column {
	width := int64(reach.Seconds()) / columns
	first := now/width - columns + 1
	cols := make([]column, columns)
	for _, p := range points {
		i := p.at/width - first
		if i < 0 || i >= columns {
			continue
		}
		cols[i].merge(p)
		cols[i].minutes += step.Minutes()
	}
	return cols
}
