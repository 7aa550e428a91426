package monitor

import (
	"maps"
	"time"
)

// Update counts an update from Telegram.
func (m *Monitor) Update(kind string) { m.counted.updates.WithLabelValues(kind).Inc() }

// Request counts an answered story request; took is the time from its arrival to the whole answer.
func (m *Monitor) Request(kind, source string, took time.Duration) {
	m.counted.requests.WithLabelValues(kind, source).Inc()
	m.today.addAnswer(source)
	if source == "busy" {
		return // a refusal takes no time and would improve the quantiles
	}
	m.counted.story.WithLabelValues(kind, source).Observe(took.Seconds())
	m.recent.story.add(took)
	m.today.addStory(took)
}

// First records the time from a location to a card or a story.
func (m *Monitor) First(kind string, took time.Duration) {
	m.counted.first.WithLabelValues(kind).Observe(took.Seconds())
	m.recent.first.add(took)
	m.today.addFirst(took)
}

// Late records how long after its due time a walk's story was delivered.
func (m *Monitor) Late(by time.Duration) {
	m.counted.lateness.Observe(by.Seconds())
	m.recent.late.add(by)
}

// ModelCall counts a call to the model and its tokens.
func (m *Monitor) ModelCall(outcome string, prompt, completion int) {
	m.counted.calls.WithLabelValues(outcome).Inc()
	if prompt > 0 {
		m.counted.tokens.WithLabelValues("prompt").Add(float64(prompt))
	}
	if completion > 0 {
		m.counted.tokens.WithLabelValues("completion").Add(float64(completion))
	}
}

// TelegramCall counts a call to Telegram.
func (m *Monitor) TelegramCall(method, outcome string) {
	m.counted.telegram.WithLabelValues(method, outcome).Inc()
}

// PlacesCall counts a request to Wikipedia.
func (m *Monitor) PlacesCall(outcome string) { m.counted.places.WithLabelValues(outcome).Inc() }

// Edition counts a story by the Wikipedia that its source is in: "own", "local" or "english".
func (m *Monitor) Edition(edition string) { m.counted.editions.WithLabelValues(edition).Inc() }

// Question counts a question about a place, by what the answer comes from.
func (m *Monitor) Question(source string) { m.counted.questions.WithLabelValues(source).Inc() }

// Fault counts an error that the operator should see.
func (m *Monitor) Fault(part string) {
	m.counted.errors.WithLabelValues(part).Inc()
	m.today.addError(part)
}

// Today returns the sums of the current UTC day up to now.
func (m *Monitor) Today() Day {
	d := &m.today
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turnLocked(time.Now())
	return Day{
		Since: d.since, Answers: maps.Clone(d.answers), Errors: maps.Clone(d.errors),
		First: d.first.latency(), Story: d.story.latency(),
	}
}
