package limiter

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// stream is a steady stream of jobs of one class: exponential gaps, each job from a new key.
type stream struct {
	class Class
	every time.Duration // mean gap
}

// forecast compares the estimate for a job with its wait.
type forecast struct{ said, came time.Duration }

// observe runs the streams against g for the time and returns the forecasts of the class, after a tenth
// of it as a warm-up. Jobs take 3 to 10 s.
func observe(g *Gate, streams []stream, class Class, total time.Duration) []forecast {
	var mu sync.Mutex
	var got []forecast
	var all sync.WaitGroup
	start := time.Now()
	for i, s := range streams {
		all.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(i), 3))
			for key := int64(i) << 32; time.Since(start) < total; key++ {
				time.Sleep(time.Duration(rnd.ExpFloat64() * float64(s.every)))
				takes := 3*time.Second + time.Duration(rnd.Int64N(int64(7*time.Second)))
				all.Go(func() {
					came := time.Now()
					said := g.Estimate(s.class)
					slot, err := g.Acquire(context.Background(), Job{Class: s.class, Key: key})
					if err != nil {
						return
					}
					if s.class == class && came.Sub(start) > total/10 {
						mu.Lock()
						got = append(got, forecast{said, time.Since(came)})
						mu.Unlock()
					}
					time.Sleep(takes)
					slot.Release()
				})
			}
		})
	}
	all.Wait()
	return got
}

func TestEstimateIsRightWithinAFactorOfTwoUnderSteadyLoad(t *testing.T) {
	// Three slots and jobs of 6.5 s: 2.17 s between jobs is all that the gate can take.
	const hours = 6 * time.Hour
	for _, tt := range []struct {
		name    string
		streams []stream
		class   Class
	}{
		{"one class, nine tenths of what it can take", []stream{{0, 2400 * time.Millisecond}}, 0},
		{"one class, more than it can take", []stream{{0, 1800 * time.Millisecond}}, 0},
		{"better class of two", []stream{{0, 4 * time.Second}, {1, 5 * time.Second}}, 0},
		{"worse class of two", []stream{{0, 4 * time.Second}, {1, 5400 * time.Millisecond}}, 1},
		{"worst class of three", []stream{{0, 7 * time.Second}, {1, 7 * time.Second}, {2, 7 * time.Second}}, 2},
		{"background class alone", []stream{{3, 3700 * time.Millisecond}}, 3},
		{"background class under others", []stream{{0, 6 * time.Second}, {3, 8 * time.Second}}, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := NewGate(GateConfig{Slots: 3, Background: 3})
				all := observe(g, tt.streams, tt.class, hours)

				var said, came time.Duration
				var ratios []float64
				for _, f := range all {
					said += f.said
					came += f.came
					if f.came >= time.Second {
						ratios = append(ratios, float64(f.said)/float64(f.came))
					}
				}
				slices.Sort(ratios)
				if len(ratios) < 200 {
					t.Fatalf("only %d of %d jobs waited", len(ratios), len(all))
				}
				mean := float64(said) / float64(came)
				within := 0
				for _, r := range ratios {
					if r >= 0.5 && r <= 2 {
						within++
					}
				}
				share := float64(within) / float64(len(ratios))
				t.Logf("%d jobs waited %v on average; said/came: mean %.2f, median %.2f, p5 %.2f, p95 %.2f, within two %.0f %%",
					len(ratios), (came / time.Duration(len(all))).Round(time.Millisecond), mean,
					ratios[len(ratios)/2], ratios[len(ratios)/20], ratios[len(ratios)*19/20], 100*share)
				if mean < 0.5 || mean > 2 {
					t.Errorf("said/came in all: got %.2f, want within 0.5 and 2", mean)
				}
				if share < 0.65 {
					t.Errorf("jobs within a factor of two: got %.0f %%, want 65 %%", 100*share)
				}
			})
		})
	}
}

