package loadtest

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"excursobot/bot/guide"
	"excursobot/limiter"
)

// soon is how long after it was written a story must be told to count as needed.
const soon = 2 * time.Minute

// account is what the calls to the model were spent on. It is filled by the guide's witness.
type account struct {
	mu    sync.Mutex
	calls [guide.Classes]spent
	wrote []written
}

// spent sums up the calls of one class.
type spent struct {
	Calls, Places, Written, Needed int // Needed = written, and told to somebody soon afterwards
	Characters                     int // of the passages
	Took                           time.Duration
}

// written is a story that a call brought.
type written struct {
	place string // as recorder.toldAt names it
	class limiter.Class
	at    time.Time
}

// note takes a call. It is guide.Witness.Asked.
func (a *account) note(call guide.Asked) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := &a.calls[call.Class]
	s.Calls++
	s.Places += len(call.Request.Places)
	s.Took += call.Took
	for _, p := range call.Request.Places {
		s.Characters += len([]rune(p.Extract))
		for _, story := range call.Result.Stories {
			if story.Place == p.ID {
				s.Written++
				query := strconv.FormatFloat(p.Point.Lat, 'f', 6, 64) + "," + strconv.FormatFloat(p.Point.Lon, 'f', 6, 64)
				a.wrote = append(a.wrote, written{query, call.Class, time.Now()})
			}
		}
	}
}

// close counts the stories that were needed, given when each place was told.
func (a *account) close(toldAt map[string][]time.Time) [guide.Classes]spent {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, w := range a.wrote {
		for link, times := range toldAt {
			if strings.HasSuffix(link, w.place) && toldSoon(times, w.at) {
				a.calls[w.class].Needed++
				break
			}
		}
	}
	return a.calls
}

// toldSoon reports whether one of the times is soon after a story was written. The one for whom it was written may have it a moment before its call ends.
func toldSoon(times []time.Time, at time.Time) bool {
	const whileWritten = 30 * time.Second
	for _, t := range times {
		if since := t.Sub(at); since > -whileWritten && since < soon {
			return true
		}
	}
	return false
}

// classNames are the classes as the tables name them.
var classNames = [guide.Classes]string{
	guide.Interactive: "people", guide.LiveTick: "due walks", guide.NextTick: "next on a walk", guide.Judging: "judge",
	guide.ReadAhead: "read-ahead", guide.WarmUp: "warm-up", guide.Packing: "packs",
}

// lines describes an account, nothing of one without calls. verdicts is the number of calls of the judge.
func (r *result) account() string {
	var b strings.Builder
	for class, s := range r.Spent {
		if s.Calls == 0 {
			continue
		}
		if b.Len() == 0 {
			fmt.Fprintf(&b, "\n%s:\n\n| calls for | calls | places each | characters a place | s each | written | told within 2 minutes |\n| --- | --- | --- | --- | --- | --- | --- |\n", r.Scenario)
		}
		n := float64(s.Calls)
		fmt.Fprintf(&b, "| %s | %d | %.1f | %d | %.1f | %d | %d |\n", classNames[class], s.Calls, float64(s.Places)/n, s.Characters/max(1, s.Places),
			s.Took.Seconds()/n, s.Written, s.Needed)
	}
	if b.Len() > 0 {
		fmt.Fprintf(&b, "| %s | %d | | | | | |\n", classNames[guide.Judging], r.Judged)
	}
	return b.String()
}
