package places

import (
	"testing"

	"excursobot/bot/sim"
)

// The store is warm, as it is for everybody but the first person in an area.
func BenchmarkNear(b *testing.B) {
	for _, bench := range []struct {
		name     string
		articles []sim.Article
		radius   float64
	}{
		{"thin area 300 m", houses(300, 3000), 300},
		{"dense city 300 m", houses(2500, 5000), 300},
		{"dense city 1200 m", houses(2500, 5000), 1200},
	} {
		b.Run(bench.name, func(b *testing.B) {
			w := newWorld(b, setting{articles: bench.articles, cfg: Config{PerSecond: 1e6, PerMinute: 1e6}})
			n := len(w.near(b, square, bench.radius))
			b.ReportAllocs()
			for b.Loop() {
				w.near(b, square, bench.radius)
			}
			b.ReportMetric(float64(n), "places")
		})
	}
}

func BenchmarkDetails(b *testing.B) {
	w := newWorld(b, setting{articles: houses(300, 1000), cfg: Config{PerSecond: 1e6, PerMinute: 1e6}})
	found := w.near(b, square, 300)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.Details(b.Context(), found); err != nil {
			b.Fatal(err)
		}
	}
}
