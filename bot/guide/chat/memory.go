package chat

import (
	"slices"
	"sync"
	"time"
)

// maxSteps bounds the steps that are remembered for people; the form has fewer things that can change.
const maxSteps = 32

// idleAfter is how long after its last answer a server may have unloaded its model.
const idleAfter = 3 * time.Minute

// memory is what was learnt about a server and a model since the process started.
type memory struct {
	mu       sync.Mutex
	form     form
	bytes    int // most bytes of a prompt; 0 = no limit is known
	thinks   thinking
	answered time.Time // the last sign of life; zero = never
	worked   bool      // an answer was complete
	failing  bool      // the last question failed, and none was answered since
	steps    []string  // what changed, in words; at most maxSteps
}

func (m *memory) current() form {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.form
}

// adopt makes next the form of later calls, unless another call has changed the form since this one began. It reports whether the step is new.
func (m *memory) adopt(before, next form, step string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.form == before {
		m.form = next
	}
	return m.noteLocked(step)
}

// noteLocked remembers a step and reports whether it is new.
func (m *memory) noteLocked(step string) bool {
	if slices.Contains(m.steps, step) || len(m.steps) >= maxSteps {
		return false
	}
	m.steps = append(m.steps, step)
	return true
}

// tooLong notes that a prompt of that many bytes was refused, and returns the limit for the next one.
func (m *memory) tooLong(bytes int, step string) (limit int, fresh bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if limit := bytes * 3 / 4; m.bytes == 0 || limit < m.bytes {
		m.bytes = limit
	}
	return m.bytes, m.noteLocked(step)
}

// limits returns how much the server takes.
func (m *memory) limits() Limits {
	m.mu.Lock()
	defer m.mu.Unlock()
	return Limits{Bytes: m.bytes}
}

// alive notes a sign of life.
func (m *memory) alive() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answered = time.Now()
}

// loading reports whether the server may have to load the model first: it never answered, or not for minutes.
func (m *memory) loading() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.answered.IsZero() || time.Since(m.answered) > idleAfter
}

func (m *memory) thinking() thinking {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.thinks
}

// complete notes a complete answer.
func (m *memory) complete(thinks thinking) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.worked, m.failing, m.thinks, m.answered = true, false, thinks, time.Now()
}

// failed notes that a question ended with a fault of the server.
func (m *memory) failed() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failing = true
}

// isFailing reports whether the last question failed: then a repeat would only keep people waiting.
func (m *memory) isFailing() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.failing
}

func (m *memory) hasWorked() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.worked
}

func (m *memory) list() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.steps)
}
