package monitor

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// A chart is drawn 600 wide and 100 high and stretched by the page; its words stand in HTML beside it, so that they keep their size
// on a phone.
const (
	columns     = 120
	chartWidth  = 600
	chartHeight = 100
)

type chart struct {
	Title, Unit string
	Top, Half   string   // labels of the vertical axis
	Ago         []string // labels of the horizontal axis, the oldest first
	Series      []series
	Limit       float64 // height of the line that should not be passed; 0 = none or above the chart
	LimitName   string
	Empty       bool // nothing to draw yet
}

type series struct {
	Name, Class string
	Path        string
	Area        bool
	Last, Most  string // values in words
}

// plot says what a chart shows of a column of the history.
type plot struct {
	title, unit string
	stacked     bool
	limit       float64
	limitName   string
	lines       []line
	words       func(float64) string
}

type line struct {
	name, class string
	value       func(p point, minutes float64) float64
	gaps        bool // 0 means that there was nothing to measure
}

func inSeconds(x float64) string { return brief(Seconds(x)) }

// plots are the charts in the order of the page.
var plots = func() []plot {
	requests := plot{title: "Requests", unit: "a minute, by source", stacked: true, words: decimal}
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
	now := func(of func(point) uint32) func(point, float64) float64 {
		return func(p point, _ float64) float64 { return float64(of(p)) }
	}
	return []plot{
		requests,
		{title: "First content", unit: "from a location", limit: firstLine, limitName: "3 s line", words: inSeconds,
			lines: quantiles(func(p point) [3]float32 { return p.first })},
		{title: "Whole answer", unit: "from a location", limit: firstLine, limitName: "3 s line", words: inSeconds,
			lines: quantiles(func(p point) [3]float32 { return p.story })},
		{title: "Model", unit: "calls and those who wait", words: decimal, lines: []line{
			{name: "running", class: "running", value: now(func(p point) uint32 { return p.running })},
			{name: "waiting", class: "waiting", value: now(func(p point) uint32 { return p.waiting })},
			{name: "failed a minute", class: "failed", value: func(p point, minutes float64) float64 { return float64(p.failed) / minutes }},
		}},
		{title: "Telegram", unit: "calls a minute", words: decimal, lines: []line{
			{name: "calls", class: "running", value: func(p point, minutes float64) float64 { return float64(p.sent) / minutes }},
			{name: "429s", class: "failed", value: func(p point, minutes float64) float64 { return float64(p.floods) / minutes }},
		}},
		{title: "Walks and inbox", unit: "at once", words: decimal, lines: []line{
			{name: "live walks", class: "running", value: now(func(p point) uint32 { return p.walks })},
			{name: "updates in work", class: "waiting", value: now(func(p point) uint32 { return p.inbox })},
		}},
		{title: "Lateness of walks", unit: "of a minute", limit: lateLine, limitName: "3 s line", words: inSeconds, lines: []line{
			{name: "p95", class: "p95", gaps: true, value: func(p point, _ float64) float64 { return float64(p.late) }},
		}},
		{title: "Memory", unit: "MiB resident", words: decimal, lines: []line{
			{name: "resident", class: "running", value: func(p point, _ float64) float64 { return float64(p.memory) }},
		}},
	}
}()

// column is the history of a slice of the chart's width.
type column struct {
	point
	minutes float64 // that were sampled; 0 = nothing is known
}

func chartsOf(m *moment, s span) []chart {
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
	charts := make([]chart, len(plots))
	for i, p := range plots {
		charts[i] = p.draw(cols, ago)
	}
	return charts
}

// columnsOf sorts points into columns. Their bounds are multiples of a column's width on the clock, so that a point stays with its
// neighbours as time goes on.
func columnsOf(points []point, now int64, step, reach time.Duration) []column {
	width := int64(reach.Seconds()) / columns
	first := now/width - columns + 1
	cols := make([]column, columns)
	for _, p := range points {
		i := p.at/width - first
		if i < 0 || i >= columns {
			continue
		}
		cols[i].absorb(p)
		cols[i].minutes += step.Minutes()
	}
	return cols
}

