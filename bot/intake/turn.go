package intake

import (
	"context"
	"slices"
	"sync"
	"time"
)

// suspectFor is how long an update that ends processes lets one live, counted from its beginning.
const suspectFor = 250 * time.Millisecond

// turns lets work begin. A suspect, which may have ended processes, is tried alone: for suspectFor it is the only work that is so young, so that the
// process can end over nothing else. Other work waits meanwhile, and then begins before the next suspect.
type turns struct {
	mu      sync.Mutex
	young   int             // turns of other work that are not over
	alone   bool            // a suspect waits for the young, or has its turn
	aged    chan struct{}   // closed when young falls to 0; nil while no suspect waits for that
	waiting []chan struct{} // other work that waits, each closed when it may begin; bounded by the tasks under way
	suspect chan struct{}   // holds a token from when a suspect waits until its turn is over
}

func newTurns() *turns { return &turns{suspect: make(chan struct{}, 1)} }

// turn is the time from the beginning of some work until it ends or is old enough to be above suspicion.
type turn struct {
	over func() // gives the turn back, once
	late *time.Timer
}

// begin starts the clock of the turn: the work begins now.
func (t *turn) begin() { t.late = time.AfterFunc(suspectFor, t.over) }

// end ends the turn with its work.
func (t *turn) end() {
	if t.late != nil {
		t.late.Stop()
	}
	t.over()
}

// take waits until work may begin, or ctx ends. The caller ends the turn.
func (ts *turns) take(ctx context.Context) (*turn, error) {
	if err := ts.wait(ctx); err != nil {
		return nil, err
	}
	return &turn{over: sync.OnceFunc(ts.leave)}, nil
}

func (ts *turns) wait(ctx context.Context) error {
	ts.mu.Lock()
	if !ts.alone {
		ts.young++
		ts.mu.Unlock()
		return nil
	}
	admitted := make(chan struct{})
	ts.waiting = append(ts.waiting, admitted)
	ts.mu.Unlock()
	select {
	case <-admitted:
		return nil
	case <-ctx.Done():
	}
	ts.mu.Lock()
	defer ts.mu.Unlock()
	i := slices.Index(ts.waiting, admitted)
	if i < 0 { // admitted meanwhile
		ts.leaveLocked()
		return ctx.Err()
	}
	ts.waiting = slices.Delete(ts.waiting, i, i+1)
	return ctx.Err()
}

func (ts *turns) leave() {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.leaveLocked()
}

func (ts *turns) leaveLocked() {
	if ts.young--; ts.young == 0 && ts.aged != nil {
		close(ts.aged)
		ts.aged = nil
	}
}

// takeAlone waits until a suspect may begin, with nothing as young beside it, or until ctx ends. The caller ends the turn.
func (ts *turns) takeAlone(ctx context.Context) (*turn, error) {
	select {
	case ts.suspect <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	var aged chan struct{}
	ts.mu.Lock()
	ts.alone = true
	if ts.young > 0 {
		aged = make(chan struct{})
		ts.aged = aged
	}
	ts.mu.Unlock()
	if aged != nil {
		select {
		case <-aged:
		case <-ctx.Done():
			ts.leaveAlone()
			return nil, ctx.Err()
		}
	}
	return &turn{over: sync.OnceFunc(ts.leaveAlone)}, nil
}

// leaveAlone lets the work begin that waits, and then the next suspect.
func (ts *turns) leaveAlone() {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.alone, ts.aged = false, nil
	for _, admitted := range ts.waiting {
		ts.young++
		close(admitted)
	}
	ts.waiting = nil
	<-ts.suspect
}
