package monitor

import (
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

// State sums up how well people are served.
type State string

// States.
const (
	Starting State = "starting"
	Serving  State = "serving"
	Strained State = "strained" // people get answers, but too slowly or with lower quality
	Down     State = "down"     // the bot does not take updates
)
