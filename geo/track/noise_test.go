package track

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"excursobot/geo"
)

// A receiver whose fixes lie within its accuracy with a likelihood of two thirds. Its error forgets itself within the memory; without memory, each fix
// has an independent error.
type receiver struct {
	rng         *rand.Rand
	accuracy    float64
	memory      float64 // seconds
	north, east float64
}

const fixEvery = 5 // seconds

func (r *receiver) fix(p geo.Point, at time.Time) Fix {
	sigma, keep := r.accuracy/1.515, 0.0
	if r.memory > 0 {
		keep = math.Exp(-fixEvery / r.memory)
	}
	fresh := sigma * math.Sqrt(1-keep*keep)
	r.north, r.east = keep*r.north+fresh*r.rng.NormFloat64(), keep*r.east+fresh*r.rng.NormFloat64()
	return Fix{Point: geo.Offset(geo.Offset(p, 0, r.north), 90, r.east), At: at, Accuracy: r.accuracy}
}

// stroll is a walk of an hour at 1.35 m/s: straight on, or with a turn of 90 degrees at each corner of a town, every 120 to 400 m.
func stroll(rng *rand.Rand, corners bool) (points []geo.Point, metres float64) {
	const speed = 1.35
	p, course, left := moscow, 30.0, 0.0
	for range 3600 / fixEvery {
		points = append(points, p)
		step := speed * fixEvery
		if left -= step; corners && left < 0 {
			left = 120 + rng.Float64()*280
			course += 90 * float64(rng.IntN(2)*2-1)
		}
		p = geo.Offset(p, course, step)
		metres += step
	}
	return points, metres - speed*fixEvery
}

// measure returns the metres and the fixes of the route of a walk.
func measure(r *receiver, points []geo.Point) (metres float64, fixes int) {
	var e Encoder
	var track []byte
	for i, p := range points {
		var m float64
		track, m = e.Step(track, r.fix(p, noon.Add(time.Duration(i)*fixEvery*time.Second)))
		metres += m
	}
	return metres, len(Decode(e.Finish(track)))
}

func TestDistanceOfNoisyWalks(t *testing.T) {
	for _, accuracy := range []float64{5, 10, 20, 30} {
		for _, memory := range []float64{0, 20, 60, 300} {
			for _, corners := range []bool{false, true} {
				t.Run(fmt.Sprintf("%.0f m, memory %.0f s, corners %v", accuracy, memory, corners), func(t *testing.T) {
					worst, mean := 0.0, 0.0
					const walks = 6
					for seed := range uint64(walks) {
						rng := rand.New(rand.NewPCG(seed, 1))
						points, want := stroll(rng, corners)
						got, _ := measure(&receiver{rng: rng, accuracy: accuracy, memory: memory}, points)
						off := got/want - 1
						mean += off / walks
						worst = max(worst, math.Abs(off))
					}
					t.Logf("mean %+.1f %%, worst %.1f %%", 100*mean, 100*worst)
					if math.Abs(mean) > 0.05 || worst > 0.08 {
						t.Errorf("the distance is off by %.1f %% at worst, on average by %+.1f %%", 100*worst, 100*mean)
					}
				})
			}
		}
	}
}

func TestAnHourOnATable(t *testing.T) {
	for _, accuracy := range []float64{5, 10, 20, 30, 65} {
		for _, memory := range []float64{0, 20, 60, 300} {
			worst := 0.0
			for seed := range uint64(3) {
				points := make([]geo.Point, 3600/fixEvery)
				for i := range points {
					points[i] = moscow
				}
				got, _ := measure(&receiver{rng: rand.New(rand.NewPCG(seed, 2)), accuracy: accuracy, memory: memory}, points)
				worst = max(worst, got)
			}
			t.Logf("accuracy %.0f m, memory %.0f s: %.0f m", accuracy, memory, worst)
			if worst >= 100 {
				t.Errorf("accuracy %.0f m, memory %.0f s: %.0f m in an hour", accuracy, memory, worst)
			}
		}
	}
}
