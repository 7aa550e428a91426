package track

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"excursobot/geo"
)

// A way with a corner every 210 m is kept by its corners, in few bytes.
func TestTrackKeepsTheRoute(t *testing.T) {
	for _, start := range []geo.Point{moscow, {Lat: -16.8, Lon: 179.99}, {Lat: -0.001, Lon: -0.001}, {Lat: 89.9, Lon: 12}} {
		var e Encoder
		var track []byte
		var sum float64
		p, corners := start, []geo.Point{start}
		for i := range 301 {
			if i > 0 {
				p = geo.Offset(p, float64(80+90*(i-1)/30), 7)
			}
			if i > 0 && i%30 == 0 {
				corners = append(corners, p)
			}
			var metres float64
			track, metres = e.Step(track, Fix{Point: p, At: noon.Add(time.Duration(i) * 5 * time.Second)})
			sum += metres
		}
		track = e.Finish(track)
		if math.Abs(sum-2100) > 30 {
			t.Errorf("%v: got %.1f m, want 2100", start, sum)
		}
		got := Decode(track)
		if len(got) > 100 || len(got) < len(corners) || len(track) > 8*len(got) {
			t.Errorf("%v: got %d points in %d bytes", start, len(got), len(track))
		}
		for i, c := range corners {
			nearest := math.Inf(1)
			for _, g := range got {
				nearest = min(nearest, geo.Distance(c, g.Point))
			}
			if nearest > 15 {
				t.Errorf("%v: corner %d is %.1f m off the track", start, i, nearest)
			}
		}
	}
}

func TestNoiseIsNotWalked(t *testing.T) {
	var e Encoder
	var track []byte
	var sum float64
	for i := range 1000 {
		p := geo.Offset(moscow, float64(i*77%360), float64(i%5))
		var metres float64
		track, metres = e.Step(track, Fix{Point: p, At: noon})
		sum += metres
	}
	if sum != 0 || len(Decode(track)) != 1 {
		t.Errorf("got %.0f m and %d points, want to stand still", sum, len(Decode(track)))
	}
}

func TestTrackIsBounded(t *testing.T) {
	var e Encoder
	var track []byte
	var sum float64
	const steps = 20_000
	for i := range steps {
		p := geo.Offset(moscow, 80, float64(i)*11)
		var metres float64
		track, metres = e.Step(track, Fix{Point: p, At: noon.Add(time.Duration(i) * 8 * time.Second)})
		sum += metres
		if e.count > maxFixes || len(track) > 15*maxFixes {
			t.Fatalf("step %d: got %d points in %d bytes", i, e.count, len(track))
		}
	}
	route := Decode(track)
	if want := (steps - 1) * 11.0; math.Abs(sum-want) > 1 {
		t.Errorf("got %.0f m, want %.0f", sum, want)
	}
	if len(route) != e.count || len(route) < maxFixes/2-10 || geo.Distance(route[0].Point, moscow) > 1 {
		t.Errorf("got %d points from %v on", len(route), route[0])
	}
	if d := geo.Distance(route[len(route)-1].Point, e.way.from.Point); d > 10*64 {
		t.Errorf("the track ends %.0f m before the walker", d)
	}
	var again Encoder
	again.Resume(track, Fix{Point: moscow})
	if again.count != e.count || again.last != e.last {
		t.Errorf("resumed: got %+v, want %+v", again, e)
	}
}

// A damaged track with more fixes than the encoder writes is cut at the bound, and can be continued within it.
func TestDecodeIsBounded(t *testing.T) {
	long := []byte{0}
	for i := range 3 * maxFixes {
		long = append(long, 2, 2, byte(i%60)) // a millionth of a degree north and east
	}
	fixes := Decode(long)
	if len(fixes) != maxFixes || cap(fixes) > 2*maxFixes {
		t.Fatalf("got %d fixes with capacity for %d, want %d", len(fixes), cap(fixes), maxFixes)
	}
	var e Encoder
	track := e.Resume(long, Fix{Point: geo.Point{}})
	if got := Decode(track); e.count != maxFixes || len(track) != 1+3*maxFixes || len(got) != maxFixes {
		t.Fatalf("resumed with %d fixes in %d bytes", e.count, len(track))
	}
	track, _ = e.Step(track, Fix{Point: geo.Point{Lat: 1, Lon: 1}, At: noon})
	track = e.Finish(track)
	if got := Decode(track); e.count > maxFixes || len(got) != e.count || got[len(got)-1].Point != (geo.Point{Lat: 1, Lon: 1}) {
		t.Errorf("after a step: %d fixes counted, %d read", e.count, len(got))
	}
}