func (p plot) draw(cols []column, ago []string) chart {
	c := chart{Title: p.title, Unit: p.unit, Ago: ago, LimitName: p.limitName, Empty: true}
	values := make([][]float64, len(p.lines)) // by line and column; NaN = nothing to draw
	most := 0.0
	for i, l := range p.lines {
		values[i] = make([]float64, len(cols))
		for j, col := range cols {
			v := math.NaN()
			if col.minutes > 0 {
				v = l.value(col.point, col.minutes)
				c.Empty = false
			}
			if l.gaps && v == 0 {
				v = math.NaN()
			}
			values[i][j] = v
		}
	}
	tops := values
	if p.stacked {
		tops = stack(values)
	}
	for i := range tops {
		for _, v := range tops[i] {
			if v > most { // never of NaN
				most = v
			}
		}
	}
	top := roundUp(max(most, p.limit*1.2))
	c.Top, c.Half = p.words(top), p.words(top/2)
	if p.limit > 0 {
		c.Limit = height(p.limit, top)
	}
	for i, l := range p.lines {
		s := series{Name: l.name, Class: l.class, Area: p.stacked, Last: lastOf(values[i], p.words), Most: mostOf(values[i], p.words)}
		if p.stacked {
			var below []float64
			if i > 0 {
				below = tops[i-1]
			}
			s.Path = area(tops[i], below, top)
		} else {
			s.Path = polyline(tops[i], top)
		}
		c.Series = append(c.Series, s)
	}
	return c
}

// stack adds each line to those before it.
func stack(values [][]float64) [][]float64 {
	sums := make([][]float64, len(values))
	for i := range values {
		sums[i] = append([]float64(nil), values[i]...)
		for j := range sums[i] {
			if i > 0 {
				sums[i][j] += sums[i-1][j]
			}
		}
	}
	return sums
}

// roundUp returns the top of an axis whose half is a plain number too.
func roundUp(x float64) float64 {
	if x <= 0 {
		return 2
	}
	unit := math.Pow(10, math.Floor(math.Log10(x)))
	for _, step := range []float64{1, 2, 4, 6, 8} {
		if x <= step*unit {
			return step * unit
		}
	}
	return 10 * unit
}

func height(v, top float64) float64 { return chartHeight * (1 - v/top) }

func at(column float64) float64 { return column * chartWidth / columns }

// polyline draws each run of known values; a value alone becomes a dash as wide as its column.
func polyline(values []float64, top float64) string {
	var b strings.Builder
	for start := 0; start < len(values); {
		if math.IsNaN(values[start]) {
			start++
			continue
		}
		end := start
		for end < len(values) && !math.IsNaN(values[end]) {
			end++
		}
		fmt.Fprintf(&b, "M%.1f %.1f", at(float64(start)), height(values[start], top))
		for i := start; i < end; i++ {
			fmt.Fprintf(&b, "L%.1f %.1f", at(float64(i)+0.5), height(values[i], top))
		}
		fmt.Fprintf(&b, "L%.1f %.1f", at(float64(end)), height(values[end-1], top))
		start = end
	}
	return b.String()
}

// area fills between two stacked lines, in steps: a count is a count of its column. Below nil is the ground.
func area(values, below []float64, top float64) string {
	var b strings.Builder
	for i, v := range values {
		ground := 0.0
		if below != nil {
			ground = below[i]
		}
		if math.IsNaN(v) || v <= ground {
			continue
		}
		fmt.Fprintf(&b, "M%.1f %.1fV%.1fH%.1fV%.1fZ", at(float64(i)), height(ground, top), height(v, top), at(float64(i)+1), height(ground, top))
	}
	return b.String()
}

func lastOf(values []float64, words func(float64) string) string {
	for i := len(values) - 1; i >= 0; i-- {
		if !math.IsNaN(values[i]) {
			return words(values[i])
		}
	}
	return "–"
}

func mostOf(values []float64, words func(float64) string) string {
	most := math.NaN()
	for _, v := range values {
		if math.IsNaN(most) || v > most {
			most = v
		}
	}
	if math.IsNaN(most) {
		return "–"
	}
	return words(most)
}
