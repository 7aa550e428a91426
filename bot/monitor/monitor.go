// Package monitor shows how the bot does: metrics for Prometheus, /api/stats, and a dashboard that says in words whether people are
// being served and why not. It decides who may see that. It knows no other part of the bot: what happens is told to it through its
// methods, and what the parts say of themselves it reads through Config.
//
// Everything it keeps is bounded: two rings of points (an hour of 5 s, a day of 1 min: about 210 KB together, and as much again for
// the copy that the pages show), five minutes of durations (about 80 KB), and the last 50 problems.
package monitor

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Config wires a Monitor.
type Config struct {
	// Read asks the parts for their numbers. It is called every 5 s and at each scrape, so it must be quick.
	Read func(context.Context) Reading
	// Ready says by part why the bot takes no updates; empty = it does. Bounded by 2 s.
	Ready   func(context.Context) map[string]string
	Version string

	// Token opens the pages to everybody who has it. Without one they answer this machine only.
	Token string
	// Guess takes one of the tries that an address has for the token and says whether there was one; nil = no limit.
	Guess func(netip.Addr) bool
	Log   *slog.Logger
}

// Monitor counts, keeps and shows. Its observing methods may be called from many goroutines at once and never wait.
type Monitor struct {
	cfg      Config
	log      *slog.Logger
	started  time.Time
	registry *prometheus.Registry // everything at /metrics
	own      *prometheus.Registry // of it, what this bot alone has
	counted  instruments
	watched  windows
	today    dayCounts
	problems problems
	access   access

	current atomic.Pointer[moment]

	mu      sync.Mutex
	history history
	ticked  chan struct{} // closed when current changed, and replaced
	viewers int           // streams open, at most maxViewers
}

// moment is what the pages show until the next tick.
type moment struct {
	stats     Stats
	hour, day []point
}

// New returns a Monitor. It starts nothing and reads nothing.
func New(cfg Config) (*Monitor, error) {
	if cfg.Read == nil || cfg.Ready == nil {
		return nil, errors.New("monitor: Read and Ready are required")
	}
	if cfg.Guess == nil {
		cfg.Guess = func(netip.Addr) bool { return true }
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	m := &Monitor{
		cfg: cfg, log: cfg.Log, started: time.Now(),
		counted: newInstruments(),
		history: newHistory(),
		ticked:  make(chan struct{}),
		access:  access{token: cfg.Token, guess: cfg.Guess},
	}
	m.today.turnLocked(m.started)
	m.registry, m.own = m.newRegistries()
	m.current.Store(&moment{stats: Stats{At: m.started, Version: cfg.Version, State: Starting, Problems: []Problem{}}})
	return m, nil
}

// Run takes a sample at once and then every 5 s until ctx ends; then it returns nil.
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

// Stats returns the last sample, as /api/stats shows it.
func (m *Monitor) Stats() Stats { return m.current.Load().stats }

// sample asks everybody, remembers the answers and wakes the streams.
func (m *Monitor) sample(ctx context.Context, now time.Time) {
	const patience = 2 * time.Second // a store that takes longer is not ready
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	reading, reasons := m.cfg.Read(asking), m.cfg.Ready(asking)
	if ctx.Err() != nil {
		return // the last sample stays: this one saw parts that stop
	}
	totals, err := readTotals(m.own)
	if err != nil {
		m.log.Error("metrics", "error", err)
		return
	}
	m.watched.rotate()

	m.mu.Lock()
	defer m.mu.Unlock()
	m.history.add(now, totals, m.pointOf(reading))
	next := &moment{hour: m.history.hour.list(), day: m.history.day.list()}
	next.stats = m.compose(now, reading, reasons, totals, next.hour)
	m.current.Store(next)
	close(m.ticked)
	m.ticked = make(chan struct{})
}

// next is closed when there is a newer sample.
func (m *Monitor) next() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ticked
}
