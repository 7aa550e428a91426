package bot

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"excursobot/bot/guide"
	"excursobot/store"
)

// tally counts what the operator asks about: since the UTC day began or the process did, whichever is later. It stands between the bot and
// Config.Observe, whose numbers go to the monitor.
type tally struct {
	mu      sync.Mutex
	day     store.Day
	since   time.Time
	sources map[string]int // by the fixed names of guide.Source
	errors  map[string]int // by the fixed names of parts
	first   recent
	whole   recent
}

func newTally() *tally {
	t := &tally{}
	t.turnLocked(time.Now())
	return t
}

// turnLocked starts a new day if now is in another one.
func (t *tally) turnLocked(now time.Time) {
	if day := store.DayOf(now); day != t.day {
		t.day, t.since = day, now
		t.sources, t.errors = make(map[string]int), make(map[string]int)
		t.first, t.whole = recent{}, recent{}
	}
}

// watch returns o, counted.
func (t *tally) watch(o Observe) Observe {
	with := func(count func()) {
		now := time.Now()
		t.mu.Lock()
		defer t.mu.Unlock()
		t.turnLocked(now)
		count()
	}
	watched := o
	watched.First = func(kind string, d time.Duration) {
		with(func() { t.first.add(d) })
		o.First(kind, d)
	}
	watched.Story = func(kind string, source guide.Source, d time.Duration) {
		with(func() {
			t.sources[string(source)]++
			if source != fromBusy {
				t.whole.add(d)
			}
		})
		o.Story(kind, source, d)
	}
	watched.Error = func(part string) {
		with(func() { t.errors[part]++ })
		o.Error(part)
	}
	return watched
}

// tallied is a tally at one moment.
type tallied struct {
	since           time.Time
	stories, errors string // "library 12, pack 3"; "" = none
	first, whole    time.Duration
}

func (t *tally) read(now time.Time) tallied {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.turnLocked(now)
	return tallied{since: t.since, stories: listed(t.sources), errors: listed(t.errors), first: t.first.p95(), whole: t.whole.p95()}
}

// listed writes counts, the largest first.
func listed(counts map[string]int) string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = name + " " + strconv.Itoa(counts[name])
	}
	return strings.Join(names, ", ")
}

// recent is the last durations of a kind.
type recent struct {
	last [512]time.Duration
	n    int // ever
}

func (r *recent) add(d time.Duration) {
	r.last[r.n%len(r.last)] = d
	r.n++
}

// p95 is the duration that 95 of 100 do not exceed, 0 if there is none.
func (r *recent) p95() time.Duration {
	n := min(r.n, len(r.last))
	if n == 0 {
		return 0
	}
	sorted := slices.Clone(r.last[:n])
	slices.Sort(sorted)
	return sorted[(n*95+99)/100-1]
}
