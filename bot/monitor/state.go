package monitor

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Limits of good service.
const (
	maxFirst    = 3.0 // seconds, p95
	maxLate     = 3.0 // seconds, p95
	maxBudget   = 0.8
	minFree     = 0.1             // share of the disk
	maxSilence  = 3 * time.Minute // with polling; Telegram answers a poll within 50 s
	maxPending  = 200             // updates in the inbox
	startWithin = 10              // seconds; after this time a bot that is not ready is down
	minAnswers  = 5               // fewer answers make no meaningful quantile
)

// stateOf returns the state and the reasons why it is not Serving. notReady holds the reasons of the readiness probes by part.
func stateOf(s Stats, notReady map[string]string) (State, []string) {
	reasons := []string{}
	for _, part := range slices.Sorted(maps.Keys(notReady)) {
		reasons = append(reasons, part+": "+notReady[part])
	}
	if s.Ingest.Polling && float64(s.Ingest.Silence) > maxSilence.Seconds() {
		reasons = append(reasons, fmt.Sprintf("ingest: Telegram has not answered a poll for %s", brief(s.Ingest.Silence)))
	}
	switch {
	case len(reasons) > 0 && s.Uptime < startWithin:
		return Starting, reasons
	case len(reasons) > 0:
		return Down, reasons
	}
	for _, r := range strains {
		if r.holds(s) {
			reasons = append(reasons, r.text(s))
		}
	}
	if len(reasons) > 0 {
		return Strained, reasons
	}
	return Serving, reasons
}

// strains are the reasons for the state Strained, the worst first.
var strains = []struct {
	holds func(Stats) bool
	text  func(Stats) string
}{
	{
		func(s Stats) bool { return s.First.Count >= minAnswers && s.First.P95 > maxFirst },
		func(s Stats) string {
			return fmt.Sprintf("slow: first content takes %s at p95, the limit is 3 s", brief(s.First.P95))
		},
	}, {
		func(s Stats) bool { return s.Lateness.Count >= minAnswers && s.Lateness.P95 > maxLate },
		func(s Stats) string {
			return fmt.Sprintf("late: walks' stories come %s after their due time at p95, the limit is 3 s", brief(s.Lateness.P95))
		},
	}, {
		func(s Stats) bool { return s.Requests.BySource["busy"] > 0 },
		func(s Stats) string {
			return fmt.Sprintf("overloaded: %.0f requests were refused in the last minute", s.Requests.BySource["busy"])
		},
	}, {
		func(s Stats) bool { return s.Sender.Pause > 0 },
		func(s Stats) string {
			return fmt.Sprintf("Telegram asked for a pause; it ends in %s", brief(s.Sender.Pause))
		},
	}, {
		func(s Stats) bool { return s.Disk.FreeShare() < minFree },
		func(s Stats) string {
			return fmt.Sprintf("disk: %.0f %% of the data volume is free", 100*s.Disk.FreeShare())
		},
	}, {
		func(s Stats) bool { return s.Inbox.Pending > maxPending },
		func(s Stats) string { return fmt.Sprintf("backlog: %d updates wait for an answer", s.Inbox.Pending) },
	}, {
		func(s Stats) bool { return s.Model.BreakerOpen },
		func(Stats) string {
			return "the model failed and is not called for a while: people get extracts"
		},
	}, {
		func(s Stats) bool { return s.Model.Unknown },
		func(s Stats) string { return "the model's server does not know " + s.Model.Name + ": openai.model" },
	}, {
		func(s Stats) bool { return s.Speech.Down },
		func(Stats) string {
			return "the speech server failed and is not asked for a while: people get stories as text only"
		},
	}, {
		func(s Stats) bool { return s.Gate.Room > 0 && s.Gate.Waits() >= s.Gate.Room },
		func(s Stats) string {
			return fmt.Sprintf("the queue before the model is full (%d wait)", s.Gate.Waits())
		},
	}, {
		func(s Stats) bool { return s.Budget.Share() >= maxBudget },
		func(s Stats) string {
			return fmt.Sprintf("budget: %.0f %% of the day's tokens are spent", 100*s.Budget.Share())
		},
	}, {
		func(s Stats) bool { return s.Places.Pause > 0 },
		func(s Stats) string {
			return fmt.Sprintf("Wikipedia asked for a pause; it ends in %s", brief(s.Places.Pause))
		},
	}, {
		func(s Stats) bool { return s.Live.Cap > 0 && s.Live.Sessions >= s.Live.Cap },
		func(s Stats) string { return fmt.Sprintf("all %d walks are in use: live.max_sessions", s.Live.Cap) },
	},
}
