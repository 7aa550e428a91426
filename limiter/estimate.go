package limiter

import (
	"slices"
	"time"
)

// Estimate says how long a job of the class that came now would wait for its slot: 0 when one is free.
// It speaks for a key with no other job in the room.
func (g *Gate) Estimate(class Class) time.Duration {
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.estimateLocked(g.class(class), 0, now)
}

// estimateLocked is the wait of a job that finds depth jobs of its key in its class. Each running job is taken to
// last the recent mean in all, so the slots get free one by one; the jobs ahead take them in turn, each for
// the mean. Later jobs of better classes push in, which lengthens the wait by their share of the slots.
func (g *Gate) estimateLocked(c Class, depth int, now time.Time) time.Duration {
	if g.startsLocked(c) {
		return 0
	}
	left := g.slots.left(g.recent.mean, now)
	lanes := g.cfg.Slots - g.spareLocked(c)
	left = left[len(left)-lanes:] // the first to end only makes room for the slot left free

	ahead := g.room.ahead(c, depth)
	wait := left[ahead%lanes] + time.Duration(ahead/lanes)*g.recent.mean

	// At most doubled. A burst of better jobs looks like a stream but stands in the room and is counted there already,
	// and an estimate too low is made good by the deadline's second check, while one too high refuses for nothing.
	share := min(0.5, g.recent.share(c, now)/float64(g.cfg.Slots))
	return time.Duration(float64(wait) / (1 - share))
}

// left returns what is left of each running job, the shortest first, if jobs take mean in all. One that has taken
// longer is stuck: it is expected to take a while more, and the longer the more. Valid until the next call.
func (s *slots) left(mean time.Duration, now time.Time) []time.Duration {
	s.scratch = s.scratch[:0]
	for i := range s.places {
		if started := s.places[i].started; !started.IsZero() {
			taken := now.Sub(started)
			s.scratch = append(s.scratch, min(mean, max(mean-taken, taken/4)))
		}
	}
	slices.Sort(s.scratch)
	return s.scratch
}

// recentWindow is the time over which arrivals are counted: several jobs of several seconds.
const recentWindow = 60 * time.Second

// recent is what the gate has learnt lately: how long jobs take and how many come.
type recent struct {
	mean time.Duration // moving average of the length of a job
	seen int           // jobs in it, up to meanOver

	since     time.Time // start of the present window
	now, last []int     // arrivals by class, in the present window and in the one before
}

// meanOver is the number of jobs after which an old one fades from the mean.
const meanOver = 8

func newRecent(guess time.Duration, classes int) recent {
	return recent{mean: guess, seen: 1, now: make([]int, classes), last: make([]int, classes)}
}

// finished learns the length of a job. The guess counts as one job.
func (r *recent) finished(took time.Duration) {
	r.seen = min(r.seen+1, meanOver)
	r.mean += (took - r.mean) / time.Duration(r.seen)
}

// arrived counts a job of the class.
func (r *recent) arrived(c Class, now time.Time) {
	r.turn(now)
	r.now[c]++
}

// turn begins a new window if the present one is over.
func (r *recent) turn(now time.Time) {
	past := now.Sub(r.since)
	if past < recentWindow {
		return
	}
	r.now, r.last = r.last, r.now
	clear(r.now)
	if past >= 2*recentWindow {
		clear(r.last)
		r.since = now
		return
	}
	r.since = r.since.Add(recentWindow)
}

// share returns how many slots the arrivals of classes better than c keep busy.
func (r *recent) share(c Class, now time.Time) float64 {
	r.turn(now)
	fade := 1 - float64(now.Sub(r.since))/float64(recentWindow) // what of the last window is still recent
	jobs := 0.0
	for i := range r.now[:c] {
		jobs += float64(r.now[i]) + fade*float64(r.last[i])
	}
	return jobs * r.mean.Seconds() / recentWindow.Seconds()
}
