package loadtest

import (
	"context"
	"time"

	"excursobot/geo"
	"excursobot/limiter"
)

const (
	walkSpeed = 1.3              // metres a second
	walkStep  = 10 * time.Second // between two positions, in a scenario
)

// walkPlan is how a person walks with a live location.
type walkPlan struct {
	every  time.Duration // between two stories
	choose bool          // the person presses the button for that; else it is the bot's default
	step   time.Duration // between two positions
}

// walk shares the person's location after the delay and moves it until ctx ends.
func (p *person) walk(ctx context.Context, rec *recorder, plan walkPlan, delay time.Duration) {
	if limiter.Sleep(ctx, delay) != nil {
		return
	}
	questions := rec.follow(p.id, plan.every)
	_, p.share = p.Share(p.at.Lat, p.at.Lon, 8*3600)
	steps := time.NewTicker(plan.step)
	defer steps.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case message := <-questions:
			if plan.choose {
				rec.choose(p.id)
				p.Press(message, "every:"+plan.every.String())
				questions = nil
			}
		case <-steps.C:
			p.heading += p.rng.NormFloat64() * 20
			p.at = geo.Offset(p.at, p.heading, walkSpeed*plan.step.Seconds())
			p.Move(p.share, p.at.Lat, p.at.Lon, inTelegram(p.heading))
			rec.moves.Add(1)
		}
	}
}

// walk is a live walk as it is seen in the chat. The first story answers the live location; the others come by themselves.
type walk struct {
	shared    time.Time
	from      time.Time // the schedule counts from here: the share, or the choice of an interval
	every     time.Duration
	questions chan int // messages that ask how often
	stories   []story
	summary   bool // it announces the end
	picture   bool
}

// story is a story of a walk.
type story struct {
	message, number int
	place           string // link to the map, the same in every language
	at              time.Time
	first           bool // it answered the live location
}

// add adds a story and reports whether its message is new.
func (w *walk) add(s story) bool {
	for _, known := range w.stories {
		if known.message == s.message {
			return false
		}
	}
	w.stories = append(w.stories, s)
	return true
}

// outage is a time without a bot; the zero value is none.
type outage struct{ killed, ready time.Time }

// covers reports whether a story at t may be late because of the outage.
func (o outage) covers(t time.Time, every time.Duration) bool {
	return !o.killed.IsZero() && !t.Before(o.killed) && !t.After(o.ready.Add(every))
}

// schedule returns the lateness of the stories that came by themselves, and the number of due times before end without a story. The lateness leaves
// out stories that an outage delayed.
func (w *walk) schedule(end time.Time, o outage) (late []time.Duration, missed int) {
	const grace = 3 * time.Second // a story that is due at the very end may come later
	told := map[int]bool{}
	for _, s := range w.stories {
		if s.first || s.at.Before(w.from) {
			continue
		}
		since := s.at.Sub(w.from)
		told[int(since/w.every)] = true
		if !o.covers(s.at, w.every) {
			late = append(late, since%w.every)
		}
	}
	for n := 1; n <= int(end.Add(-grace).Sub(w.from)/w.every); n++ {
		if !told[n] {
			missed++
		}
	}
	return late, missed
}
