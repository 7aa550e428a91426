package live

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/geo"
)

// people walk in the model; there are places for fewer.
const (
	people = 4
	places = 3
)

// model is what must be true, kept in the simplest way: by what was said to the Live and what it answered.
type model struct {
	*world
	seed      uint64
	rnd       *rand.Rand
	walks     map[string]*modelWalk
	by        [people + 1]*modelWalk // the walk of a person that goes on
	next      int                    // message
	processes int                    // that there were
	steps     []string

	state sync.Mutex // guards all of it against the hooks
}

type modelWalk struct {
	share    Share
	began    time.Time
	anchors  []grid // newest last
	numbers  int    // delivered
	endedAt  time.Time
	lastDue  time.Time
	telling  bool
	from     geo.Point
	restarts int // since the last delivery
}

// grid is a rhythm that held from a moment on.
type grid struct {
	from, anchor time.Time
	interval     time.Duration
}

// TestRandomWalks plays random sequences of everything that can happen against the model. PROPERTY_SEED repeats one of them.
func TestRandomWalks(t *testing.T) {
	seeds := 3
	first := uint64(1)
	if s := os.Getenv("PROPERTY_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		first, seeds = n, 1
	}
	if s := os.Getenv("PROPERTY_SEEDS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		seeds = n
	}
	for seed := first; seed < first+uint64(seeds); seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { playRandomly(t, seed) })
	}
}

func playRandomly(t *testing.T, seed uint64) {
	cfg := Config{
		Intervals: []time.Duration{20 * time.Second, minute, 5 * minute}, Default: minute,
		MaxSessions: places, Drain: 30 * time.Second,
	}
	inWorld(t, cfg, func(w *world) {
		m := &model{world: w, seed: seed, rnd: rand.New(rand.NewPCG(seed, 1)), walks: map[string]*modelWalk{}, next: 10}
		w.plan(m.onDeliver)
		for step := range 300 {
			m.step(step)
			if w.Failed() {
				n := len(m.steps)
				w.Errorf("last steps: %q", m.steps[max(0, n-40):])
				return
			}
			time.Sleep(time.Duration(m.rnd.Int64N(int64([]time.Duration{loopInterval, 3 * time.Second, 40 * time.Second, 2 * minute}[m.rnd.IntN(4)]))))
			synctest.Wait()
		}
		time.Sleep(time.Minute)
		m.finish()
	})
}

func (m *model) step(n int) {
	person := int64(1 + m.rnd.IntN(people))
	m.state.Lock()
	defer m.state.Unlock()
	walk := m.by[person]
	say := func(format string, args ...any) {
		m.steps = append(m.steps, fmt.Sprintf("%d at %s: person %d ", n, time.Now().Format("15:04:05.000"), person)+fmt.Sprintf(format, args...))
	}
	switch op := m.rnd.IntN(100); {
	case op < 12 || walk == nil && op < 30:
		say("starts %d", m.next)
		m.share(person)
	case op < 60:
		if walk != nil {
			walk.from = geo.Offset(walk.from, m.rnd.Float64()*360, m.rnd.Float64()*60)
			sh := walk.share
			sh.Point, sh.Edited = walk.from, time.Now()
			_, err := m.live.Edit(m.Context(), sh)
			m.check(err)
		}
	case op < 68:
		interval := m.live.cfg.Intervals[m.rnd.IntN(3)]
		say("chooses %v", interval)
		_, err := m.live.Choose(m.Context(), person, interval, time.Now())
		m.wantWalk(walk, err)
		if walk != nil {
			walk.anchors = append(walk.anchors, grid{time.Now(), stamp(time.Now()), interval})
		}
	case op < 73:
		say("pauses")
		_, err := m.live.Pause(m.Context(), person)
		m.wantWalk(walk, err)
	case op < 80:
		say("resumes")
		_, err := m.live.Resume(m.Context(), person)
		m.wantWalk(walk, err)
	case op < 85:
		say("wants the next")
		if err := m.live.Next(m.Context(), person); !errors.Is(err, ErrBusy) && !errors.Is(err, ErrFull) {
			m.wantWalk(walk, err)
		}
	case op < 89:
		say("stops")
		_, err := m.live.Stop(m.Context(), person, Stopped)
		m.wantWalk(walk, err)
		m.over(person)
	case op < 92 && walk != nil:
		say("shares no more")
		sh := walk.share
		sh.Period = 0
		_, err := m.live.Edit(m.Context(), sh)
		m.check(err)
		m.over(person)
	case op < 94:
		old := m.anyEnded()
		if old == nil {
			return
		}
		say("edits %s, which ended", old.share.ID())
		if _, err := m.live.Edit(m.Context(), old.share); !errors.Is(err, ErrEnded) {
			m.Errorf("edit of an ended share: got %v", err)
		}
	case op < 97:
		say("sees a restart")
		m.anew(m.end)
	default:
		say("sees a crash")
		m.anew(m.crash)
	}
}

