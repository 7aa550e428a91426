package live

import "time"

// nextDue returns the first time anchor + n*interval, n >= 1, that is later than after.
func nextDue(anchor time.Time, interval time.Duration, after time.Time) time.Time {
	if !after.After(anchor) {
		return anchor.Add(interval)
	}
	since := after.Sub(anchor)
	return anchor.Add(since - since%interval + interval)
}

// passed returns the number of times due + n*interval, n >= 0, that are not later than now.
func passed(due time.Time, interval time.Duration, now time.Time) int {
	if due.After(now) {
		return 0
	}
	return int(now.Sub(due)/interval) + 1
}

// realign moves an anchor in the future, where it is after the clock was set back, by whole intervals to now or before. The due times stay the
// same.
func realign(anchor time.Time, interval time.Duration, now time.Time) time.Time {
	if !anchor.After(now) {
		return anchor
	}
	lead := anchor.Sub(now) - 1
	return anchor.Add(lead%interval - lead - interval)
}
