package live

import (
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

// people walk in the model, more than MaxSessions allows.
const (
	people = 4
	most   = 3
)

// model holds what must be true, derived in the simplest way from the calls to the Live and their results.
type model struct {
	*world
	seed      uint64
	rnd       *rand.Rand
	walks     map[string]*modelWalk
	by        [people + 1]*modelWalk // the walk of a person that goes on
	next      int                    // message
	processes int                    // so far
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
		MaxSessions: most, Drain: 30 * time.Second,
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
		m.restartAfter(m.end)
	default:
		say("sees a crash")
		m.restartAfter(m.crash)
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
		if taken < most {
			m.Errorf("full with %d of %d", taken, most)
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