// wantWalk checks that a person without a walk is told so, and that nothing else goes wrong.
func (m *model) wantWalk(walk *modelWalk, err error) {
	m.Helper()
	if walk == nil && !errors.Is(err, ErrNoWalk) || walk != nil && err != nil {
		m.Errorf("got %v, with a walk %v", err, walk != nil)
	}
}

func (m *model) share(person int64) {
	sh := share(person, m.next)
	m.next++
	sh.Period = []time.Duration{5 * minute, time.Hour, Forever}[m.rnd.IntN(3)]
	taken := 0
	for _, w := range m.by[1:] {
		if w != nil && w.share.Person != person {
			taken++
		}
	}
	walk := &modelWalk{share: sh, began: stamp(time.Now()), from: home}
	walk.anchors = []grid{{time.Now(), walk.began, minute}}
	m.walks[sh.ID()] = walk
	started, err := m.live.Start(m.Context(), sh)
	if errors.Is(err, ErrFull) {
		if taken < places {
			m.Errorf("full with %d of %d", taken, places)
		}
		walk.endedAt = time.Now()
		return
	}
	m.check(err)
	if old := m.by[person]; (started.Replaced != nil) != (old != nil) {
		m.Errorf("replaced %v, had a walk %v", started.Replaced, old != nil)
	}
	m.over(person)
	m.by[person] = walk
	if sh.Period < Forever {
		time.AfterFunc(sh.Period, func() {
			m.state.Lock()
			defer m.state.Unlock()
			if m.by[person] == walk {
				m.over(person)
			}
		})
	}
}

func (m *model) over(person int64) {
	if walk := m.by[person]; walk != nil {
		walk.endedAt = time.Now()
		m.by[person] = nil
	}
}

func (m *model) anyEnded() *modelWalk {
	var ended []string
	for id, w := range m.walks {
		if !w.endedAt.IsZero() {
			ended = append(ended, id)
		}
	}
	if len(ended) == 0 {
		return nil
	}
	slices.Sort(ended)
	return m.walks[ended[m.rnd.IntN(len(ended))]]
}

// onDeliver checks each delivery against the model, and then tells, fails or has nothing.
func (m *model) onDeliver(ctx context.Context, t Tick, done func(Outcome)) {
	m.state.Lock()
	defer m.state.Unlock()
	walk := m.walks[t.Walk]
	now := time.Now()
	switch {
	case walk == nil:
		m.Errorf("a story in unknown walk %s", t.Walk)
		done(Failed)
		return
	case !walk.endedAt.IsZero() && now.After(walk.endedAt):
		m.Errorf("a story after the end of %s", t.Walk)
	case t.Number != walk.numbers+1:
		m.Errorf("story %d of %s after %d", t.Number, t.Walk, walk.numbers)
	case t.First && (walk.numbers > 0 || !t.Asked && !t.Due.Equal(walk.began)):
		m.Errorf("a first story of %s after %d, due %v", t.Walk, walk.numbers, t.Due)
	case now.Before(t.Due):
		m.Errorf("story %d of %s is early", t.Number, t.Walk)
	}
	for id, other := range m.walks {
		if other.telling && other.share.Person == t.Person {
			m.Errorf("two deliveries at once for person %d: %s and %s", t.Person, t.Walk, id)
		}
	}
	if !t.First && !t.Asked {
		m.checkDue(walk, t, now)
	}
	walk.telling = true
	rnd := rand.New(rand.NewPCG(m.seed, uint64(now.UnixNano()))) // whatever else happens in this moment
	takes := time.Duration(rnd.Int64N(int64(30 * time.Second)))
	kind := rnd.IntN(20)
	process := m.processes
	go func() {
		outcome := Delivered
		switch {
		case kind == 0:
			time.Sleep(time.Second)
			outcome = Failed
		case kind == 1:
			outcome = Dropped
		case !m.tell(ctx, t, takes):
			outcome = Dropped
		}
		m.state.Lock()
		gone := process != m.processes // the one that told this
		if !gone {
			walk.telling = false
			if outcome == Delivered {
				walk.numbers = t.Number
			}
		}
		m.state.Unlock()
		if !gone {
			done(outcome)
		}
	}()
}

