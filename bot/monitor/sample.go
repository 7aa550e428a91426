package monitor

import (
	"context"
	"runtime"
	"time"
)

// sample reads all numbers, stores them in the history and wakes the event streams.
func (m *Monitor) sample(ctx context.Context, now time.Time) {
	const timeout = 2 * time.Second // a store that takes longer is not ready
	asking, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	reading, reasons := m.cfg.Read(asking), m.cfg.Ready(asking)
	if ctx.Err() != nil {
		return // keep the last sample: the parts are stopping
	}
	totals := m.counted.totals()
	totals.voices = reading.Speech.Outcomes
	m.recent.rotate()

	m.mu.Lock()
	defer m.mu.Unlock()
	m.history.add(now, totals, m.pointOf(reading))
	next := &snapshot{hour: m.history.hour.list(), day: m.history.day.list()}
	next.stats = m.compose(now, reading, reasons, totals, next.hour)
	m.current.Store(next)
	close(m.changed)
	m.changed = make(chan struct{})
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

// Run takes a sample at once and then every 5 s. It returns nil when ctx ends.
func (m *Monitor) Run(ctx context.Context) error {
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	for {
		m.sample(ctx, time.Now())
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}
