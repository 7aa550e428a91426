package limiter

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestPaceForgetsTheLeastRecentlyUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := NewPace[string](PaceConfig{KeyRate: 1, KeyBurst: 2, MaxKeys: 2})
		for i, key := range []string{"a", "b", "a", "c"} { // c replaces b
			if !pace.Try(key, 0) {
				t.Fatalf("call %d of %s refused", i, key)
			}
		}
		if pace.Try("a", 0) {
			t.Error("a was forgotten, although used after b")
		}
	})
}

func TestPaceBoundsItsKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := NewPace[string](PaceConfig{KeyRate: 1, MaxKeys: 3})
		p := newPassers()
		p.send(t, pace, "held", "held1")
		p.send(t, pace, "held", "held2")
		p.send(t, pace, "held", "held3")
		for i := range 20 {
			p.send(t, pace, fmt.Sprint("k", i), fmt.Sprint("k", i))
		}
		if got := pace.Stats().Keys; got != 4 { // three, and the one that waits
			t.Errorf("keys: got %d, want 4", got)
		}
		got := p.wait()
		want := []passed{{"held2", time.Second}, {"held3", 2 * time.Second}}
		checkPassed(t, got[len(got)-2:], want)
		if got := pace.Stats().Keys; got != 3 {
			t.Errorf("keys after the wait: got %d, want 3", got)
		}
	})
}

// TestPaceUnderRandomCallers checks the two rates, the order in a key and that no caller waits forever.
func TestPaceUnderRandomCallers(t *testing.T) {
	const rate, burst, keyRate, keyBurst = 25, 5, 1, 3
	synctest.Test(t, func(t *testing.T) {
		pace := NewPace[int](PaceConfig{
			Rate: rate, Burst: burst, KeyRate: keyRate, KeyBurst: keyBurst, MaxWaiting: 200,
		})
		rnd := rand.New(rand.NewPCG(1, 2))
		start := time.Now()
		type event struct {
			at          time.Duration
			key, number int
		}
		var mu sync.Mutex
		var events []event
		var all sync.WaitGroup
		left, full := 0, 0
		for number := range 3000 {
			time.Sleep(time.Duration(rnd.IntN(60)) * time.Millisecond)
			switch rnd.IntN(100) {
			case 0:
				pace.Pause(time.Duration(rnd.IntN(500)) * time.Millisecond)
			case 1:
				pace.PauseKey(rnd.IntN(60), time.Duration(rnd.IntN(5000))*time.Millisecond)
			}
			key := rnd.IntN(60)
			ctx, cancel := context.WithCancel(t.Context())
			if rnd.IntN(5) == 0 {
				time.AfterFunc(time.Duration(rnd.IntN(2000))*time.Millisecond, cancel)
			}
			all.Go(func() {
				defer cancel()
				err := pace.Wait(ctx, key)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					events = append(events, event{time.Since(start), key, number})
				case errors.Is(err, ErrFull):
					full++
				default:
					left++
				}
			})
			synctest.Wait()
		}
		all.Wait()
		if len(events)+left+full != 3000 || len(events) < 2000 {
			t.Fatalf("went, left, full: got %d, %d, %d, want 3000 in all and most of them gone", len(events), left, full)
		}
		if got := pace.Stats(); got.Waiting != 0 || got.Keys != 60 || pace.ready.Len() != 0 {
			t.Errorf("waiting, keys, ready at the end: got %d, %d, %d", got.Waiting, got.Keys, pace.ready.Len())
		}
		byKey := map[int][]event{}
		for i, e := range events {
			if n := i - burst; n >= 0 && e.at-events[n].at < time.Second/rate-time.Microsecond {
				t.Fatalf("more than the burst within %v", e.at-events[n].at)
			}
			own := byKey[e.key]
			if n := len(own) - keyBurst; n >= 0 && e.at-own[n].at < time.Second/keyRate-time.Microsecond {
				t.Fatalf("key %d: more than its burst within %v", e.key, e.at-own[n].at)
			}
			if n := len(own) - 1; n >= 0 && own[n].number > e.number && own[n].at < e.at {
				t.Errorf("key %d: caller %d went before %d", e.key, own[n].number, e.number)
			}
			byKey[e.key] = append(byKey[e.key], e)
		}
	})
}
