package guide

import (
	"sync"
	"time"
)

// A judge that objects to more than maxObjected of its last watched stories is wrong, or the writer is useless: then its word counts nothing until the
// end of the UTC day.
const (
	watched     = 100
	maxObjected = 30
)

// JudgeLimits returns these numbers.
func JudgeLimits() (objected, of int) { return maxObjected, watched }

// watch counts how often the judge objects. It forgets at a restart.
type watch struct {
	mu       sync.Mutex
	last     [watched]bool // objected, in a ring
	next     int
	objected int
	until    time.Time // the judge is ignored before it
}

// note counts a verdict. It reports whether the judge is ignored from now on.
func (w *watch) note(objected bool, now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.last[w.next] {
		w.objected--
	}
	w.last[w.next] = objected
	w.next = (w.next + 1) % watched
	if objected {
		w.objected++
	}
	if w.objected <= maxObjected || now.Before(w.until) {
		return false
	}
	const day = 24 * time.Hour
	w.until = now.UTC().Truncate(day).Add(day)
	w.last, w.objected = [watched]bool{}, 0 // tomorrow it starts again
	return true
}

func (w *watch) ignored(now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return now.Before(w.until)
}
