package places

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/limiter"
)

func TestQuotaAllowsABurstAndThenWaitsForTheMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &quota{most: 100}
		for i := range 100 {
			if wait := q.take(time.Now(), people, false); wait != 0 {
				t.Fatalf("request %d waits %v", i, wait)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if got := q.take(time.Now(), people, false); got != 50*time.Second {
			t.Errorf("wait = %v, want until the first request is a minute old", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := q.wait(ctx, false); !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
			t.Errorf("err = %v, want to be told at once", err)
		}
		if err := q.wait(t.Context(), false); err != nil || q.take(time.Now(), people, false) != 0 {
			t.Errorf("after the wait: %v", err)
		}
	})
}

func TestQuotaLeavesRoomForPeople(t *testing.T) {
	for name, tt := range map[string]struct{ most, ahead, ticks int }{
		"with a contact": {150, 75, 120}, "without": {10, 2, 8}, "one a minute": {1, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Now()
			q := &quota{most: tt.most}
			fill := func(class limiter.Class, article bool) (n int) {
				for q.take(now, class, article) == 0 {
					n++
				}
				return n
			}
			got := [3]int{fill(readAhead, false), fill(ticks, false), fill(people, false)}
			if want := [3]int{tt.ahead, tt.ticks - tt.ahead, tt.most - tt.ticks}; got != want {
				t.Errorf("read-ahead, ticks, people = %v, want %v", got, want)
			}
			q = &quota{most: tt.most}
			if got, want := fill(people, true), max(1, tt.most/2); got != want {
				t.Errorf("%d articles in a minute, want %d", got, want)
			}
		})
	}
}

// A person who needs what read-ahead is waiting for makes it urgent.
func TestAPersonHurriesTheReadAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{})
		for range 100 {
			w.client.quota.take(time.Now(), people, false)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = w.Near(Background(t.Context()), square, 300, "ru")
		}()
		time.Sleep(time.Second)
		start := time.Now()
		if _, err := w.Near(t.Context(), square, 300, "ru"); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took > lookAgain {
			t.Errorf("the person waited %v behind the read-ahead", took)
		}
		<-done
	})
}
