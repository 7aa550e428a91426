package limiter

import (
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestKeyedAllowsBurstThenRate(t *testing.T) {
	start := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	l := NewKeyed[string](KeyedConfig{Rate: 0.2, Burst: 3}) // the story bucket: 1 in 5 s
	for _, tt := range []struct {
		at   time.Duration
		key  string
		want bool
	}{
		{0, "a", true},
		{0, "a", true},
		{0, "a", true},
		{0, "a", false},
		{0, "b", true},
		{4999 * time.Millisecond, "a", false},
		{5 * time.Second, "a", true},
		{5 * time.Second, "a", false},
		{time.Hour, "a", true},
		{time.Hour, "a", true},
		{time.Hour, "a", true},
		{time.Hour, "a", false},
	} {
		if got := l.allow(tt.key, start.Add(tt.at)); got != tt.want {
			t.Errorf("%s at %v: got %v, want %v", tt.key, tt.at, got, tt.want)
		}
	}
}

func TestKeyedForgetsTheLeastRecentlyUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewKeyed[int](KeyedConfig{Rate: 1, MaxKeys: 2})
		for _, tt := range []struct {
			key  int
			want bool
		}{
			{1, true},
			{2, true},
			{1, false}, // known, and used again
			{3, true},  // replaces 2
			{1, false},
			{2, true}, // forgotten: a full bucket; replaces 3
			{3, true},
		} {
			if got := l.Allow(tt.key); got != tt.want {
				t.Errorf("key %d: got %v, want %v", tt.key, got, tt.want)
			}
			if l.Len() > 2 {
				t.Fatalf("keys: got %d, want at most 2", l.Len())
			}
		}
	})
}

func TestKeyedWithoutRateRemembersNobody(t *testing.T) {
	l := NewKeyed[int](KeyedConfig{})
	for range 100 {
		if !l.Allow(1) {
			t.Fatal("refused without a limit")
		}
	}
	if got := l.Len(); got != 0 {
		t.Errorf("keys: got %d, want 0", got)
	}
}

func TestKeyedUnderConcurrentCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // time stands still: each of 50 keys has its burst and no more
		const keys, burst = 50, 7
		l := NewKeyed[int](KeyedConfig{Rate: 1, Burst: burst, MaxKeys: keys})
		var mu sync.Mutex
		allowed := 0
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for _, key := range rand.Perm(keys * 4) {
					if l.Allow(key % keys) {
						mu.Lock()
						allowed++
						mu.Unlock()
					}
				}
			})
		}
		all.Wait()
		if want := keys * burst; allowed != want || l.Len() != keys {
			t.Errorf("allowed, keys: got %d, %d, want %d, %d", allowed, l.Len(), want, keys)
		}
	})
}
