package demo

import (
	"time"

	"excursobot/bot/app"
	"excursobot/bot/guide"
)

// answer is the last answer to a request for a story.
type answer struct {
	source guide.Source
	took   time.Duration
}

// answered stores the last answer.
func (s *demoWorld) answered(_ string, source guide.Source, took time.Duration) {
	s.last.Store(&answer{source, took})
}

// botNumbers are the bot's numbers on the page. Totals count from the demo's start.
type botNumbers struct {
	Slots   int     `json:"slots"`   // calls to the model that may run at once
	Running int     `json:"running"` // calls that run now
	People  int     `json:"people"`  // calls that wait at the gate for a person
	Ahead   int     `json:"ahead"`   // calls that wait there ahead of time
	Hits    uint64  `json:"hits"`    // lookups that found their cell in the cache
	Looks   uint64  `json:"looks"`   // all lookups
	Walks   int     `json:"walks"`   // active now
	Calls   int     `json:"calls"`   // to Telegram
	Written uint64  `json:"written"` // stories that passed the checks
	Source  string  `json:"source"`  // of the last answer, "" = none yet
	Seconds float64 `json:"seconds"` // until the last answer was complete
}

// numbers reads the parts of the bot directly, because the monitor's sample may be five seconds old.
func (s *demoWorld) numbers(a *app.App) botNumbers {
	now := a.Stats()
	g := now.Guide
	n := botNumbers{
		Slots: g.Gate.Slots, Running: g.Gate.Running,
		Hits: g.Cache.Hits, Looks: g.Cache.Hits + g.Cache.Misses,
		Walks: now.Bot.Walks.Sessions, Written: g.Written,
	}
	for class, waiting := range g.Gate.Waiting {
		if class < int(guide.Background) {
			n.People += waiting
		} else {
			n.Ahead += waiting
		}
	}
	for method, calls := range s.telegram.Calls() {
		if method != "getUpdates" { // polling is not counted
			n.Calls += calls
		}
	}
	if last := s.last.Load(); last != nil {
		n.Source, n.Seconds = string(last.source), last.took.Seconds()
	}
	return n
}