// checkDue wants a due time of the rhythm that held then, later than the last one, and less than an interval ago.
func (m *model) checkDue(walk *modelWalk, t Tick, now time.Time) {
	exact := false
	for _, g := range walk.anchors {
		exact = exact || t.Due.After(g.anchor) && t.Due.Sub(g.anchor)%g.interval == 0
	}
	g := walk.anchors[len(walk.anchors)-1]
	if n := len(walk.anchors); n > 1 && g.from.Equal(now) { // chosen in this moment, perhaps after the loop looked
		g = walk.anchors[n-2]
	}
	if !exact || t.Due.Sub(g.anchor)%g.interval != 0 {
		m.Errorf("story %d of %s is due %v, which is no due time of %v every %v", t.Number, t.Walk, t.Due, g.anchor, g.interval)
	}
	if late := now.Sub(t.Due); late >= g.interval {
		m.Errorf("story %d of %s is told %v late", t.Number, t.Walk, late)
	}
	if walk.restarts == 0 && !t.Due.After(walk.lastDue) {
		m.Errorf("story %d of %s is due %v, as one before it", t.Number, t.Walk, t.Due)
	}
	walk.lastDue, walk.restarts = t.Due, 0
}

// anew ends the process in one way or another, and starts the next. Deliveries of the one before are forgotten.
func (m *model) anew(end func()) {
	m.state.Unlock()
	synctest.Wait()
	end()
	m.state.Lock()
	m.processes++
	for _, walk := range m.walks {
		walk.telling = false
		walk.restarts++
	}
	m.state.Unlock()
	m.start()
	m.state.Lock()
}

// finish checks what the store says in the end.
func (m *model) finish() {
	m.state.Lock()
	defer m.state.Unlock()
	sum := 0
	farewell := map[string]int{}
	for _, n := range m.notes() {
		var id, reason string
		if _, err := fmt.Sscanf(n, "ended %s %s", &id, &reason); err == nil {
			farewell[id]++
		}
	}
	for id, walk := range m.walks {
		stored, err := m.store.Walk(m.Context(), id)
		if err != nil {
			m.Errorf("walk %s: %v", id, err)
			continue
		}
		if ended := !stored.Ended.IsZero(); ended == walk.endedAt.IsZero() {
			m.Errorf("walk %s: stored as ended %v (%s), but that is not so", id, ended, stored.Reason)
		}
		if told := farewell[id]; stored.Ended.IsZero() && told > 0 || stored.Closed && stored.Reason != Refused && told == 0 {
			m.Errorf("walk %s: %d farewells, ended %v", id, told, stored.Ended)
		}
		if !stored.Closed {
			stops, err := m.store.Stops(m.Context(), id)
			m.check(err)
			if len(stops) != walk.numbers {
				m.Errorf("walk %s: %d stops, told %d", id, len(stops), walk.numbers)
			}
			for i, s := range stops {
				if s.Number != i+1 {
					m.Errorf("walk %s: stop %d has number %d", id, i, s.Number)
				}
			}
		}
		sum += walk.numbers
	}
	if len(m.walks) > 5 && sum < 20 {
		m.Errorf("only %d stories in %d walks: the model tests nothing", sum, len(m.walks))
	}
}
