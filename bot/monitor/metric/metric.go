// Package metric counts events and writes them, with numbers that are read at the moment, in the text format of Prometheus
// (https://prometheus.io/docs/instrumenting/exposition_formats/). It replaces Prometheus's own client for Go, which makes the program 2.4 MB larger,
// most of it for a second format that this bot does not need.
package metric

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// The kinds of a family, by Prometheus's names.
const (
	gauge     = "gauge"
	counter   = "counter"
	histogram = "histogram"
)

// maxSeries bounds the series of a family. Events with further labels are counted in a series whose labels are all "other".
const maxSeries = 500

// Family is a metric with its series, one for each combination of label values.
type Family struct {
	name, help, kind string
	labels           []string
	bounds           []float64 // of a histogram's buckets, ascending

	mu     sync.RWMutex
	series map[string]*Series // by their labels as they are written; at most maxSeries + 1
}

// Series counts the events with one combination of label values. Its methods may be called concurrently.
type Series struct {
	values  []string
	sum     atomic.Uint64 // bits of a float64: a counter's value, or the sum of a histogram's
	buckets []atomic.Uint64
	bounds  []float64
}

// NewCounter returns a counter with the labels. Its name ends in _total.
func NewCounter(name, help string, labels ...string) *Family {
	return &Family{name: name, help: help, kind: counter, labels: labels, series: map[string]*Series{}}
}

// NewHistogram returns a histogram whose buckets have the bounds.
func NewHistogram(name, help string, bounds []float64, labels ...string) *Family {
	return &Family{name: name, help: help, kind: histogram, labels: labels, bounds: bounds, series: map[string]*Series{}}
}

// WithLabelValues returns the series with the values of the labels, in their order, and makes it if it is new. A wrong number of values is a mistake in
// the program, and panics.
func (f *Family) WithLabelValues(values ...string) *Series {
	if len(values) != len(f.labels) {
		panic(fmt.Sprintf("metric: %s has %d labels, not %d", f.name, len(f.labels), len(values)))
	}
	var room [128]byte
	raw := appendPairs(room[:0], f.labels, values)
	f.mu.RLock()
	s := f.series[string(raw)]
	f.mu.RUnlock()
	if s != nil {
		return s
	}
	key := string(raw)
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.series) >= maxSeries {
		values = slices.Repeat([]string{"other"}, len(values))
		key = pairs(f.labels, values)
	}
	if s = f.series[key]; s == nil {
		s = &Series{values: slices.Clone(values), bounds: f.bounds}
		if f.kind == histogram {
			s.buckets = make([]atomic.Uint64, len(f.bounds)+1)
		}
		f.series[key] = s
	}
	return s
}

// Observe is Observe of the only series of a histogram without labels.
func (f *Family) Observe(v float64) { f.WithLabelValues().Observe(v) }

// Sums returns the counters by the values of one label, summed over the others.
func (f *Family) Sums(label string) map[string]uint64 {
	i := slices.Index(f.labels, label)
	sums := map[string]uint64{}
	f.mu.RLock()
	defer f.mu.RUnlock()
	for _, s := range f.series {
		if i >= 0 {
			sums[s.values[i]] += uint64(s.total())
		}
	}
	return sums
}

// Inc counts one event.
func (s *Series) Inc() { s.Add(1) }

// Add counts n events; n is not negative.
func (s *Series) Add(n float64) {
	for {
		old := s.sum.Load()
		if s.sum.CompareAndSwap(old, math.Float64bits(math.Float64frombits(old)+n)) {
			return
		}
	}
}

// Observe adds a value to a histogram.
func (s *Series) Observe(v float64) {
	i, _ := slices.BinarySearch(s.bounds, v)
	s.buckets[i].Add(1)
	s.Add(v)
}

func (s *Series) total() float64 { return math.Float64frombits(s.sum.Load()) }

// pairs returns labels as they stand in braces: a="x",b="y".
func pairs(labels, values []string) string { return string(appendPairs(nil, labels, values)) }

func appendPairs(b []byte, labels, values []string) []byte {
	for i, label := range labels {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, label...), `="`...)
		b = append(append(b, escaped.Replace(values[i])...), '"')
	}
	return b
}

// escaped makes a text fit for a label's value.
var escaped = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
