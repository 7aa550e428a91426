package monitor

import (
	"time"
)

// Length and resolution of the history.
const (
	sampleEvery = 5 * time.Second
	hourPoints  = int(time.Hour / sampleEvery)      // 720
	dayPoints   = int(24 * time.Hour / time.Minute) // 1440
	perMinute   = uint64(time.Minute / sampleEvery) // points of the hour for one point of the day
)

// point is one step of the history: counters for the step, and gauges at its end. It has about 100 bytes.
type point struct {
	at       int64               // Unix seconds of the end of the step
	requests [sourceCount]uint32 // in the order of sources
	calls    uint32              // to the model
	failed   uint32              // calls to the model that failed
	sent     uint32              // calls to Telegram
	floods   uint32              // calls to Telegram refused with 429
	voices   uint32              // voices sent
	mute     uint32              // voices that were wanted and did not come

	first, story [3]float32 // p50, p95, p99 in seconds over the minute before; 0 = nothing was measured
	late         float32    // p95
	running      uint32     // calls to the model in progress
	waiting      uint32     // jobs that wait in the gate
	walks        uint32
	inbox        uint32
	memory       float32 // MiB of the process
}

const sourceCount = 6

// muteOutcomes are the outcomes of voices that people wanted and did not get.
var muteOutcomes = []string{"busy", "budget", "down", "unsent"}

// merge adds the counters of q to p and keeps the larger of each gauge.
func (p *point) merge(q point) {
	for i := range p.requests {
		p.requests[i] += q.requests[i]
	}
	for i := range p.first {
		p.first[i], p.story[i] = max(p.first[i], q.first[i]), max(p.story[i], q.story[i])
	}
	p.at = q.at
	p.calls, p.failed, p.sent, p.floods = p.calls+q.calls, p.failed+q.failed, p.sent+q.sent, p.floods+q.floods
	p.voices, p.mute = p.voices+q.voices, p.mute+q.mute
	p.late, p.memory = max(p.late, q.late), max(p.memory, q.memory)
	p.running, p.waiting = max(p.running, q.running), max(p.waiting, q.waiting)
	p.walks, p.inbox = max(p.walks, q.walks), max(p.inbox, q.inbox)
}

// history holds two rings: the last hour with a point every 5 s, and the last day with a point every minute.
type history struct {
	hour, day ring
	before    totals // of the last sample
	minute    point  // the unfinished minute
	merged    uint64 // points in minute
}

func newHistory() history {
	return history{hour: newRing(hourPoints), day: newRing(dayPoints)}
}

// add appends p, after filling its counters with the growth of the totals since the last call.
func (h *history) add(now time.Time, t totals, p point) {
	grown := func(now, before map[string]uint64, key string) uint32 { return uint32(now[key] - before[key]) }
	p.at = now.Unix()
	for i, source := range sources {
		p.requests[i] = grown(t.requests, h.before.requests, source)
	}
	p.calls = uint32(sum(t.calls) - t.calls["breaker"] - sum(h.before.calls) + h.before.calls["breaker"])
	p.failed = uint32(t.failedCalls() - h.before.failedCalls())
	p.sent = uint32(sum(t.telegram) - sum(h.before.telegram))
	p.floods = grown(t.telegram, h.before.telegram, "flood")
	p.voices = grown(t.voices, h.before.voices, "known") + grown(t.voices, h.before.voices, "made")
	for _, outcome := range muteOutcomes {
		p.mute += grown(t.voices, h.before.voices, outcome)
	}
	h.before = t

	h.hour.add(p)
	h.minute.merge(p)
	if h.merged++; h.merged == perMinute {
		h.day.add(h.minute)
		h.minute, h.merged = point{}, 0
	}
}

// ring holds a fixed number of the last points.
type ring struct {
	points []point // grows up to its capacity
	oldest int
}

func newRing(size int) ring { return ring{points: make([]point, 0, size)} }

func (r *ring) add(p point) {
	if len(r.points) < cap(r.points) {
		r.points = append(r.points, p)
		return
	}
	r.points[r.oldest] = p
	r.oldest = (r.oldest + 1) % len(r.points)
}

// list returns a copy of the points, oldest first.
func (r *ring) list() []point {
	out := make([]point, 0, len(r.points))
	return append(append(out, r.points[r.oldest:]...), r.points[:r.oldest]...)
}
