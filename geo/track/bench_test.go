package track

import (
	"io"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
)

var routes = []struct {
	name  string
	route Route
}{
	{"loop", loop()},
	{"10000points", drunk(10_000, 100)},
	{"globe", wild(10_000)},
}

func BenchmarkPNG(b *testing.B) {
	for _, r := range routes {
		b.Run(r.name, func(b *testing.B) {
			p := NewPainter()
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				file, err := p.PNG(b.Context(), r.route)
				if err != nil {
					b.Fatal(err)
				}
				size = len(file)
			}
			b.ReportMetric(float64(size), "file-B")
		})
	}
}

// BenchmarkThirtyEnds reports the additional memory of the process, garbage included, while thirty walks of 10 000 points end at once, under
// the default limit of the bot.
func BenchmarkThirtyEnds(b *testing.B) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(48 << 20))
	r := drunk(10_000, 100)
	for b.Loop() {
		p := NewPainter()
		debug.FreeOSMemory()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		base, peak := m.HeapSys-m.HeapReleased, uint64(0)
		var wg sync.WaitGroup
		var mu sync.Mutex
		for range 30 {
			wg.Go(func() {
				if _, err := p.PNG(b.Context(), r); err != nil {
					b.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapSys-m.HeapReleased)
			})
		}
		wg.Wait()
		b.ReportMetric(float64(peak-min(peak, base))/(1<<20), "MiB-grown")
	}
}

func BenchmarkGPX(b *testing.B) {
	for _, r := range routes[:2] {
		b.Run(r.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := GPX(io.Discard, r.route); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNewPainter(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		NewPainter()
	}
}
