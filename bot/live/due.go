package live

import "time"

// nextDue returns the first of the times anchor + n*interval, n >= 1, that is later than after.
func nextDue(anchor time.Time, interval time.Duration, after time.Time) time.Time {
	if !after.After(anchor) {
		return anchor.Add(interval)
	}
	since := after.Sub(anchor)
	return anchor.Add(since - since%interval + interval)
}

// passed says how many of the times from due on, each interval after the one before, are not later than now.
func passed(due time.Time, interval time.Duration, now time.Time) int {
	if due.After(now) {
		return 0
	}
	return int(now.Sub(due)/interval) + 1
}

// realign moves an anchor that lies in the future, because the clock was set back, by whole intervals to now or before.
// The due times stay the same.
func realign(anchor time.Time, interval time.Duration, now time.Time) time.Time {
	if !anchor.After(now) {
		return anchor
	}
	ahead := anchor.Sub(now) - 1
	return anchor.Add(ahead%interval - ahead - interval)
}

// clock tells a wall clock that was set from one that just ran.
type clock struct {
	wall time.Time
	mono time.Duration // since any fixed moment, by a clock that is never set
}

// jumpFrom is from how much difference between the two clocks on the wall one counts as set.
const jumpFrom = time.Second

// jump returns by how much the wall clock was set since the last call, 0 if it was not.
func (c *clock) jump(wall time.Time, mono time.Duration) time.Duration {
	last := *c
	c.wall, c.mono = wall, mono
	if last.wall.IsZero() {
		return 0
	}
	if d := wall.Sub(last.wall) - (mono - last.mono); d.Abs() >= jumpFrom {
		return d
	}
	return 0
}
