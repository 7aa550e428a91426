package limiter

import (
	"slices"
	"time"
)

// Estimate returns how long a job of the class that arrived now would wait for a slot, 0 if one is free. It assumes that the job's key has no
// other job in the queue.
func (g *Gate) Estimate(class Class) time.Duration {
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.estimateLocked(g.class(class), 0, now)
}

// estimateLocked returns the wait of a job that finds depth jobs of its key in its class. It assumes that each running job takes the mean
// length, so the slots become free one by one, and the jobs before this one take them in turn for the mean length each. Later jobs of better
// classes go first, which lengthens the wait by their share of the slots.
func (g *Gate) estimateLocked(c Class, depth int, now time.Time) time.Duration {
	if g.startsLocked(c) {
		return 0
	}
	left := g.slots.left(g.history.mean, now)
	lanes := g.cfg.Slots - g.reservedLocked(c)
	left = left[len(left)-lanes:] // the first slots to become free are the reserved ones

	before := g.queue.before(c, depth)
	wait := left[before%lanes] + time.Duration(before/lanes)*g.history.mean

	// At most doubled: a burst of better jobs looks like a stream, but the queue counts it already. An estimate that is too low is corrected
	// when the deadline passes; one that is too high refuses a job without need.
	share := min(0.5, g.history.share(c, now)/float64(g.cfg.Slots))
	return time.Duration(float64(wait) / (1 - share))
}

// left returns the remaining time of each running job, the shortest first, if jobs take the mean. A job that has run for longer than that is
// assumed to need a quarter of its time again, at most the mean. The slice is valid until the next call.
func (s *slots) left(mean time.Duration, now time.Time) []time.Duration {
	s.scratch = s.scratch[:0]
	for i := range s.states {
		if started := s.states[i].started; !started.IsZero() {
			taken := now.Sub(started)
			s.scratch = append(s.scratch, min(mean, max(mean-taken, taken/4)))
		}
	}
	slices.Sort(s.scratch)
	return s.scratch
}

// arrivalWindow is the time over which arrivals are counted: long against the length of a job.
const arrivalWindow = 60 * time.Second

// history is what a gate has observed: how long jobs take and how many arrive.
type history struct {
	mean time.Duration // moving average of the length of jobs
	seen int           // jobs in it, up to meanOver

	since             time.Time // start of the current window
	current, previous []int     // arrivals by class in the current window and in the one before
}

// meanOver bounds the weight of old jobs in the mean: the newest counts for an eighth at least.
const meanOver = 8

func newHistory(estimate time.Duration, classes int) history {
	return history{mean: estimate, seen: 1, current: make([]int, classes), previous: make([]int, classes)}
}

// finished adds the length of a job. The initial estimate counts as one job.
func (r *history) finished(took time.Duration) {
	r.seen = min(r.seen+1, meanOver)
	r.mean += (took - r.mean) / time.Duration(r.seen)
}

// arrived counts a job of the class.
func (r *history) arrived(c Class, now time.Time) {
	r.turn(now)
	r.current[c]++
}

// turn begins a new window if the current one is over.
func (r *history) turn(now time.Time) {
	past := now.Sub(r.since)
	if past < arrivalWindow {
		return
	}
	r.current, r.previous = r.previous, r.current
	clear(r.current)
	if past >= 2*arrivalWindow {
		clear(r.previous)
		r.since = now
		return
	}
	r.since = r.since.Add(arrivalWindow)
}

// share returns the number of slots that arrivals of better classes than c keep busy.
func (r *history) share(c Class, now time.Time) float64 {
	r.turn(now)
	fade := 1 - float64(now.Sub(r.since))/float64(arrivalWindow) // the part of the previous window that still counts
	jobs := 0.0
	for i := range r.current[:c] {
		jobs += float64(r.current[i]) + fade*float64(r.previous[i])
	}
	return jobs * r.mean.Seconds() / arrivalWindow.Seconds()
}
