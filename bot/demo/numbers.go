package demo

import (
	"time"

	"excursobot/bot/app"
	"excursobot/bot/guide"
)

// answer is what the bot said to a request for a story.
type answer struct {
	source guide.Source
	took   time.Duration
}

// answered remembers the last answer.
func (s *demoWorld) answered(_ string, source guide.Source, took time.Duration) {
	s.last.Store(&answer{source, took})
}

// botNumbers is what the page shows of the bot's work. Totals count from the demo's start.
type botNumbers struct {
	Slots   int     `json:"slots"`   // calls to the model that may run at once
	Running int     `json:"running"` // that do
	People  int     `json:"people"`  // calls that wait at the gate for somebody
	Ahead   int     `json:"ahead"`   // that wait there for nobody yet
	Hits    uint64  `json:"hits"`    // looks into the cache that found their cell
	Looks   uint64  `json:"looks"`   // all of them
	Walks   int     `json:"walks"`   // now
	Calls   int     `json:"calls"`   // to Telegram
	Written uint64  `json:"written"` // stories that passed the checks
	Source  string  `json:"source"`  // of the last answer, "" = there was none
	Seconds float64 `json:"seconds"` // it took
}

// numbers asks the parts of the bot themselves: the monitor's sample may be five seconds old, and the page shows a story while it is written.
func (s *demoWorld) numbers(a *app.App) botNumbers {
	now := a.Stats()
	g := now.Guide
	n := botNumbers{
		Slots: g.Gate.Slots, Running: g.Gate.Running,
		Hits: g.Cache.Hits, Looks: g.Cache.Hits + g.Cache.Misses,
		Walks: now.Bot.Walks.Sessions, Written: g.Written,
	}
	for class, waiting := range g.Gate.Waiting {
		if class <= int(guide.LiveTick) {
			n.People += waiting
		} else {
			n.Ahead += waiting
		}
	}
	for method, calls := range s.telegram.Calls() {
		if method != "getUpdates" { // to listen is no work
			n.Calls += calls
		}
	}
	if last := s.last.Load(); last != nil {
		n.Source, n.Seconds = string(last.source), last.took.Seconds()
	}
	return n
}
