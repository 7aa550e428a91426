package monitor

import (
	"math"
	"runtime"
	"time"
)

// Stats is the answer of /api/stats and the content of the dashboard, taken every 5 s. Times are in seconds and sizes in bytes; totals count from the
// start of the process. It contains no personal data.
type Stats struct {
	At      time.Time `json:"at"` // of the sample
	Version string    `json:"version"`
	Uptime  Seconds   `json:"uptime_seconds"`
	State   State     `json:"state"`
	Reasons []string  `json:"reasons"` // why the state is not serving, the worst first

	Requests Requests  `json:"requests"`
	First    Timing    `json:"first_content"` // from a location to a card or a story
	Story    Timing    `json:"story"`         // to the whole answer
	Lateness Timing    `json:"live_lateness"` // of walks' stories, after their due times
	Calls    Calls     `json:"model_calls"`
	Telegram Telegram  `json:"telegram_calls"`
	Memory   Memory    `json:"memory"`
	Problems []Problem `json:"problems"` // the newest first, at most 50

	Reading // the numbers of the parts: ingest, inbox, gate, model, budget, live, cache, sender, places, guide, store, disk

	Updates       map[string]uint64 `json:"updates"`         // by kind
	PlacesCalls   map[string]uint64 `json:"places_requests"` // to Wikipedia, by outcome
	Faults        map[string]uint64 `json:"errors"`          // by part
	CacheHitShare float64           `json:"cache_hit_share"` // 0-1 of the lookups since the start
}

// Requests counts story requests by source: library, pack, generated, extract, none (no story found), busy (refused because of load).
type Requests struct {
	PerMinute float64            `json:"per_minute"` // in the last minute, all sources
	BySource  map[string]float64 `json:"per_minute_by_source"`
	Total     map[string]uint64  `json:"total"`
}

// Timing holds quantiles over the last five minutes, at most 5 % off. All fields are 0 if nothing was measured.
type Timing struct {
	Count uint64  `json:"count"`
	P50   Seconds `json:"p50_seconds"`
	P95   Seconds `json:"p95_seconds"`
	P99   Seconds `json:"p99_seconds"`
}

func timing(l Latency) Timing {
	return Timing{l.Count, Seconds(round(l.P50)), Seconds(round(l.P95)), Seconds(round(l.P99))}
}

// round keeps three decimal places.
func round(x float64) float64 { return math.Round(x*1000) / 1000 }

// Calls counts calls to the model.
type Calls struct {
	PerMinute float64           `json:"per_minute"` // in the last minute
	Failed    float64           `json:"failed_per_minute"`
	Total     map[string]uint64 `json:"total"`  // by outcome
	Tokens    map[string]uint64 `json:"tokens"` // prompt and completion
}

// Telegram counts calls to Telegram.
type Telegram struct {
	PerMinute float64           `json:"per_minute"` // in the last minute
	Floods    float64           `json:"floods_per_minute"`
	Total     map[string]uint64 `json:"total"` // by outcome; flood = 429
}

// Memory holds the memory use of the process.
type Memory struct {
	Resident   uint64 `json:"resident_bytes"` // 0 where there is no /proc
	Heap       uint64 `json:"heap_bytes"`     // in use
	Goroutines int    `json:"goroutines"`
}

// pointOf returns the gauges of a point. The history adds the counters.
func (m *Monitor) pointOf(r Reading) point {
	narrow := func(l Latency) [3]float32 { return [3]float32{float32(l.P50), float32(l.P95), float32(l.P99)} }
	return point{
		first:   narrow(m.recent.first.last(minute)),
		story:   narrow(m.recent.story.last(minute)),
		late:    float32(m.recent.late.last(minute).P95),
		running: uint32(r.Gate.Running),
		waiting: uint32(r.Gate.Waits()),
		walks:   uint32(r.Live.Sessions),
		inbox:   uint32(r.Inbox.Pending),
		memory:  float32(residentBytes()) / (1 << 20),
	}
}

// compose builds the Stats of a sample. The last point of the hour is the sample's own.
func (m *Monitor) compose(now time.Time, r Reading, reasons map[string]string, t totals, hour []point) Stats {
	var last point // sums of the last minute
	points := hour[max(0, len(hour)-minute):]
	for _, p := range points {
		last.merge(p)
	}
	rate := func(n uint32) float64 { return round(float64(n) / (float64(len(points)) * sampleEvery.Minutes())) }
	s := Stats{
		At: now.UTC().Truncate(time.Millisecond), Version: m.cfg.Version, Uptime: InSeconds(now.Sub(m.started).Truncate(time.Second)),
		Requests: Requests{BySource: map[string]float64{}, Total: t.requests},
		First:    timing(m.recent.first.last(fiveMinutes)),
		Story:    timing(m.recent.story.last(fiveMinutes)),
		Lateness: timing(m.recent.late.last(fiveMinutes)),
		Calls:    Calls{PerMinute: rate(last.calls), Failed: rate(last.failed), Total: t.calls, Tokens: t.tokens},
		Telegram: Telegram{PerMinute: rate(last.sent), Floods: rate(last.floods), Total: t.telegram},
		Memory:   memoryNow(),
		Problems: m.problems.list(),
		Reading:  r,
		Updates:  t.updates, PlacesCalls: t.places, Faults: t.faults,
	}
	for i, source := range sources {
		s.Requests.BySource[source] = rate(last.requests[i])
		s.Requests.PerMinute += s.Requests.BySource[source]
	}
	s.Requests.PerMinute = round(s.Requests.PerMinute)
	if lookups := r.Cache.Lookups(); lookups > 0 {
		s.CacheHitShare = round(float64(r.Cache.Hits) / float64(lookups))
	}
	s.State, s.Reasons = stateOf(s, reasons)
	return s
}

func memoryNow() Memory {
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem) // stops the world for some microseconds, every 5 s
	return Memory{Resident: residentBytes(), Heap: mem.HeapInuse, Goroutines: runtime.NumGoroutine()}
}
