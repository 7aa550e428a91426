package monitor

import (
	"math"
	"sync/atomic"
	"time"
)

// A sketch counts durations in buckets that each end 10 % above the one before, so a quantile is at most 5 % off. Prometheus's own
// buckets are for its server to read; these answer for the last minutes, here.
const (
	shortest = 10 * time.Millisecond // all below count as it
	growth   = 1.1
	buckets  = 104 // the last one ends at 200 s and holds all above
)

var logGrowth = math.Log(growth)

// bucketOf returns the bucket of d.
func bucketOf(d time.Duration) int {
	if d <= shortest {
		return 0
	}
	return min(buckets-1, 1+int(math.Log(float64(d)/float64(shortest))/logGrowth))
}

// middleOf returns the seconds that stand for a bucket.
func middleOf(bucket int) float64 {
	if bucket == 0 {
		return shortest.Seconds()
	}
	return shortest.Seconds() * math.Pow(growth, float64(bucket)-0.5)
}

type sketch [buckets]uint32

func (s *sketch) merge(other *sketch) {
	for i, n := range other {
		s[i] += n
	}
}

// Latency is the quantiles of the durations in a span, in seconds; all 0 if there were none.
type Latency struct {
	Count         uint64
	P50, P95, P99 float64
}

func (s *sketch) latency() (l Latency) {
	for _, n := range s {
		l.Count += uint64(n)
	}
	if l.Count > 0 {
		l.P50, l.P95, l.P99 = s.quantile(l.Count, 50), s.quantile(l.Count, 95), s.quantile(l.Count, 99)
	}
	return l
}

// quantile finds the nearest rank.
func (s *sketch) quantile(count, percent uint64) float64 {
	rank := (count*percent + 99) / 100
	for i, n := range s {
		if rank <= uint64(n) {
			return middleOf(i)
		}
		rank -= uint64(n)
	}
	return middleOf(buckets - 1)
}

// window counts durations in slices of sampleEvery and forgets them after sliceCount of them.
type window struct {
	now [buckets]atomic.Uint32

	past [sliceCount]sketch // touched by turn and last alone, which one goroutine calls
	next int
}

// Slices of 5 s make five minutes; the shorter span is the last minute.
const (
	sliceCount  = 60
	minute      = 12
	fiveMinutes = sliceCount
)

func (w *window) add(d time.Duration) { w.now[bucketOf(d)].Add(1) }

// turn ends the present slice.
func (w *window) turn() {
	for i := range w.now {
		w.past[w.next][i] = w.now[i].Swap(0)
	}
	w.next = (w.next + 1) % sliceCount
}

// last returns the quantiles over the last n slices that ended.
func (w *window) last(n int) Latency {
	var sum sketch
	for i := range n {
		sum.merge(&w.past[(w.next-1-i+2*sliceCount)%sliceCount])
	}
	return sum.latency()
}

// durations are the three that people feel.
type durations struct{ first, story, late window }

func (d *durations) turn() {
	d.first.turn()
	d.story.turn()
	d.late.turn()
}
