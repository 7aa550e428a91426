package loadtest

import (
	"context"
	"sync"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo"
)

const (
	strollSpeed = 1.3              // metres a second
	strollStep  = 10 * time.Second // between two positions
)

// liveWalk is a live walk as the watch follows it. The first story answers the share and counts as a question; the others come by themselves.
type liveWalk struct {
	shared time.Time
	every  time.Duration
	late   []time.Duration // of each story against its due time
}

// every returns how often the scenario's walks tell.
func (s scenario) every() time.Duration {
	if s.Rate > 0 { // so often that all people together make the rate
		return time.Duration(float64(s.People) / s.Rate * float64(time.Minute)).Round(time.Second)
	}
	return s.Pause
}

// split parts the crowd into those who share a live location, as many as there are guides, and those who send single ones.
func (c *crowd) split(guides int) (live, static *crowd) {
	live, static = &crowd{watch: c.watch}, &crowd{watch: c.watch}
	for _, p := range c.people {
		if p.walks && len(live.people) < guides {
			live.people = append(live.people, p)
		} else {
			static.people = append(static.people, p)
		}
	}
	return live, static
}

// stroll lets everybody share a live location, one after the other over one interval, and walk until ctx ends.
func (c *crowd) stroll(ctx context.Context, every time.Duration) {
	var wg sync.WaitGroup
	for _, p := range c.people {
		wg.Go(func() {
			if !wait(ctx, time.Duration(p.rng.Float64()*float64(every))) {
				return
			}
			c.watch.follow(p.id, every)
			_, share := p.person.Share(p.at.Lat, p.at.Lon, 8*3600)
			for wait(ctx, strollStep) {
				p.heading += p.rng.NormFloat64() * 20
				p.at = geo.Offset(p.at, p.heading, strollSpeed*strollStep.Seconds())
				p.person.Move(share, p.at.Lat, p.at.Lon, int(p.heading+3600)%360)
			}
		})
	}
	wg.Wait()
}

// follow expects a walk's first story now and the others every interval.
func (w *watch) follow(chat int64, every time.Duration) {
	w.expect(chat)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.walks[chat] = &liveWalk{shared: time.Now(), every: every}
}

// tickLocked notes a story that came by itself, and says whether the message is one.
func (w *watch) tickLocked(e sim.Event) bool {
	walk := w.walks[e.Chat]
	if walk == nil || mapLink(e.Message.Buttons) == "" || e.Kind != "message" {
		return false
	}
	walk.late = append(walk.late, e.At.Sub(walk.shared)%walk.every)
	w.noteLocked(e.Chat, e.Message.Buttons)
	return true
}

// ticks returns how late the walks' stories were, and how many due times before end passed without one.
func (w *watch) ticks(end time.Time) (late []time.Duration, missed int) {
	const grace = 3 * time.Second // a story that is due at the very end need not have come
	for _, walk := range w.walks {
		late = append(late, walk.late...)
		missed += max(0, int(end.Add(-grace).Sub(walk.shared)/walk.every)-len(walk.late))
	}
	return late, missed
}

// mapLink returns the address of a story's map button, which no other message has.
func mapLink(buttons [][]sim.Button) string {
	for _, row := range buttons {
		for _, b := range row {
			if b.URL != "" {
				return b.URL
			}
		}
	}
	return ""
}
