package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// stepper records when work begins.
type stepper struct {
	ts    *turns
	start time.Time
	all   sync.WaitGroup
	mu    sync.Mutex
	log   []string
}

// work begins work that goes on for the time, and returns when it waits or began.
func (s *stepper) work(t *testing.T, name string, alone bool, d time.Duration) {
	s.all.Go(func() {
		take := s.ts.take
		if alone {
			take = s.ts.takeAlone
		}
		turn, err := take(t.Context())
		if err != nil {
			t.Error(err)
			return
		}
		turn.begin()
		s.mu.Lock()
		s.log = append(s.log, fmt.Sprint(name, " ", time.Since(s.start)))
		s.mu.Unlock()
		time.Sleep(d)
		turn.end()
		turn.end() // harmless
	})
	synctest.Wait()
}

func TestSuspectsAreAloneWhileTheyAreYoung(t *testing.T) {
	t.Parallel()
	const short, long = 100 * time.Millisecond, time.Minute
	synctest.Test(t, func(t *testing.T) {
		s := &stepper{ts: newTurns(), start: time.Now()}
		s.work(t, "a", false, long)
		s.work(t, "b", false, short)
		s.work(t, "suspect 1", true, long) // waits until a is old
		s.work(t, "suspect 2", true, short)
		s.work(t, "c", false, short) // waits for one suspect, and not for the next
		s.work(t, "d", false, long)
		time.Sleep(2 * time.Minute)
		s.work(t, "e", false, short)
		s.all.Wait()
		want := []string{"a 0s", "b 0s", "suspect 1 250ms", "c 500ms", "d 500ms", "suspect 2 750ms", "e 2m0s"}
		slices.Sort(s.log)
		slices.Sort(want)
		if !slices.Equal(s.log, want) {
			t.Errorf("began\n%q, want\n%q", s.log, want)
		}
	})
}

func TestATurnThatIsNotAwaitedIsGivenBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ts := newTurns()
		suspect, err := ts.takeAlone(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var wg sync.WaitGroup
		for _, take := range []func(context.Context) (*turn, error){ts.take, ts.takeAlone} {
			wg.Go(func() {
				if _, err := take(ctx); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got error %v", err)
				}
			})
		}
		wg.Wait()
		suspect.end()
		young, err := ts.take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		late, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := ts.takeAlone(late); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a suspect behind work that does not begin: error %v", err)
		}
		young.end()
		for range 2 {
			turn, err := ts.takeAlone(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			turn.end()
		}
		if ts.young != 0 || ts.alone || len(ts.waiting) != 0 {
			t.Errorf("left over: %+v", ts)
		}
	})
}
