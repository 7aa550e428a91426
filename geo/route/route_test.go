package route

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
	"time"

	"excursobot/geo"
)

var centre = geo.Point{Lat: 55.7558, Lon: 37.6173}

// scatter returns n candidates around the centre: some alone, most in groups as sights are.
func scatter(random *rand.Rand, n int, radius float64) []Candidate {
	list := make([]Candidate, n)
	group := centre
	for i := range list {
		if i%4 == 0 {
			group = geo.Offset(centre, random.Float64()*360, math.Sqrt(random.Float64())*radius)
		}
		list[i] = Candidate{
			Point: geo.Offset(group, random.Float64()*360, random.Float64()*radius/6),
			Value: 0.5 + 2*random.Float64()*random.Float64(),
		}
	}
	return list
}

// optimum solves a query exactly: for each set of places and each last one of them it computes the shortest way (Held and Karp), and takes the most
// valuable set that fits. It costs 2^n * n^2.
func optimum(q Query, list []Candidate) float64 {
	n := len(list)
	most := q.Most
	if most == 0 {
		most = MaxStops
	}
	shortest := make([]float64, (1<<n)*n)
	for i := range shortest {
		shortest[i] = math.Inf(1)
	}
	between := make([]float64, n*n)
	start := make([]float64, n)
	for i, a := range list {
		start[i] = geo.Distance(q.From, a.Point)
		for j, b := range list {
			between[i*n+j] = geo.Distance(a.Point, b.Point)
		}
	}
	best := 0.0
	for set := 1; set < 1<<n; set++ {
		value := 0.0
		for i := range n {
			if set>>i&1 == 1 {
				value += list[i].Value
			}
		}
		for last := range n {
			if set>>last&1 == 0 {
				continue
			}
			before, way := set&^(1<<last), math.Inf(1)
			if before == 0 {
				way = start[last]
			}
			for i := range n {
				if before>>i&1 == 1 {
					way = min(way, shortest[before*n+i]+between[i*n+last])
				}
			}
			shortest[set*n+last] = way
			if q.Round {
				way += start[last]
			}
			takes := Walk(way) + time.Duration(bits.OnesCount(uint(set)))*Stay
			if takes <= q.Within && bits.OnesCount(uint(set)) <= most {
				best = max(best, value)
			}
		}
	}
	return best
}

// check checks what every tour promises, and returns its value.
func check(t *testing.T, q Query, list []Candidate, tour Tour) float64 {
	t.Helper()
	at, elapsed, metres, value := q.From, time.Duration(0), 0.0, 0.0
	seen := map[int]bool{}
	for i, s := range tour.Stops {
		c := list[s.Index]
		if seen[s.Index] {
			t.Fatalf("stop %d: candidate %d again", i, s.Index)
		}
		seen[s.Index] = true
		d := geo.Distance(at, c.Point)
		elapsed, metres, value, at = elapsed+Walk(d), metres+d*Detour, value+c.Value, c.Point
		if diff := (s.Arrive - elapsed).Abs(); diff > time.Millisecond {
			t.Fatalf("stop %d: arrives after %v, want %v", i, s.Arrive, elapsed)
		}
		elapsed += Stay
	}
	if q.Round && len(tour.Stops) > 0 {
		d := geo.Distance(at, q.From)
		elapsed, metres = elapsed+Walk(d), metres+d*Detour
	}
	if (tour.Takes-elapsed).Abs() > time.Millisecond || math.Abs(tour.Metres-metres) > 0.01 {
		t.Fatalf("takes %v and %.1f m, want %v and %.1f m", tour.Takes, tour.Metres, elapsed, metres)
	}
	if tour.Takes > q.Within || len(tour.Stops) > MaxStops {
		t.Fatalf("%d stops in %v, more than %v", len(tour.Stops), tour.Takes, q.Within)
	}
	return value
}

// On small cases every tour has at least 95 % of the value of the best one.
func TestPlanIsNearTheOptimum(t *testing.T) {
	const goal = 0.95
	cases, exact, worst, sum := 0, 0, 1.0, 0.0
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(7, seed))
		n := 8 + random.IntN(5)
		for _, q := range []Query{
			{Within: 30 * time.Minute, Round: true}, {Within: 30 * time.Minute},
			{Within: time.Hour, Round: true}, {Within: time.Hour},
			{Within: 90 * time.Minute, Round: true}, {Within: 2 * time.Hour, Round: true, Most: 5},
		} {
			q.From = centre
			list := scatter(random, n, 300+random.Float64()*1500)
			got, best := check(t, q, list, Plan(q, list)), optimum(q, list)
			share := 1.0
			if best > 0 {
				share = got / best
			}
			if share < goal || share > 1+1e-9 {
				t.Errorf("seed %d, %d candidates, %v, round %v: %.3f of the optimum", seed, n, q.Within, q.Round, share)
			}
			cases, sum, worst = cases+1, sum+share, min(worst, share)
			if share > 1-1e-9 {
				exact++
			}
		}
	}
	t.Logf("%d cases: %d with the optimum, mean %.4f, worst %.4f of it", cases, exact, sum/float64(cases), worst)
}

