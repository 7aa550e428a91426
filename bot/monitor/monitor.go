// Package monitor exports the state of the bot: metrics for Prometheus, /api/stats, the sums of the day for operators, and a dashboard that shows
// whether people are served, and if not, why. It decides who may see that. It does not know the other parts of the bot: they report events through its
// methods, and it reads their numbers through Config.
//
// Its memory is bounded: two rings of points (an hour with a point every 5 s, a day with a point every minute: about 210 KB, and the same again for the
// copy that the pages show), five minutes of durations (about 80 KB), and the last 50 problems.
package monitor

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Config holds the parts and settings of a Monitor. Read and Ready are required.
type Config struct {
	// Read returns the numbers of the parts. It is called every 5 s and at each scrape, so it must be fast.
	Read func(context.Context) Reading
	// Ready returns by part why the bot does not take updates; empty = it takes them. It has 2 s.
	Ready   func(context.Context) map[string]string
	Version string

	// Token gives access to the pages. Without a token, they are only served to requests from this machine.
	Token string
	// AllowAttempt counts a wrong token from an address and reports whether its limit allows one more; nil = no limit.
	AllowAttempt func(netip.Addr) bool
	// Sessions keeps the sessions that ended before their time; zero = only this process remembers them.
	Sessions Saved
	Log      *slog.Logger
}

// Monitor collects numbers and serves pages. The methods that report events may be called from many goroutines at once, and do not block.
type Monitor struct {
	cfg      Config
	log      *slog.Logger
	started  time.Time
	scrapes  chan struct{} // one for each page that is being written, at most maxScrapes
	counted  instruments
	recent   windows
	today    dayCounts
	problems problems
	access   access

	current atomic.Pointer[snapshot]

	mu      sync.Mutex
	history history
	changed chan struct{} // closed and replaced when current changes
	viewers int           // open event streams, at most maxViewers
}

// snapshot is what the pages show until the next sample.
type snapshot struct {
	stats     Stats
	hour, day []point
}

// New returns a Monitor. It starts nothing and does not call Read.
func New(cfg Config) (*Monitor, error) {
	if cfg.Read == nil || cfg.Ready == nil {
		return nil, errors.New("monitor: Read and Ready are required")
	}
	if cfg.AllowAttempt == nil {
		cfg.AllowAttempt = func(netip.Addr) bool { return true }
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	m := &Monitor{
		cfg: cfg, log: cfg.Log, started: time.Now(),
		counted: newInstruments(),
		history: newHistory(),
		scrapes: make(chan struct{}, maxScrapes),
		changed: make(chan struct{}),
		access:  access{token: cfg.Token, allowAttempt: cfg.AllowAttempt, ended: &ended{saved: cfg.Sessions}},
	}
	m.today.turnLocked(m.started)
	m.current.Store(&snapshot{stats: Stats{At: m.started, Version: cfg.Version, State: Starting, Problems: []Problem{}}})
	return m, nil
}

// Stats returns the last sample, as served at /api/stats.
func (m *Monitor) Stats() Stats { return m.current.Load().stats }

// nextSample returns a channel that is closed when there is a newer sample.
func (m *Monitor) nextSample() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.changed
}
