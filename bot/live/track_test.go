package live

import (
	"math"
	"testing"
	"time"

	"excursobot/geo"
)

func TestTrackKeepsTheRoute(t *testing.T) {
	for _, start := range []geo.Point{home, {Lat: -16.8, Lon: 179.99}, {Lat: -0.001, Lon: -0.001}, {Lat: 89.9, Lon: 12}} {
		var tr trail
		var track []byte
		var want []TrackPoint
		var walked, sum float64
		for i := range 300 {
			p := TrackPoint{Point: geo.Offset(start, 80, float64(i)*7), At: noon.Add(time.Duration(i) * 5 * time.Second)}
			before := len(track)
			var metres float64
			track, metres = tr.step(track, p)
			sum += metres
			if len(track) > before {
				want = append(want, p)
			}
		}
		walked = geo.Distance(start, tr.from)
		if math.Abs(sum-walked) > 1 {
			t.Errorf("%v: got %.1f m, want %.1f", start, sum, walked)
		}
		got := Route(track)
		if len(got) != len(want) || len(want) != 150 {
			t.Fatalf("%v: got %d points of %d, want 150", start, len(got), len(want))
		}
		for i := range got {
			if geo.Distance(got[i].Point, want[i].Point) > 0.12 || !got[i].At.Equal(want[i].At) {
				t.Fatalf("%v: point %d: got %v, want %v", start, i, got[i], want[i])
			}
		}
		if perPoint := float64(len(track)) / float64(len(got)); start == home && perPoint > 6 {
			t.Errorf("got %.1f bytes a point, want at most 6", perPoint)
		}
	}
}

func TestNoiseIsNotWalked(t *testing.T) {
	var tr trail
	var track []byte
	var sum float64
	for i := range 1000 {
		p := geo.Offset(home, float64(i*77%360), float64(i%5))
		var metres float64
		track, metres = tr.step(track, TrackPoint{Point: p, At: noon})
		sum += metres
	}
	if sum != 0 || len(Route(track)) != 1 {
		t.Errorf("got %.0f m and %d points, want to stand still", sum, len(Route(track)))
	}
}

func TestTrackIsBounded(t *testing.T) {
	var tr trail
	var track []byte
	var sum float64
	const steps = 20_000
	for i := range steps {
		p := geo.Offset(home, 80, float64(i)*11)
		var metres float64
		track, metres = tr.step(track, TrackPoint{Point: p, At: noon.Add(time.Duration(i) * 8 * time.Second)})
		sum += metres
		if tr.count > trackPoints || len(track) > 15*trackPoints {
			t.Fatalf("step %d: got %d points in %d bytes", i, tr.count, len(track))
		}
	}
	route := Route(track)
	if want := (steps - 1) * 11.0; math.Abs(sum-want) > 1 {
		t.Errorf("got %.0f m, want %.0f", sum, want)
	}
	if len(route) != tr.count || len(route) < trackPoints/2-10 || geo.Distance(route[0].Point, home) > 1 {
		t.Errorf("got %d points from %v on", len(route), route[0])
	}
	if d := geo.Distance(route[len(route)-1].Point, tr.from); d > 10*64 {
		t.Errorf("the track ends %.0f m before the walker", d)
	}
	var again trail
	again.resume(track)
	if again.count != tr.count || again.last != tr.last {
		t.Errorf("resumed: got %+v, want %+v", again, tr)
	}
}

func TestCopyOfATrackStaysAsItIs(t *testing.T) {
	var tr trail
	track, _ := tr.step(nil, TrackPoint{Point: home, At: noon})
	for i := range 3 * trackPoints {
		before := Route(track)
		shared := track[:len(track):len(track)]
		track, _ = tr.step(track, TrackPoint{Point: geo.Offset(home, 10, float64(i+1)*11), At: noon})
		after := Route(shared)
		if len(after) != len(before) || after[len(after)-1] != before[len(before)-1] {
			t.Fatalf("step %d changed a copy", i)
		}
	}
}

func FuzzRoute(f *testing.F) {
	var tr trail
	var track []byte
	for i := range 20 {
		track, _ = tr.step(track, TrackPoint{Point: geo.Offset(home, 80, float64(i)*20), At: noon})
	}
	f.Add(track)
	f.Add([]byte{})
	f.Add([]byte{0})
	f.Add([]byte{255, 0x80, 0x80})
	f.Fuzz(func(t *testing.T, track []byte) {
		route := Route(track)
		if len(route) > trackPoints {
			t.Errorf("got %d points", len(route))
		}
		for _, p := range route {
			if !p.Point.Valid() {
				t.Errorf("got %v", p)
			}
		}
		var tr trail
		track = tr.resume(track) // what was read can be gone on with
		track, _ = tr.step(track, TrackPoint{Point: geo.Point{Lat: -33, Lon: 151}, At: noon})
		if len(Route(track)) == 0 {
			t.Error("a step left no track")
		}
	})
}
