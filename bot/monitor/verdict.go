package monitor

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// State is the one word at the top of the page.
type State string

// The states.
const (
	Starting State = "starting"
	Serving  State = "serving"
	Strained State = "strained" // people are answered, but worse than they should be
	Down     State = "down"     // no updates are taken
)

// Lines between well and not.
const (
	firstLine     = 3.0 // seconds, p95
	lateLine      = 3.0
	budgetLine    = 0.8
	diskLine      = 0.1             // free share
	pollLine      = 3 * time.Minute // a poll is answered at least every 50 s
	inboxLine     = 200             // updates waiting
	startLine     = 10              // seconds; for so long a bot that is not ready is starting
	enoughAnswers = 5               // below, a quantile says nothing
)

// judge says how people are served, and why not better. notReady is the readiness probes' reasons by part.
func judge(s Stats, notReady map[string]string) (State, []string) {
	reasons := []string{}
	for _, part := range slices.Sorted(maps.Keys(notReady)) {
		reasons = append(reasons, part+": "+notReady[part])
	}
	if s.Ingest.Polling && float64(s.Ingest.Silence) > pollLine.Seconds() {
		reasons = append(reasons, fmt.Sprintf("ingest: Telegram has answered no poll for %s", brief(s.Ingest.Silence)))
	}
	switch {
	case len(reasons) > 0 && s.Uptime < startLine:
		return Starting, reasons
	case len(reasons) > 0:
		return Down, reasons
	}
	for _, r := range strains {
		if r.is(s) {
			reasons = append(reasons, r.say(s))
		}
	}
	if len(reasons) > 0 {
		return Strained, reasons
	}
	return Serving, reasons
}

// strains are the reasons for less than good service, the worst first.
var strains = []struct {
	is  func(Stats) bool
	say func(Stats) string
}{
	{
		func(s Stats) bool { return s.First.Count >= enoughAnswers && s.First.P95 > firstLine },
		func(s Stats) string {
			return fmt.Sprintf("slow: first content takes %s at p95, the line is 3 s", brief(s.First.P95))
		},
	}, {
		func(s Stats) bool { return s.Lateness.Count >= enoughAnswers && s.Lateness.P95 > lateLine },
		func(s Stats) string {
			return fmt.Sprintf("late: walks' stories come %s after their due time at p95, the line is 3 s", brief(s.Lateness.P95))
		},
	}, {
		func(s Stats) bool { return s.Requests.BySource["busy"] > 0 },
		func(s Stats) string {
			return fmt.Sprintf("overloaded: %.0f requests were refused in the last minute", s.Requests.BySource["busy"])
		},
	}, {
		func(s Stats) bool { return s.Sender.Pause > 0 },
		func(s Stats) string {
			return fmt.Sprintf("Telegram asked for a pause; %s of it are left", brief(s.Sender.Pause))
		},
	}, {
		func(s Stats) bool { return s.Disk.FreeShare() < diskLine },
		func(s Stats) string {
			return fmt.Sprintf("disk: %.0f %% of the data volume are free", 100*s.Disk.FreeShare())
		},
	}, {
		func(s Stats) bool { return s.Inbox.Pending > inboxLine },
		func(s Stats) string { return fmt.Sprintf("backlog: %d updates wait for their answer", s.Inbox.Pending) },
	}, {
		func(s Stats) bool { return s.Model.BreakerOpen },
		func(Stats) string {
			return "the model failed and is left alone for a while: people get the source's own words"
		},
	}, {
		func(s Stats) bool { return s.Gate.Room > 0 && s.Gate.Waits() >= s.Gate.Room },
		func(s Stats) string {
			return fmt.Sprintf("the room before the model is full (%d wait)", s.Gate.Waits())
		},
	}, {
		func(s Stats) bool { return s.Budget.Share() >= budgetLine },
		func(s Stats) string {
			return fmt.Sprintf("budget: %.0f %% of the day's tokens are spent", 100*s.Budget.Share())
		},
	}, {
		func(s Stats) bool { return s.Places.Pause > 0 },
		func(s Stats) string {
			return fmt.Sprintf("Wikipedia asked for a pause; %s of it are left", brief(s.Places.Pause))
		},
	}, {
		func(s Stats) bool { return s.Live.Cap > 0 && s.Live.Sessions >= s.Live.Cap },
		func(s Stats) string { return fmt.Sprintf("all %d places for walks are taken", s.Live.Cap) },
	},
}

// brief writes a time for people: 0.42 s, 7.5 s, 3 min, 2 h 5 min.
func brief(t Seconds) string {
	d := time.Duration(float64(t) * float64(time.Second))
	switch {
	case t < 1:
		return fmt.Sprintf("%.2f s", float64(t))
	case t < 60:
		return fmt.Sprintf("%.1f s", float64(t))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	default:
		return fmt.Sprintf("%d d %d h", int(d.Hours())/24, int(d.Hours())%24)
	}
}
