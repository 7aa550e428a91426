package monitor

import (
	"fmt"
	"math"
	"strings"
)

// A chart is drawn 600 wide and 100 high, and the page stretches it. Its labels are HTML beside it, so they keep their size on a phone.
const (
	columns     = 120
	chartWidth  = 600
	chartHeight = 100
)

// chart is a chart as the template shows it.
type chart struct {
	Title, Unit string
	Top, Half   string   // labels of the vertical axis
	Ago         []string // labels of the horizontal axis, the oldest first
	Series      []series
	Limit       float64 // vertical position of the limit line; 0 = none
	LimitName   string
	Empty       bool // no data yet
}

// series is a line or an area of a chart.
type series struct {
	Name, Class string
	Path        string
	Area        bool
	Last, Most  string // formatted values
}

// plot defines a chart: how its lines follow from the history.
type plot struct {
	title, unit string
	stacked     bool
	limit       float64
	limitName   string
	lines       []line
	format      func(float64) string
	needed      func(Stats) bool // nil = always
}

type line struct {
	name, class string
	value       func(p point, minutes float64) float64
	gaps        bool // 0 means that nothing was measured
}

// column sums up the points of one slice of the chart's width.
type column struct {
	point
	minutes float64 // covered by samples; 0 = no data
}

func (p plot) draw(cols []column, ago []string) chart {
	c := chart{Title: p.title, Unit: p.unit, Ago: ago, LimitName: p.limitName, Empty: true}
	values := make([][]float64, len(p.lines)) // by line and column; NaN = a gap
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
			if v > most { // false for NaN
				most = v
			}
		}
	}
	top := roundUp(max(most, p.limit*1.2))
	c.Top, c.Half = p.format(top), p.format(top/2)
	if p.limit > 0 {
		c.Limit = height(p.limit, top)
	}
	for i, l := range p.lines {
		s := series{Name: l.name, Class: l.class, Area: p.stacked, Last: lastOf(values[i], p.format), Most: mostOf(values[i], p.format)}
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

// stack adds each line to the sum of the previous ones.
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

// roundUp returns the next value whose half is a round number too, for the top of an axis.
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

// height returns the vertical position of a value.
func height(v, top float64) float64 { return chartHeight * (1 - v/top) }

// at returns the horizontal position of a column.
func at(column float64) float64 { return column * chartWidth / columns }

// polyline returns the path of a line with gaps. A single value becomes a dash as wide as its column.
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

// area returns the path of the area between two stacked lines, in steps, because a count belongs to its column. A nil below stands for 0.
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

func lastOf(values []float64, format func(float64) string) string {
	for i := len(values) - 1; i >= 0; i-- {
		if !math.IsNaN(values[i]) {
			return format(values[i])
		}
	}
	return "–"
}

func mostOf(values []float64, format func(float64) string) string {
	most := math.NaN()
	for _, v := range values {
		if math.IsNaN(most) || v > most {
			most = v
		}
	}
	if math.IsNaN(most) {
		return "–"
	}
	return format(most)
}