func TestPlanKeepsToItsLimits(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	list := scatter(random, 300, 2000)
	for _, within := range []time.Duration{0, 3 * time.Minute, 4 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 100 * time.Hour} {
		for _, round := range []bool{true, false} {
			q := Query{From: centre, Within: within, Round: round}
			check(t, q, list, Plan(q, list))
		}
	}
	q := Query{From: centre, Within: 3 * time.Hour, Most: 3}
	if got := Plan(q, list); len(got.Stops) != 3 {
		t.Errorf("%d stops, want 3", len(got.Stops))
	}
}

func TestPlanOfUnusableInput(t *testing.T) {
	good := Candidate{geo.Offset(centre, 90, 200), 1}
	hour := Query{From: centre, Within: time.Hour}
	for name, tt := range map[string]struct {
		q    Query
		list []Candidate
		want int
	}{
		"nothing":                {hour, nil, 0},
		"no value":               {hour, []Candidate{{good.Point, 0}, {good.Point, -1}, {good.Point, math.NaN()}, {good.Point, math.Inf(1)}}, 0},
		"off the globe":          {hour, []Candidate{{geo.Point{Lat: 91}, 1}, {geo.Point{Lat: math.NaN()}, 1}, good}, 1},
		"start off the globe":    {Query{From: geo.Point{Lat: 99}, Within: time.Hour}, []Candidate{good}, 0},
		"too far":                {hour, []Candidate{{geo.Offset(centre, 0, 9000), 1}}, 0},
		"several at one spot":    {hour, []Candidate{good, good, good}, 3},
		"at the start itself":    {hour, []Candidate{{centre, 1}}, 1},
		"time for a single stop": {Query{From: centre, Within: 8 * time.Minute}, []Candidate{good, {geo.Offset(centre, 270, 200), 2}}, 1},
		"a negative time":        {Query{From: centre, Within: -time.Hour}, []Candidate{good}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := Plan(tt.q, tt.list)
			if len(got.Stops) != tt.want {
				t.Fatalf("%d stops, want %d", len(got.Stops), tt.want)
			}
			if tt.want == 0 && (got.Takes != 0 || got.Metres != 0) {
				t.Errorf("a tour without stops takes %v and %v m", got.Takes, got.Metres)
			}
		})
	}
}

// The tour around the globe's seam and at its poles is as good as anywhere.
func TestPlanAcrossTheDateLine(t *testing.T) {
	for _, from := range []geo.Point{{Lat: 0, Lon: 180}, {Lat: -16.8, Lon: -179.99}, {Lat: 89.999, Lon: 10}} {
		list := []Candidate{{geo.Offset(from, 90, 300), 1}, {geo.Offset(from, 270, 300), 1}, {geo.Offset(from, 0, 300), 1}}
		q := Query{From: from, Within: time.Hour, Round: true}
		if got := Plan(q, list); len(got.Stops) != 3 {
			t.Errorf("%v: %d stops, want 3", from, len(got.Stops))
		}
	}
}

// Both directions of a round tour are as long. The first stop is the one that comes sooner.
func TestARoundTourBeginsWithTheNearerEnd(t *testing.T) {
	list := []Candidate{{geo.Offset(centre, 90, 900), 1}, {geo.Offset(centre, 100, 100), 1}}
	for range 2 {
		got := Plan(Query{From: centre, Within: time.Hour, Round: true}, list)
		if len(got.Stops) != 2 || got.Stops[0].Arrive > Walk(101) {
			t.Errorf("stops %+v", got.Stops)
		}
		list[0], list[1] = list[1], list[0]
	}
}

func TestTheSameQueryGivesTheSameTour(t *testing.T) {
	list := scatter(rand.New(rand.NewPCG(5, 5)), 100, 1500)
	q := Query{From: centre, Within: 90 * time.Minute, Round: true}
	first := Plan(q, list)
	for range 3 {
		again := Plan(q, list)
		if len(again.Stops) != len(first.Stops) || again.Takes != first.Takes {
			t.Fatalf("%d stops in %v, then %d in %v", len(first.Stops), first.Takes, len(again.Stops), again.Takes)
		}
	}
}

func BenchmarkPlan(b *testing.B) {
	list := scatter(rand.New(rand.NewPCG(9, 9)), 300, 1800)
	for _, bb := range []struct {
		name string
		q    Query
	}{
		{"30min", Query{Within: 30 * time.Minute, Round: true}},
		{"60min", Query{Within: time.Hour, Round: true}},
		{"120min", Query{Within: 2 * time.Hour, Round: true}},
		{"120min_oneway", Query{Within: 2 * time.Hour}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			bb.q.From = centre
			b.ReportAllocs()
			for b.Loop() {
				Plan(bb.q, list)
			}
		})
	}
}