func TestEstimateOfAStaticQueue(t *testing.T) {
	const call = 6 * time.Second
	for _, tt := range []struct {
		name  string
		cfg   GateConfig
		runs  []time.Duration // how long each running job has run
		waits []Job
		class Class
		want  time.Duration
	}{
		{"a slot is free", GateConfig{Slots: 2}, []time.Duration{0}, nil, 0, 0},
		{"next to be free", GateConfig{Slots: 3}, []time.Duration{1 * time.Second, 4 * time.Second, 2 * time.Second}, nil, 0, 2 * time.Second},
		{"one before", GateConfig{Slots: 3}, []time.Duration{1 * time.Second, 4 * time.Second, 2 * time.Second}, []Job{{}}, 0, 4 * time.Second},
		{"a round before", GateConfig{Slots: 1}, []time.Duration{2 * time.Second}, []Job{{Key: 1}, {Key: 2}}, 0, 16 * time.Second},
		{"a key with many jobs counts once", GateConfig{Slots: 1}, []time.Duration{0}, []Job{{Key: 1}, {Key: 1}, {Key: 1}}, 0, 12 * time.Second},
		{"worse classes do not count", GateConfig{Slots: 1}, []time.Duration{0}, []Job{{Class: 1}}, 0, 6 * time.Second},
		{"a stuck job", GateConfig{Slots: 1}, []time.Duration{16 * time.Second}, nil, 0, 4 * time.Second},
		{"background beside a free slot", GateConfig{Slots: 2, Background: 1}, []time.Duration{2 * time.Second}, nil, 1, 4 * time.Second},
		{"background, the first to end opens nothing", GateConfig{Slots: 2, Background: 1}, []time.Duration{2 * time.Second, 0}, nil, 1, 6 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tt.cfg.InitialEstimate = call
				g := NewGate(tt.cfg)
				start := time.Now()
				for _, d := range tt.runs {
					g.slots.take(start.Add(-d))
				}
				for _, job := range tt.waits {
					enter(t, g, job)
				}
				got := g.Estimate(tt.class)
				if got.Round(time.Millisecond) != tt.want {
					t.Errorf("got %v, want %v", got, tt.want)
				}
			})
		})
	}
}

func TestMeanFollowsTheJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(GateConfig{Slots: 1, InitialEstimate: 20 * time.Second})
		run := func(takes time.Duration) {
			slot := acquire(t, g, Job{})
			time.Sleep(takes)
			slot.Release()
		}
		run(10 * time.Second)
		if got, want := g.Stats().Mean, 15*time.Second; got != want {
			t.Errorf("after one job: got %v, want %v, half the initial estimate", got, want)
		}
		for range 40 {
			run(4 * time.Second)
		}
		if got := g.Stats().Mean; got < 4*time.Second || got > 4100*time.Millisecond {
			t.Errorf("after forty jobs of 4s: got %v", got)
		}
	})
}

func TestAdmissionCountsTheKeysOwnJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(GateConfig{Slots: 1, InitialEstimate: 6 * time.Second})
		acquire(t, g, Job{})
		for _, key := range []int64{1, 1, 2} {
			enter(t, g, Job{Key: key})
		}
		deadline := time.Now().Add(20 * time.Second)
		if _, err := g.Enter(Job{Key: 1, Deadline: deadline}); !errors.Is(err, ErrLate) {
			t.Errorf("third job of a key, after 24s: got %v, want ErrLate", err)
		}
		enter(t, g, Job{Key: 3, Deadline: deadline}) // after 18s: before the second of key 1
	})
}

func TestArrivalsFade(t *testing.T) {
	start := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	r := newHistory(arrivalWindow, 2) // so that a job a window is a share of one slot
	for range 4 {
		r.arrived(0, start)
	}
	for _, tt := range []struct {
		after time.Duration
		want  float64
	}{
		{0, 4},
		{arrivalWindow - 1, 4},
		{arrivalWindow + arrivalWindow/4, 3},
		{arrivalWindow + arrivalWindow/2, 2},
		{2 * arrivalWindow, 0},
		{10 * arrivalWindow, 0},
	} {
		if got := r.share(1, start.Add(tt.after)); got != tt.want {
			t.Errorf("share after %v: got %v, want %v", tt.after, got, tt.want)
		}
		if got := r.share(0, start.Add(tt.after)); got != 0 {
			t.Errorf("share of better classes than the best: got %v, want 0", got)
		}
	}
	r.arrived(0, start.Add(20*arrivalWindow))
	if got := r.share(1, start.Add(25*arrivalWindow)); got != 0 {
		t.Errorf("share after a long silence: got %v, want 0", got)
	}
}
