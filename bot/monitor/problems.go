package monitor

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Bounds of the stored problems.
const (
	maxProblems = 50
	maxDetails  = 400 // bytes
)

// Problem is a warning or an error of the log. If it repeats with other numbers, it is counted and not listed again.
type Problem struct {
	At      time.Time `json:"at"` // of the last occurrence
	Level   string    `json:"level"`
	Part    string    `json:"part"`
	Words   string    `json:"words"`
	Details string    `json:"details,omitempty"`
	Times   int       `json:"times"`
}

// problems holds the last of them.
type problems struct {
	mu   sync.Mutex
	kept []Problem // oldest first
}

func (p *problems) add(fresh Problem) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fresh.Times = 1
	same := slices.IndexFunc(p.kept, func(old Problem) bool {
		return old.Words == fresh.Words && old.Part == fresh.Part && withoutNumbers(old.Details) == withoutNumbers(fresh.Details)
	})
	switch {
	case same >= 0:
		fresh.Times += p.kept[same].Times
		p.kept = slices.Delete(p.kept, same, same+1)
	case len(p.kept) == maxProblems:
		p.kept = slices.Delete(p.kept, 0, 1)
	}
	p.kept = append(p.kept, fresh)
}

// withoutNumbers removes ids, counts and durations, which differ each time the same problem occurs.
func withoutNumbers(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '.' {
			return -1
		}
		return r
	}, s)
}

// list returns a copy, newest first.
func (p *problems) list() []Problem {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := append([]Problem{}, p.kept...)
	slices.Reverse(out)
	return out
}
