package live

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing/synctest"
	"time"
)

// wantWalk checks that the error is ErrNoWalk exactly if the person has no walk, and that there is no other error.
func (m *model) wantWalk(walk *modelWalk, err error) {
	m.Helper()
	if walk == nil && !errors.Is(err, ErrNoWalk) || walk != nil && err != nil {
		m.Errorf("got %v, with a walk %v", err, walk != nil)
	}
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
	rnd := rand.New(rand.NewPCG(m.seed, uint64(now.UnixNano()))) // the same for any order of events at this moment
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
		gone := process != m.processes // the process that told this
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

// checkDue checks that a due time belongs to the rhythm of its moment, is later than the last one, and less than an interval ago.
func (m *model) checkDue(walk *modelWalk, t Tick, now time.Time) {
	exact := false
	for _, g := range walk.anchors {
		exact = exact || t.Due.After(g.anchor) && t.Due.Sub(g.anchor)%g.interval == 0
	}
	g := walk.anchors[len(walk.anchors)-1]
	if n := len(walk.anchors); n > 1 && g.from.Equal(now) { // chosen at this moment, perhaps after the loop started the story
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

// restartAfter ends the process with end and starts the next one. Deliveries of the first are forgotten.
func (m *model) restartAfter(end func()) {
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

// finish checks the store at the end.
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
