package live

import (
	"testing"
	"time"
)

var noon = time.Date(2026, time.May, 17, 12, 0, 0, 0, time.UTC)

func TestNextDue(t *testing.T) {
	for _, test := range []struct{ after, want time.Duration }{
		{-time.Hour, 10 * minute},
		{0, 10 * minute},
		{1, 10 * minute},
		{10*minute - 1, 10 * minute},
		{10 * minute, 20 * minute},
		{10*minute + 1, 20 * minute},
		{1000*time.Hour + minute, 1000*time.Hour + 10*minute},
	} {
		if got := nextDue(noon, 10*minute, noon.Add(test.after)).Sub(noon); got != test.want {
			t.Errorf("after %v: got %v, want %v", test.after, got, test.want)
		}
	}
}

func TestPassed(t *testing.T) {
	for _, test := range []struct {
		now  time.Duration
		want int
	}{{-1, 0}, {0, 1}, {10*minute - 1, 1}, {10 * minute, 2}, {31 * minute, 4}} {
		if got := passed(noon, 10*minute, noon.Add(test.now)); got != test.want {
			t.Errorf("at %v: got %d, want %d", test.now, got, test.want)
		}
	}
}

func TestRealign(t *testing.T) {
	for _, test := range []struct{ now, want time.Duration }{
		{0, 0}, {5 * minute, 0}, {-1, -10 * minute}, {-10 * minute, -10 * minute}, {-10*minute - 1, -20 * minute},
		{-3 * time.Hour, -3 * time.Hour}, {-3*time.Hour + minute, -3 * time.Hour},
	} {
		if got := realign(noon, 10*minute, noon.Add(test.now)).Sub(noon); got != test.want {
			t.Errorf("at %v: got %v, want %v", test.now, got, test.want)
		}
	}
}

func TestClockThatIsSet(t *testing.T) {
	var c clock
	for i, step := range []struct{ wall, mono, want time.Duration }{
		{0, 0, 0},
		{loopInterval, loopInterval, 0},
		{loopInterval + 3*time.Hour, 2 * loopInterval, 3*time.Hour - loopInterval},
		{2*loopInterval + 3*time.Hour, 3 * loopInterval, 0},
		{3*loopInterval + 3*time.Hour + 900*time.Millisecond, 4 * loopInterval, 0}, // slewed, or measured badly
		{0, 5 * loopInterval, -3*time.Hour - 900*time.Millisecond - 4*loopInterval},
		{time.Hour, time.Hour + 5*loopInterval, 0}, // both stood still, or the loop did
	} {
		if got := c.jump(noon.Add(step.wall), step.mono); got != step.want {
			t.Errorf("step %d: got %v, want %v", i, got, step.want)
		}
	}
}
