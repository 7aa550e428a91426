package guide

import (
	"fmt"
	"testing"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// BenchmarkReady looks for stories to offer in another chat, in the middle of a town with 2000 of them within 3 km, spread so that the first ring is full
// (near) or empty (far).
func BenchmarkReady(b *testing.B) {
	for name, inner := range map[string]float64{"near": 0, "far": 700} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, setting{noWiki: true, noModel: true})
			var stories []store.Story
			for i := range 2000 {
				stories = append(stories, store.Story{
					StoryKey: store.StoryKey{Place: fmt.Sprintf("Q%d", i), Language: "en", Length: store.Short}, Title: "Town hall", Source: "model",
					Text:  "The town hall was built in 1820. Its tower leans by three degrees, and the clock has two hands of different colours.",
					Point: geo.Offset(square, float64(i*37%360), inner+float64(i%1000)*2), Judged: store.JudgedPassed, Created: time.Now(), Expires: time.Now().Add(time.Hour), Version: 1,
				})
			}
			must(b, w.store.PutStories(b.Context(), stories))
			for b.Loop() {
				if found, err := w.Ready(b.Context(), square, "en", 10); err != nil || len(found) != 10 {
					b.Fatal(len(found), err)
				}
			}
		})
	}
}
