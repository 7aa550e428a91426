package limiter

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestPacePause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := NewPace[string](PaceConfig{Rate: 10, Burst: 2, KeyRate: 5, KeyBurst: 1})
		pace.Pause(10 * time.Second)
		pace.Pause(time.Second) // the longer one stays
		p := newPassers()
		for _, name := range []string{"a", "b", "c"} {
			p.send(t, pace, name, name)
		}
		if got := pace.Stats(); got.Paused != 10*time.Second || got.Waiting != 3 {
			t.Errorf("paused, waiting: got %v, %d, want 10s, 3", got.Paused, got.Waiting)
		}
		time.Sleep(5 * time.Second)
		pace.Pause(10 * time.Second) // while they wait
		checkPassed(t, p.wait(), []passed{
			{"a", 15 * time.Second}, {"b", 15 * time.Second}, {"c", 15*time.Second + 100*time.Millisecond},
		})
		if got := pace.Stats(); got.Paused != 0 || got.Waiting != 0 {
			t.Errorf("paused, waiting: got %v, %d, want 0, 0", got.Paused, got.Waiting)
		}
	})
}

func TestPacePauseKeyLetsOthersPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := NewPace[string](PaceConfig{Rate: 1, Burst: 1})
		p := newPassers()
		p.send(t, pace, "a", "a1")
		p.send(t, pace, "b", "b1") // first in the common queue
		p.send(t, pace, "c", "c1")
		pace.PauseKey("b", 5500*time.Millisecond)
		checkPassed(t, p.wait(), []passed{
			{"a1", 0}, {"c1", time.Second}, {"b1", 5500 * time.Millisecond},
		})
	})
}

func TestTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := NewPace[string](PaceConfig{Rate: 1, Burst: 4, KeyRate: 1, KeyBurst: 2})
		for _, tt := range []struct {
			name    string
			before  func()
			key     string
			reserve int
			want    bool
		}{
			{"three stay", nil, "a", 3, true},
			{"two would stay", nil, "b", 3, false},
			{"key has one", nil, "a", 2, true},
			{"key has none", nil, "a", 0, false},
			{"key is paused", func() { pace.PauseKey("c", time.Second) }, "c", 0, false},
			{"all is paused", func() { pace.Pause(time.Second) }, "b", 0, false},
			{"pause is over", func() { time.Sleep(time.Second) }, "c", 0, true},
		} {
			if tt.before != nil {
				tt.before()
			}
			if got := pace.Try(tt.key, tt.reserve); got != tt.want {
				t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
			}
		}
	})
}

func TestTryStepsBackForWaiters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := NewPace[string](PaceConfig{KeyRate: 1})
		p := newPassers()
		p.send(t, pace, "a", "a1")
		p.send(t, pace, "a", "a2")
		if pace.Try("b", 0) {
			t.Error("went through while somebody waits")
		}
		p.wait()
		if !pace.Try("b", 1000) {
			t.Error("refused although there is no common limit")
		}
	})
}
