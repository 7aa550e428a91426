package monitor

import (
	"sync"
	"time"
)

// Day sums up the current UTC day, for operators. Quantiles are at most 5 % off.
type Day struct {
	Since   time.Time         // start of the day or of the process, the later of both
	Answers map[string]uint64 // story requests by source, refused ones ("busy") included
	Errors  map[string]uint64 // faults by part
	First   Latency           // from a location to a card or a story
	Story   Latency           // from a location to the whole answer, refused requests left out
}

// dayCounts collects a Day. Its maps have one key for each label value, so they stay small.
type dayCounts struct {
	mu              sync.Mutex
	date            int64 // days since 1970 UTC
	since           time.Time
	answers, errors map[string]uint64
	first, story    sketch
}

func (d *dayCounts) addAnswer(source string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turnLocked(time.Now())
	d.answers[source]++
}

func (d *dayCounts) addStory(took time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turnLocked(time.Now())
	d.story.add(took)
}

func (d *dayCounts) addFirst(took time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turnLocked(time.Now())
	d.first.add(took)
}

func (d *dayCounts) addError(part string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turnLocked(time.Now())
	d.errors[part]++
}

// turnLocked starts a new day if now is not in the current one.
func (d *dayCounts) turnLocked(now time.Time) {
	const day = 24 * 60 * 60
	date := now.Unix() / day
	if date == d.date {
		return
	}
	d.date, d.since = date, now
	d.answers, d.errors = map[string]uint64{}, map[string]uint64{}
	d.first, d.story = sketch{}, sketch{}
}