func TestCopyOfATrackStaysAsItIs(t *testing.T) {
	var e Encoder
	track, _ := e.Step(nil, Fix{Point: moscow, At: noon})
	for i := range 3 * maxFixes {
		before := Decode(track)
		shared := track[:len(track):len(track)]
		track, _ = e.Step(track, Fix{Point: geo.Offset(moscow, 10, float64(i+1)*11), At: noon})
		after := Decode(shared)
		if len(after) != len(before) || after[len(after)-1] != before[len(before)-1] {
			t.Fatalf("step %d changed a copy", i)
		}
	}
}

func FuzzDecode(f *testing.F) {
	var e Encoder
	var track []byte
	for i := range 20 {
		track, _ = e.Step(track, Fix{Point: geo.Offset(moscow, 80, float64(i)*20), At: noon})
	}
	f.Add(track)
	f.Add([]byte{})
	f.Add([]byte{0})
	f.Add([]byte{255, 0x80, 0x80})
	f.Fuzz(func(t *testing.T, track []byte) {
		route := Decode(track)
		if len(route) > maxFixes {
			t.Errorf("got %d points", len(route))
		}
		for _, p := range route {
			if !p.Point.Valid() {
				t.Errorf("got %v", p)
			}
		}
		var e Encoder
		track = e.Resume(track, Fix{Point: geo.Point{Lat: -33, Lon: 151}}) // a decoded track can be continued
		track, _ = e.Step(track, Fix{Point: geo.Point{Lat: -33, Lon: 151}, At: noon})
		if len(Decode(track)) == 0 {
			t.Error("a step left no track")
		}
	})
}

// TestDriftOfAPhoneThatLiesStill moves fixes around one spot, as a receiver does that wanders within its accuracy.
func TestDriftOfAPhoneThatLiesStill(t *testing.T) {
	for _, accuracy := range []float64{5, 10, 20, 65} {
		rng := rand.New(rand.NewPCG(uint64(accuracy), 1))
		var e Encoder
		var track []byte
		total := 0.0
		// Two thirds of the fixes are within the accuracy; one in five minutes has forgotten the last.
		sigma, keep := accuracy/1.515, math.Exp(-5.0/300)
		north, east := 0.0, 0.0
		for i := range 720 { // an hour
			fresh := sigma * math.Sqrt(1-keep*keep)
			north, east = keep*north+fresh*rng.NormFloat64(), keep*east+fresh*rng.NormFloat64()
			p := geo.Offset(geo.Offset(moscow, 0, north), 90, east)
			var metres float64
			track, metres = e.Step(track, Fix{Point: p, At: noon.Add(time.Duration(i) * 5 * time.Second), Accuracy: accuracy})
			total += metres
		}
		if total != 0 || len(Decode(track)) != 1 {
			t.Errorf("accuracy %v m: %.0f m and %d fixes in an hour without a step", accuracy, total, len(Decode(track)))
		}
	}
}

func TestAWalkIsMeasuredWhateverTheAccuracy(t *testing.T) {
	for _, accuracy := range []float64{0, 5, 20, 65} {
		var e Encoder
		var track []byte
		total := 0.0
		for i := range 721 { // an hour at 1.25 m/s, straight on
			p := geo.Offset(moscow, 30, float64(i)*6.25)
			var metres float64
			track, metres = e.Step(track, Fix{Point: p, At: noon.Add(time.Duration(i) * 5 * time.Second), Accuracy: accuracy})
			total += metres
		}
		if want := 4500.0; total < want-3*65 || total > want+1 {
			t.Errorf("accuracy %v m: walked %.0f m, want nearly %.0f", accuracy, total, want)
		}
	}
}

func TestABetterFixMovesTheBeginningOfAStep(t *testing.T) {
	var e Encoder
	track, _ := e.Step(nil, Fix{Point: geo.Offset(moscow, 90, 80), At: noon, Accuracy: 60}) // the receiver begins
	track, metres := e.Step(track, Fix{Point: moscow, At: noon.Add(time.Second), Accuracy: 5})
	if metres != 0 {
		t.Errorf("the first good fix counts as %.0f m", metres)
	}
	if _, metres = e.Step(track, Fix{Point: geo.Offset(moscow, 0, 30), At: noon.Add(time.Minute), Accuracy: 5}); math.Abs(metres-30) > 1 {
		t.Errorf("30 m from there count as %.0f m", metres)
	}
}
