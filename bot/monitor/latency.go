package monitor

import (
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"time"
)

// Latency holds the quantiles of a set of durations in seconds, by nearest rank. All fields are 0 if the set is empty.
type Latency struct {
	Count         uint64
	P50, P95, P99 float64
}

// LatencyOf returns the exact quantiles of the durations. It sorts them in place.
func LatencyOf(durations []time.Duration) Latency {
	slices.Sort(durations)
	return latency(uint64(len(durations)), func(rank uint64) float64 { return durations[rank-1].Seconds() })
}

// String formats the quantiles as "p50 / p95 / p99" in seconds.
func (l Latency) String() string { return fmt.Sprintf("%.2f / %.2f / %.2f", l.P50, l.P95, l.P99) }

// latency builds a Latency from at, which returns the duration with the given rank (1 is the shortest) in seconds.
func latency(count uint64, at func(rank uint64) float64) Latency {
	if count == 0 {
		return Latency{}
	}
	quantile := func(percent uint64) float64 { return at((count*percent + 99) / 100) }
	return Latency{Count: count, P50: quantile(50), P95: quantile(95), P99: quantile(99)}
}

// A sketch counts durations in buckets. Each bucket ends 10 % above the previous one, so a quantile is at most 5 % off. The sketches serve the
// dashboard and /admin; a Prometheus server reads the histograms instead.
const (
	firstBucket  = 10 * time.Millisecond // upper bound of the first bucket
	bucketGrowth = 1.1
	bucketCount  = 104 // the last bucket starts at 167 s and has no upper bound
)

var logGrowth = math.Log(bucketGrowth)

type sketch [bucketCount]uint32

func (s *sketch) add(d time.Duration) { s[bucketOf(d)]++ }

func (s *sketch) merge(other *sketch) {
	for i, n := range other {
		s[i] += n
	}
}

func (s *sketch) latency() Latency {
	var count uint64
	for _, n := range s {
		count += uint64(n)
	}
	return latency(count, func(rank uint64) float64 {
		for i, n := range s {
			if rank <= uint64(n) {
				return middleOf(i)
			}
			rank -= uint64(n)
		}
		return middleOf(bucketCount - 1)
	})
}

// bucketOf returns the index of the bucket that counts d.
func bucketOf(d time.Duration) int {
	if d <= firstBucket {
		return 0
	}
	return min(bucketCount-1, 1+int(math.Log(float64(d)/float64(firstBucket))/logGrowth))
}

// middleOf returns the seconds that represent a bucket.
func middleOf(bucket int) float64 {
	if bucket == 0 {
		return firstBucket.Seconds()
	}
	return firstBucket.Seconds() * math.Pow(bucketGrowth, float64(bucket)-0.5)
}

// window counts durations in slices of sampleEvery and forgets each slice after sliceCount newer ones. Any goroutine may call add; one goroutine calls
// rotate and last.
type window struct {
	current [bucketCount]atomic.Uint32

	past [sliceCount]sketch
	next int // index in past of the slice that ends next
}

// Spans of a window, in slices of 5 s.
const (
	sliceCount  = 60
	minute      = 12
	fiveMinutes = sliceCount
)

func (w *window) add(d time.Duration) { w.current[bucketOf(d)].Add(1) }

// rotate ends the current slice.
func (w *window) rotate() {
	for i := range w.current {
		w.past[w.next][i] = w.current[i].Swap(0)
	}
	w.next = (w.next + 1) % sliceCount
}

// last returns the quantiles of the last n finished slices.
func (w *window) last(n int) Latency {
	var sum sketch
	for i := range n {
		sum.merge(&w.past[(w.next-1-i+2*sliceCount)%sliceCount])
	}
	return sum.latency()
}

// windows holds the durations that people notice.
type windows struct{ first, story, late window }

func (w *windows) rotate() {
	w.first.rotate()
	w.story.rotate()
	w.late.rotate()
}
