package live

import "time"

// wall returns the time of the wall clock alone: due times are stored, and a monotonic clock means nothing to the next process.
func wall() time.Time { return time.Now().Round(0) }

// stamp cuts a time to the precision of the store, so that a walk is read as it was written.
func stamp(t time.Time) time.Time { return t.Round(0).UTC().Truncate(time.Microsecond) }

// clock detects that the wall clock was set.
type clock struct {
	wall time.Time
	mono time.Duration // since any fixed moment, by a clock that is never set
}

// minJump is the difference between the two clocks from which on the wall clock counts as set.
const minJump = time.Second

// jump returns by how much the wall clock was set since the last call, 0 if it was not.
func (c *clock) jump(wall time.Time, mono time.Duration) time.Duration {
	last := *c
	c.wall, c.mono = wall, mono
	if last.wall.IsZero() {
		return 0
	}
	if d := wall.Sub(last.wall) - (mono - last.mono); d.Abs() >= minJump {
		return d
	}
	return 0
}
